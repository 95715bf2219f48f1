import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analysis.reports import release_classes, site, swap
from analysis.reports.display import render
from analysis.reports.reference_data import Sources
from tests.site import checks, sample_site


def test_every_link_and_anchor_leads_somewhere(site_folder: Path) -> None:
    assert checks.dead_links(site_folder) == []


def test_nothing_is_fetched_from_elsewhere_or_run(site_folder: Path) -> None:
    assert checks.foreign_requests(site_folder) == []


def test_every_page_is_well_formed(site_folder: Path) -> None:
    assert checks.form_problems(site_folder) == []
    assert checks.site_problems(site_folder) == []


def test_the_checks_find_what_they_look_for(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        '<html><h1>a</h1><h1 id="x">b</h1><p id="x" style="color:red"><a href="gone.html">c</a><a href="#nowhere">d</a>'
        '<img src="https://example.org/a.png"><a href="javascript:run()">e</a></html>',
        encoding="utf-8",
    )
    assert len(checks.dead_links(tmp_path)) == 3
    assert len(checks.foreign_requests(tmp_path)) == 2
    found = " ".join(checks.form_problems(tmp_path))
    for problem in ("h1", "no language", "stands twice", "style attribute", "not closed"):
        assert problem in found


def test_pages_say_their_data_kind_hashes_and_licence(sample_folder: Path) -> None:
    real = (sample_folder / "no-web-2013" / "05_results.sv.html").read_text(encoding="utf-8")
    synthetic = (sample_folder / "no-2017" / "05_results.nb.html").read_text(encoding="utf-8")
    assert "Verkliga data" in real
    assert f'title="{"c" * 64}"' in real
    assert "Data: open to all." in real
    assert "<h1>SYNTETISK: Resultater</h1>" in synthetic
    assert "<title>SYNTETISK: Resultater – Undersøkelse 2017 – Digitale kommuner</title>" in synthetic


def test_specimens_are_published_with_their_data_and_named_so(sample_folder: Path) -> None:
    files = {file.name for file in (sample_folder / "no-2017" / "data" / "05_results").iterdir()}
    assert "SYNTHETIC_by_size.nb.csv" in files
    assert all(name.startswith("SYNTHETIC_") for name in files)


@pytest.mark.parametrize(("found", "stays"), [("restricted", True), ("internal", True), (None, False)])
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("no-2017/05_results.nb.html", "poengene ble gitt med løfte"),
        ("no-2012/02_indicators.html", "it shows single units"),
    ],
)
def test_a_page_that_is_not_public_says_so_and_one_without_a_class_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Any, stays: bool, address: str, told: str
) -> None:
    wave = address.split("/")[0]
    monkeypatch.setattr(sample_site, "class_of", lambda stage, of: found if of == wave else "public")
    folder = sample_site.make(tmp_path, monkeypatch)
    page = folder / address
    assert page.exists() == stays
    assert not (folder / wave / "data").exists()
    assert not stays or told in page.read_text(encoding="utf-8")
    assert not stays or "<table" not in page.read_text(encoding="utf-8")
    assert checks.dead_links(folder) == []


def test_a_file_that_no_class_explains_is_taken_out_and_every_other_one_is_logged(
    sample_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    shutil.copytree(sample_folder, folder)
    strange = ["notes.csv", "no-2017/05_results.txt.bak/rows.csv", "no-2017/data/99_other/rows.csv", "elsewhere/a.html"]
    for name in strange:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    log = release_classes.sift(folder, sample_site.class_of, said=())
    left = {f"site/{file.relative_to(folder).as_posix()}" for file in folder.rglob("*") if file.is_file()}
    assert {row["output"] for row in log} == left
    assert {row["class"] for row in log} == {"public"}
    assert not any(f"site/{name}" in left for name in ("notes.csv", "no-2017/data/99_other/rows.csv"))


def test_a_page_in_several_languages_carries_its_language_and_the_index_is_english(site_folder: Path) -> None:
    names = {page.relative_to(site_folder).as_posix() for page in checks.pages(site_folder)}
    assert {"index.html", "index.nb.html", "index.sv.html", "no-web-2013/05_results.en.html"} <= names
    assert {"all/06_published.html", "no-web-2013/01_cleaning.html"} <= names
    assert '<html lang="en">' in (site_folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("at_once", [True, False])
def test_the_new_site_replaces_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    if not at_once:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    place, new = tmp_path / "site", tmp_path / "new"
    for content in ("first", "second", "third"):
        new.mkdir()
        (new / content).touch()
        swap.swap(new, place)
        assert [file.name for file in place.iterdir()] == [content]
        assert [folder.name for folder in tmp_path.iterdir()] == ["site"]


def test_a_reader_finds_a_site_at_every_moment(tmp_path: Path) -> None:
    place, new = tmp_path / "site", tmp_path / "new"
    place.mkdir()
    if not swap._exchange(place, place.parent / "site"):
        pytest.skip("this system cannot exchange two folders")
    (place / "index.html").touch()
    missing: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if not (place / "index.html").exists():
                missing.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(100):
        new.mkdir()
        (new / "index.html").touch()
        swap.swap(new, place)
    done.set()
    reader.join()
    assert missing == []


def _project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(site.paths, "root", lambda: folder)
    file = SimpleNamespace(title=SimpleNamespace(model_dump=lambda: {"en": "Wave"}), promise="open", protected=False)
    monkeypatch.setattr(site, "load_wave", lambda wave: SimpleNamespace(file=file))
    numbers = {"confidence": 0.95, "small_base": 10, "min_share": 0.5}
    monkeypatch.setattr(site.reference, "read", lambda waves: Sources(open_waves=frozenset(waves), numbers=numbers))
    for wave, stage in (("all", "overview"), ("w1", "cleaning"), ("w2", "cleaning")):
        facts = {"stage": stage, "wave": wave, "language": "en", "languages": [], "contents": []}
        fragment = folder / "outputs" / "pages" / wave / f"{stage}.html"
        fragment.parent.mkdir(parents=True)
        fragment.write_text(f"<!--{render._json(facts)}-->\n<p>text</p>", encoding="utf-8")
    return folder / "outputs" / "site"


def test_a_wave_that_is_gone_has_no_page_and_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _project(tmp_path, monkeypatch)
    site.publish(waves=["w1", "w2"])
    assert (folder / "w2" / "01_cleaning.html").is_file()
    site.publish(waves=["w1"])
    assert not (folder / "w2").exists()
    assert checks.dead_links(folder) == []


def test_a_failure_while_building_leaves_the_old_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _project(tmp_path, monkeypatch)
    site.publish(waves=["w1", "w2"])
    before = {file: file.read_bytes() for file in checks.pages(folder)}

    def fail(*arguments: Any, **values: Any) -> str:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(site, "_page", fail)
        with pytest.raises(RuntimeError):
            site.publish(waves=["w1"])
    assert {file: file.read_bytes() for file in checks.pages(folder)} == before
    site.publish(waves=["w1", "w2"])
    assert {file: file.read_bytes() for file in checks.pages(folder)} == before
    assert [entry.name for entry in folder.parent.iterdir() if "site" in entry.name] == ["site"]
