"""What every command does alike, whatever it is asked to do."""

import os
import subprocess
import sys

TALKS = "import sys; from analysis import __main__ as m; m.run = lambda _: print({text}); sys.exit(m.main(['report']))"


def test_a_reader_that_stops_early_ends_a_command_without_a_traceback():
    for text in ("'x' * 10**6", "'one line'"):
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-c", TALKS.format(text=text)]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, "")
