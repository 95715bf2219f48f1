"""A wave whose every text is hostile goes through the real stages, and its pages show the texts and obey none."""

import csv
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.site import checks
from tests.site.in_browser import Tab, obeyed
from tests.site.payloads import PAYLOADS
from tests.workspace import analysis, copy_project, keep_waves

pytestmark = pytest.mark.slow

WAVES = ("no-2017", "no-web-2013")
LANGUAGES = ("en", "nb", "sv")
# Texts of the delivery that stand in tables: labels of items and options, names of units, regions and counties.
COLUMNS = ("label_en", "label_nb", "label_sv", "name", "county_name")


def hostile_table(file: Path) -> None:
    """Append to each text of a table a payload, the next one in each row."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row, payload in zip(rows, cycle(PAYLOADS), strict=False):
        row.update({column: f"{row[column]} {payload}" for column in COLUMNS if row.get(column)})
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def hostile_words(content: Any, payloads: Any) -> Any:
    """The content of a description with a payload at the end of each text that is written in three languages."""
    if isinstance(content, list):
        return [hostile_words(one, payloads) for one in content]
    if not isinstance(content, dict):
        return content
    if set(content) == set(LANGUAGES):
        payload = next(payloads)
        return {language: f"{text} {payload}" for language, text in content.items()}
    return {key: hostile_words(value, payloads) for key, value in content.items()}


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("hostile") / "project")
    keep_waves(project, *WAVES)
    for wave in WAVES:
        folder = project / "data" / "raw" / "waves" / wave
        for name in ("items", "options", "projects_items", "SYNTHETIC_frame"):
            if (folder / f"{name}.csv").is_file():
                hostile_table(folder / f"{name}.csv")
        description = folder / "wave.yml"
        content = hostile_words(yaml.safe_load(description.read_text(encoding="utf-8")), cycle(PAYLOADS))
        content |= {key: f"{content[key]} {PAYLOADS[0]}" for key in ("credit", "source") if content.get(key)}
        description.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    hostile_table(project / "data" / "raw" / "frames" / "units.csv")
    run = analysis(project, "report")
    assert run.returncode == 0, run.stdout + run.stderr
    return project / "outputs" / "site"


def test_every_payload_of_a_wave_is_shown_and_none_is_obeyed(hostile_site: Path, browser: Any) -> None:
    tab, shown = Tab(browser, policy=False), set()
    for page in checks.pages(hostile_site):
        assert obeyed(tab, page) == [], page.name
        text = tab.run("document.body.textContent")
        shown |= {payload for payload in PAYLOADS if payload in text}
    assert shown == set(PAYLOADS)


def test_the_site_of_a_hostile_wave_is_whole(hostile_site: Path) -> None:
    assert checks.dead_links(hostile_site) == []
    assert checks.foreign_requests(hostile_site) == []
    assert checks.form_problems(hostile_site) == []
