"""Reads the imports of the project's own modules, as text, so that tests can hold them against what is declared."""

import ast
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"


def module_files(name: str) -> list[Path]:
    """The file of a module, or of a package; the packages around it hold no code (a test says so)."""
    place = SOURCE.joinpath(*name.split("."))
    return [file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()]


def imported(code: str) -> set[str]:
    """The project's modules that a piece of code names in its imports, inside functions too.

    `from analysis.inputs import tables` names both the package and, where there is one, the module.
    """
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == "analysis" and module_files(name)}


def code_files(start: set[str]) -> set[str]:
    """All files of the project that these modules run when imported, directly and through others, from the root."""
    found: set[Path] = set()
    waiting = [file for name in start for file in module_files(name)]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += [other for name in imported(file.read_text(encoding="utf-8")) for other in module_files(name)]
    return {file.relative_to(ROOT).as_posix() for file in found if file.name != "__init__.py"}


def notebook_imports(path: Path) -> set[str]:
    """The project's modules that a notebook imports."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return imported(code)
