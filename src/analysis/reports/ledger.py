"""DVC's part of a run: it says which stages are stale, and writes down those that have run.

It works in a process of its own beside the stages and writes `dvc.lock` once, at the end, also when the run is ended
from outside: DVC reads and writes the whole of it for every stage that it runs itself.
"""

import logging
import signal
from contextlib import suppress
from typing import Any, Self

from analysis import paths
from analysis.errors import InputError
from analysis.reports.runner import PROCESSES


class Ledger:
    """The open ledger of one run; while it is open, no other run and no DVC command changes the project."""

    def __init__(self) -> None:
        self._pipe, other = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=_keep, args=(other, self._pipe))
        self._process.start()
        other.close()

    def stale(self) -> set[str]:
        """The stages whose inputs or outputs are not as `dvc.lock` has them. Raises InputError when DVC cannot say."""
        return set(self._answer())

    def record(self, target: str) -> None:
        """Write down a stage that has run; a problem with that is said at the end."""
        with suppress(BrokenPipeError):
            self._pipe.send(target)

    def finish(self) -> None:
        """Let DVC write the lock file now, while this process goes on."""
        with suppress(BrokenPipeError):
            self._pipe.send("")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Wait until the lock file is written. Raises InputError when DVC cannot, unless there is a problem already."""
        self.finish()
        try:
            self._answer()
        except InputError:
            if kind is None:
                raise
        self._process.join()

    def _answer(self) -> Any:
        try:
            answer, problem = self._pipe.recv()
        except EOFError:
            raise InputError("DVC was ended from outside; run the command again.") from None
        if problem:
            raise InputError(problem)
        return answer


def _keep(pipe: Any, other: Any) -> None:
    other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _write(pipe)
        pipe.send((None, ""))
    except (EOFError, BrokenPipeError):
        pass  # nobody waits for an answer
    except Exception as error:
        message = " ".join(str(error).split()) or type(error).__name__
        pipe.send((None, f"DVC cannot keep the record of the run: {message}"))


def _write(pipe: Any) -> None:
    from dvc.repo import Repo, lock_repo

    # A warning would be of an empty folder, as of a wave that has nothing to withhold.
    logging.getLogger("dvc").setLevel(logging.ERROR)
    repo = Repo(str(paths.root()))
    with lock_repo(repo):
        pipe.send((sorted(repo.status()), ""))
        known = {stage.addressing: stage for stage in repo.index.stages}
        done = []
        try:
            while target := pipe.recv():
                stage = known[target]
                stage.save()
                # Relinking would take each output away for a moment, and put back a copy, while others read it.
                stage.commit(relink=False)
                done.append(stage)
        finally:
            if done:
                done[0].dvcfile.dump_stages(done, update_pipeline=False)
