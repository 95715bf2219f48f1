"""Every place on disk that the project reads or writes."""

import os
from functools import cache
from pathlib import Path

STAGE_NUMBERS = {
    "overview": "00",
    "cleaning": "01",
    "indicators": "02",
    "representativeness": "03",
    "weighting": "04",
    "results": "05",
    "published": "06",
    "comparison": "07",
    "robustness": "08",
    "validation": "09",
    "registry": "10",
    "scorecard": "11",
}


def root() -> Path:
    """The project folder: the nearest folder upwards that holds `dvc.yaml`, else the one the package lies in."""
    return _root_above(Path.cwd())


@cache
def _root_above(here: Path) -> Path:
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").is_file() and (folder / "data" / "raw").is_dir():
            return folder
    return Path(__file__).resolve().parents[2]


def staging() -> Path:
    """Where a running stage writes: a scratch copy of the tree, moved into place once the stage has succeeded.

    In JupyterLab, where no runner has set one, it is the project folder itself.
    """
    folder = os.environ.get("ANALYSIS_STAGING")
    return Path(folder) if folder else root()


def relative(path: Path) -> str:
    """A path as people see it in messages and outputs: relative to the project, with forward slashes."""
    path = path.resolve()
    return path.relative_to(root()).as_posix() if path.is_relative_to(root()) else path.as_posix()


def raw() -> Path:
    """The raw data, read-only."""
    return root() / "data" / "raw"


def frames() -> Path:
    """The tables of municipalities and county municipalities."""
    return raw() / "frames"


def published() -> Path:
    """The register of printed figures."""
    return raw() / "published"


def wave(wave: str) -> Path:
    """The folder of one wave."""
    return raw() / "waves" / wave


def standin_truth(wave: str) -> Path:
    """What is behind a wave's synthetic answers: the mistakes put in, and the answers of those who gave none."""
    return root() / "tests" / "standins" / "truth" / wave


def generated_files() -> Path:
    """The list of files that were made up, by their SHA-256."""
    return raw() / "generated_files.csv"


def stage_file(stage: str) -> str:
    """The numbered name of a stage's notebook and report, as in `04_weighting`."""
    return f"{STAGE_NUMBERS[stage]}_{stage}"


def notebook(stage: str) -> Path:
    """The notebook of a stage."""
    return root() / "notebooks" / f"{stage_file(stage)}.ipynb"


def processed(stage: str, wave: str, *, base: Path | None = None) -> Path:
    """The data a stage hands on."""
    return (base or root()) / "data" / "processed" / stage / f"{wave}.parquet"


def estimates_part(stage: str, wave: str, *, base: Path | None = None) -> Path:
    """The estimate records a stage adds to `outputs/estimates.csv`."""
    return (base or root()) / "data" / "processed" / stage / f"{wave}.estimates.parquet"


def estimates(*, base: Path | None = None) -> Path:
    """The table of all estimates."""
    return (base or root()) / "outputs" / "estimates.csv"


def tables(stage: str, wave: str, *, base: Path | None = None) -> Path:
    """The folder of the CSV files behind a page's figures and tables."""
    return (base or root()) / "outputs" / "tables" / wave / stage_file(stage)


def audit(wave: str, *, base: Path | None = None) -> Path:
    """What a reviewer checks a wave's weights with: never in git, on the site only for waves whose promise is open."""
    return (base or root()) / "outputs" / "restricted" / "audit" / wave


def disclosure(wave: str, *, base: Path | None = None) -> Path:
    """Which numbers of a wave are withheld, and what could still be worked out of them: confidential, never in git."""
    return (base or root()) / "outputs" / "restricted" / "disclosure" / wave


def scorecards(wave: str) -> Path:
    """The cards of a wave's units, each for its unit alone: never in git, never on the site."""
    return root() / "outputs" / "restricted" / "scorecards" / wave


def scientific(wave: str) -> Path:
    """The scientific-use file of a wave: never in git, never on the site."""
    return root() / "outputs" / "restricted" / "scientific" / wave


def key(name: str) -> Path:
    """A secret of this machine, as in `key`: never in git, never on the site."""
    return root() / "outputs" / "restricted" / name


def decisions() -> Path:
    """The decision records."""
    return root() / "docs" / "decisions"


def published_findings(*, base: Path | None = None) -> Path:
    """What the rules found in the register of printed figures."""
    return (base or root()) / "outputs" / "published_findings.csv"


def page(stage: str, wave: str, language: str | None, *, base: Path | None = None) -> Path:
    """A stage's page before it gets the navigation of the site."""
    name = stage_file(stage) + (f".{language}" if language else "") + ".html"
    return (base or root()) / "outputs" / "pages" / wave / name


def page_data(stage: str) -> str:
    """Where a page's CSV files lie, seen from the page: the overview is the index at the top, others a level down."""
    inner = f"data/{stage_file(stage)}"
    return f"all/{inner}" if stage == "overview" else inner


def site() -> Path:
    """The published site."""
    return root() / "outputs" / "site"


def logs() -> Path:
    """Logs of the last run and the notebooks that failed in it."""
    return root() / "outputs" / "logs"


def last_run() -> Path:
    """What the project looked like when everything was last up to date."""
    return root() / "outputs" / "last_run"
