"""What a stage is made from, as `dvc.yaml` declares it, and the hashes that pages and estimates carry."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from analysis import paths

CODE = ("src/", "notebooks/", "requirements/")


@dataclass(frozen=True)
class Stage:
    """One stage of one wave (or of all of them): the files it depends on and the files it makes."""

    name: str
    wave: str
    deps: tuple[str, ...]
    outs: tuple[str, ...]

    @property
    def target(self) -> str:
        """The name DVC knows it by, as in `weighting@no-web-2013`."""
        return f"{self.name}@{self.wave}"

    def reads(self, outs: Iterable[str]) -> bool:
        """Whether it depends on one of these outputs, by name or by the folder it lies in."""
        return any(out == dep or out.startswith(f"{dep}/") for out in outs for dep in self.deps)


def stages() -> tuple[Stage, ...]:
    """Every stage of `dvc.yaml` for every wave it is declared for, in the order of the file."""
    return _stages(paths.root())


def ordered(stages: Sequence[Stage]) -> TopologicalSorter[Stage]:
    """The order in which stages can run: each after those whose outputs it reads."""
    return TopologicalSorter({stage: [other for other in stages if stage.reads(other.outs)] for stage in stages})


def stage(name: str, wave: str) -> Stage:
    """One stage of one wave. Raises KeyError when `dvc.yaml` declares none."""
    for candidate in stages():
        if (candidate.name, candidate.wave) == (name, wave):
            return candidate
    raise KeyError(f"dvc.yaml declares no stage {name}@{wave}")


def hashes(name: str, wave: str) -> dict[str, str]:
    """SHA-256 of what a stage reads: `code_sha256` of its code, notebook and lock, `inputs_sha256` of its data.

    Each is taken over the paths and contents of the declared dependencies in alphabetical order, so that anyone can
    recompute it; a change of either is a change of what the numbers rest on.
    """
    deps = stage(name, wave).deps
    return {
        "code_sha256": _digest([dep for dep in deps if dep.startswith(CODE)]),
        "inputs_sha256": _digest([dep for dep in deps if not dep.startswith(CODE)]),
    }


def _digest(deps: list[str]) -> str:
    total = hashlib.sha256()
    for file in sorted({file for dep in deps for file in files(paths.root() / dep)}):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(paths.root()).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def files(path: Path) -> list[Path]:
    """The files of a dependency; a folder stands for the files in it that DVC counts."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    ignored = {"__pycache__", ".ipynb_checkpoints"}
    return [file for file in path.rglob("*") if file.is_file() and not ignored & set(file.parts)]


@cache
def _stages(root: Path) -> tuple[Stage, ...]:
    # The loader in C, ten times as fast.
    pipeline, params = (
        yaml.load((root / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for name in ("dvc.yaml", "params.yaml")
    )
    found = []
    for name, body in pipeline["stages"].items():
        items = body["foreach"]
        if isinstance(items, str):
            items = params[items.removeprefix("${").removesuffix("}")] or []
        for item in items:
            deps, outs = (tuple(_paths(body["do"].get(key, []), item)) for key in ("deps", "outs"))
            found.append(Stage(name, item, deps, outs))
    return tuple(found)


def _paths(entries: list[Any], item: str) -> list[str]:
    names = [entry if isinstance(entry, str) else next(iter(entry)) for entry in entries]
    return [name.replace("${item}", item) for name in names]
