"""The one error that is meant for people."""


class InputError(Exception):
    """Bad input, said in one sentence: which file, row and column, what is wrong, and what to do.

    Commands print the sentence and leave with exit code 1; no traceback reaches the user.
    """
