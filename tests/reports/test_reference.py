"""The data of the site and its reference pages, over the made-up site."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.decisions import read_decisions
from analysis.reports import pack, reference, reference_data
from analysis.reports.reference_methods import METHODS
from tests.site import sample_site


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        return sample_site.make(tmp_path_factory.mktemp("reference"), patch)


def packaged(site: Path) -> list[dict]:
    return json.loads((site / "datapackage.json").read_text("utf-8"))["resources"]


def test_numbers_leave_that_are_open_printed_or_specimens_which_have_a_file_of_their_own(site):
    text, specimens = (
        (site / "data" / f"{name}.csv").read_text("utf-8") for name in ("estimates", "SYNTHETIC_estimates")
    )
    assert "no-web-2013:observed" in text
    assert "no-2017:printed" in text
    assert "no-2017:synthetic" not in text
    assert "no-2017:synthetic" in specimens
    page = (site / "data.en.html").read_text("utf-8")
    assert "3 of the 3 numbers" in page
    assert "1 of the released numbers rest on synthetic answers" in page


def test_a_difference_leaves_only_when_both_waves_are_open_or_its_page_has_passed_control():
    row = {"source": "observed", "wave": "a", "reference_wave": "b", "stage": "weighting"}
    assert not reference_data.may_leave(row, open_waves={"a"})
    assert reference_data.may_leave(row, open_waves={"a", "b"})
    assert reference_data.may_leave(row | {"source": "printed"}, open_waves=())
    assert reference_data.may_leave(row | {"stage": "results"}, open_waves=())
    assert not reference_data.may_leave(row | {"stage": "unknown"}, open_waves=())


def test_a_number_that_is_withheld_leaves_without_it_and_is_counted():
    row = {
        "source": "observed",
        "wave": "a",
        "reference_wave": "",
        "stage": "results",
        "flags": "withheld",
        "point": "",
    }
    sources = reference_data.Sources(open_waves=frozenset(), numbers={}, estimates=(row, row | {"flags": ""}))
    free, withheld = reference_data.released(sources)
    assert len(free) == 2
    assert withheld["a"] == 1


def test_units_are_there_for_open_waves_only_and_run_nothing_in_a_spreadsheet(site):
    assert [file.name for file in (site / "data" / "units").iterdir()] == ["no-web-2013.csv"]
    assert "'=1+1" in (site / "data" / "units" / "no-web-2013.csv").read_text("utf-8")


def test_the_data_package_follows_its_specification(site):
    """Data Package 1: names of small letters, paths inside the package; Table Schema 1: fields as in the header."""
    resources = packaged(site)
    names = [resource["name"] for resource in resources]
    assert len(set(names)) == len(names)
    for resource in resources:
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
        assert not resource["path"].startswith("/")
        assert ".." not in resource["path"]
        file = site / resource["path"]
        assert file.stat().st_size == resource["bytes"]
        fields = resource["schema"]["fields"]
        assert all(field["title"] and field["description"] for field in fields)
        assert {field["type"] for field in fields} <= {"string", "integer", "number", "boolean"}
        assert len(fields) == len(file.read_text("utf-8").split("\n", 1)[0].split(","))
    described = {resource["path"] for resource in resources}
    assert described == {file.relative_to(site).as_posix() for file in site.rglob("*.csv")}


def test_columns_have_the_titles_of_the_page_that_shows_them(site):
    by_path = {resource["path"]: resource for resource in packaged(site)}
    shown = by_path["no-web-2013/data/05_results/by_size.csv"]
    page = (site / "no-web-2013" / "05_results.en.html").read_text("utf-8")
    assert all(f">{field['title']}</th>" in page for field in shown["schema"]["fields"])
    units = by_path["data/units/no-web-2013.csv"]["schema"]["fields"]
    assert [field["title"] for field in units] == ["code", "All points", "name"]


@pytest.mark.parametrize(
    ("values", "name", "kind"),
    [
        (["1", "-20", ""], "", "integer"),
        (["1", "0.5", "1e-05"], "", "number"),
        (["0101", "1201"], "", "string"),
        (["True", "False", ""], "", "boolean"),
        (["", ""], "", "string"),
        (["", ""], "n_asked", "integer"),
        ([], "ci_lo", "number"),
        (["2013-04-28"], "", "string"),
    ],
)
def test_a_column_has_the_type_of_its_values(values, name, kind):
    assert reference_data.kind(values, name=name) == kind


def test_every_record_and_term_has_a_place_to_link_to(site):
    decisions = (site / "decisions.html").read_text("utf-8")
    assert all(f'id="decision-{one.id}"' in decisions for one in read_decisions())
    for language in ("en", "nb", "sv"):
        assert 'id="term-frame"' in (site / f"glossary.{language}.html").read_text("utf-8")


def test_norwegian_terms_stand_in_the_order_of_the_alphabet(site):
    page = (site / "glossary.nb.html").read_text("utf-8")
    terms = re.findall(r'<li id="term-[a-z_]+"><h3>(.)', page)
    order = "abcdefghijklmnopqrstuvwxyzæøå"
    assert [order.index(letter.lower()) for letter in terms] == sorted(order.index(letter.lower()) for letter in terms)


def test_the_methods_name_records_that_exist():
    known = {one.id for one in read_decisions()}
    assert {record for records in METHODS.values() for record in records} <= known


def test_every_page_leads_to_methods_and_data_in_its_language(site):
    for page, link in (("no-web-2013/05_results.nb", "../methods.nb.html"), ("index.sv", "data.sv.html")):
        footer = (site / f"{page}.html").read_text("utf-8").rpartition("<footer")[2]
        assert f'href="{link}"' in footer


def test_hostile_text_is_text_in_the_reference_pages(site):
    assert "<script>document" not in (site / "data.en.html").read_text("utf-8")


def test_two_builds_and_two_archives_give_the_same_bytes_within_the_budget(site, tmp_path, monkeypatch):
    again = sample_site.make(tmp_path, monkeypatch)
    files = sorted(file.relative_to(site) for file in site.rglob("*") if file.is_file())
    assert files == sorted(file.relative_to(again) for file in again.rglob("*") if file.is_file())
    assert [file for file in files if (site / file).read_bytes() != (again / file).read_bytes()] == []
    assert sum((site / file).stat().st_size for file in files) < 60_000_000
    archives = [pack.pack(folder, target=tmp_path / f"{number}.zip") for number, folder in enumerate((site, again))]
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as archive:
        assert archive.namelist() == sorted(f"site/{file.as_posix()}" for file in files)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_there_is_no_archive_of_no_site(tmp_path):
    with pytest.raises(InputError, match="make report"):
        pack.pack(tmp_path, target=tmp_path / "site.zip")


def test_a_run_of_some_waves_needs_no_estimates_yet(tmp_path, monkeypatch):
    (tmp_path / "docs" / "decisions").mkdir(parents=True)
    for name in ("docs/glossary.csv", "params.yaml"):
        (tmp_path / name).write_bytes((paths.root() / name).read_bytes())
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    sources = reference.read({})
    assert (sources.estimates, sources.findings, sources.titles) == ((), (), {})
    assert len(reference.add(sources, pages=[], target=tmp_path, titles={})) == 13
