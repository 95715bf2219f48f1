"""The hashes of the raw files, as they stand at the end of data/raw/README.md (`make hashes` writes them anew)."""

import hashlib
import re
import subprocess
from pathlib import Path

from tests.workspace import ROOT

README = ROOT / "data" / "raw" / "README.md"
LINE = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)
BLOCK = re.compile(r"(?<=```text\n).*?(?=```)", re.DOTALL)


def raw_files() -> list[Path]:
    """The raw files that anyone may see: not this README, not DVC's pointers, nothing that git ignores."""
    files = sorted(path for path in (ROOT / "data" / "raw").rglob("*") if path.is_file() and path != README)
    public = [path for path in files if path.suffix != ".dvc" and path.name != ".gitignore"]
    ignored = subprocess.run(
        ["git", "check-ignore", "--stdin"], cwd=ROOT, input="\n".join(map(str, public)), capture_output=True, text=True
    ).stdout.splitlines()
    return [path for path in public if str(path) not in ignored]


def computed() -> dict[str, str]:
    """SHA-256 of each raw file, by its path below data/raw."""
    return {
        path.relative_to(README.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in raw_files()
    }


def stated() -> dict[str, str]:
    """What the README says."""
    return {name: digest for digest, name in LINE.findall(README.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    lines = "".join(f"{digest}  {name}\n" for name, digest in computed().items())
    README.write_text(BLOCK.sub(lines, README.read_text(encoding="utf-8")), encoding="utf-8")
