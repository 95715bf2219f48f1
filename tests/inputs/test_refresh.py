"""Refreshing the frames from answers made by hand in the documented formats; no test reaches the network."""

import json
from pathlib import Path
from urllib.error import HTTPError, URLError

import pandas as pd
import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import open_interfaces, refresh

ANSWERS = Path(__file__).parent / "answers"

FILES = {
    "units": """country,reference_date,unit_type,code,name,county_code,county_name,population
norway,2011-01-01,county_municipality,03,Oslo kommune,03,Oslo,1000
norway,2011-01-01,county_municipality,17,Nord-Trøndelag fylkeskommune,17,Nord-Trøndelag,700
norway,2011-01-01,municipality,0301,Oslo,03,Oslo,1000
norway,2011-01-01,municipality,1723,Mosvik,17,Nord-Trøndelag,100
norway,2011-01-01,municipality,1729,Inderøy,17,Nord-Trøndelag,600
norway,2012-01-01,county_municipality,03,Oslo kommune,03,Oslo,1050
norway,2012-01-01,county_municipality,17,Nord-Trøndelag fylkeskommune,17,Nord-Trøndelag,710
norway,2012-01-01,municipality,0301,Oslo,03,Oslo,1050
norway,2012-01-01,municipality,1756,Inderøy,17,Nord-Trøndelag,710
sweden,2015-12-31,municipality,0114,Upplands Väsby,01,Stockholms län,500
sweden,2015-12-31,municipality,0115,Vallentuna,01,Stockholms län,400
""",
    "code_changes": """valid_from,old_code,new_code,kind,old_name,new_name
2012-01-01,0301,0301,boundary_change,Oslo,Oslo
2012-01-01,1723,1756,merged,Mosvik,Inderøy
2012-01-01,1729,1756,merged,Inderøy,Inderøy
""",
    "code_links": "reference_date,code,code_2024,link\n2012-01-01,1756,5053,one\n",
    "size_groups": "scheme,country,group,lower,upper,label_en,label_nb,label_sv\nall,norway,1,,,all,alle,alla\n",
    "regions": "scheme,country,by,code,valid_from,valid_until,order,value_code,value_name\n"
    "r,norway,county,03,2011-01-01,2012-12-31,1,,Øst\n",
    "points": "country,code,lat,lon,basis\nnorway,0301,59.913,10.746,Oslo\n",
    "tiles": "country,code,column,row,structure\nnorway,0301,1,2,2011;2012\n",
    "checks": "country,reference_date,unit_types,measure,scheme,part,expected,source\n"
    "norway,2012-01-01,municipality,population,,,1760,made up\n",
}


@pytest.fixture
def frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data" / "raw" / "frames"
    folder.mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def answer(url: str, body: bytes | None) -> bytes:
    """The made answer to an address; the query of a POST must ask for what the answer holds."""
    if "BefolkningNy" in url:
        assert body is not None
        query = {part["code"]: part["selection"]["values"] for part in json.loads(body)["query"]}
        assert query == {"Region": ["*"], "ContentsCode": ["BE0101N1"], "Tid": ["2015"]}
        return (ANSWERS / "scb_BefolkningNy.json").read_bytes()
    if "07459" in url:
        assert url.endswith("=2011,2012")
        return (ANSWERS / "ssb_07459.json").read_bytes()
    if "131/changes" in url:
        assert url.endswith("?from=2012-01-01&to=2012-01-02")
        return (ANSWERS / "klass_131_changes.json").read_bytes()
    name = "klass_104_codesAt" if "/104/" in url else f"klass_131_codesAt_{url.split('date=')[1]}"
    return (ANSWERS / f"{name}.json").read_bytes()


def changed(url_part: str, edit):
    """The made answers, with one of them edited."""

    def fetch(url: str, body: bytes | None) -> bytes:
        data = answer(url, body)
        if url_part not in url:
            return data
        content = json.loads(data)
        return json.dumps(edit(content) or content).encode()

    return fetch


def test_every_answer_says_that_it_was_made_by_hand():
    notes = [json.loads(path.read_text(encoding="utf-8"))["_note"] for path in ANSWERS.glob("*.json")]
    assert len(notes) == 6
    assert all("by hand in the documented format" in note and "never fetched" in note for note in notes)


def test_the_same_answers_give_the_same_files_and_nobody_is_asked(frames: Path):
    shown: list[str] = []
    assert not refresh.refresh(fetch=answer, confirm=lambda: pytest.fail("asked"), show=shown.append)
    assert shown[-1].startswith("The frame files agree")
    assert (frames / "units.csv").read_text(encoding="utf-8") == FILES["units"]


@pytest.mark.parametrize("name", ["units", "code_changes"])
def test_the_project_s_own_files_are_written_as_they_stand(name: str, tmp_path: Path):
    stored = (paths.frames() / f"{name}.csv").read_bytes()
    table = pd.read_csv(paths.frames() / f"{name}.csv", dtype=str).sample(frac=1, random_state=1)
    refresh._as_file(table, name).to_csv(tmp_path / "again.csv", index=False, lineterminator="\n")
    assert (tmp_path / "again.csv").read_bytes() == stored


def test_a_difference_is_shown_and_replaced_only_after_confirmation(frames: Path):
    text = FILES["units"].replace("Inderøy,17,Nord-Trøndelag,710", "Inderøy,17,Nord-Trøndelag,709")
    text = text.replace("sweden,2015-12-31,municipality,0115,Vallentuna,01,Stockholms län,400\n", "")
    (frames / "units.csv").write_text(text, encoding="utf-8")
    shown: list[str] = []
    assert not refresh.refresh(fetch=answer, confirm=lambda: False, show=shown.append)
    assert "units.csv: 1 added, 0 removed, 1 changed" in shown
    assert "  changed: norway 2012-01-01 municipality 1756: population 709 -> 710" in shown
    assert (frames / "units.csv").read_text(encoding="utf-8") == text
    assert refresh.refresh(fetch=answer, confirm=lambda: True, show=shown.append)
    assert (frames / "units.csv").read_text(encoding="utf-8") == FILES["units"]
    assert not list(frames.glob("*.tmp"))


def test_a_removed_unit_and_a_check_that_no_longer_holds_are_shown(frames: Path):
    def drop_oslo(content):
        content["value"][5] = 0

    shown: list[str] = []
    assert not refresh.refresh(fetch=changed("07459", drop_oslo), confirm=lambda: False, show=shown.append)
    assert "units.csv: 0 added, 2 removed, 0 changed" in shown
    assert any("expects 1760 and finds 710" in line for line in shown)


def test_more_than_ten_differences_are_counted_and_not_listed(frames: Path):
    rows = [f"sweden,2015-12-31,municipality,{code},X,01,Stockholms län,9\n" for code in range(2000, 2013)]
    (frames / "units.csv").write_text(FILES["units"] + "".join(rows), encoding="utf-8")
    shown: list[str] = []
    refresh.refresh(fetch=answer, confirm=lambda: False, show=shown.append)
    assert sum(line.startswith("  removed: sweden") for line in shown) == 10
    assert "  removed: and 3 more" in shown


def fails(error: Exception):
    def fetch(url: str, body: bytes | None) -> bytes:
        raise error

    return fetch


def without(key: str):
    def edit(content):
        del content[key]

    return edit


MALFORMED = {
    "no network": (fails(URLError("Name or service not known")), "cannot be reached (Name or service not known)"),
    "timeout": (fails(TimeoutError("timed out")), "data.ssb.no cannot be reached (timed out)"),
    "http error": (fails(HTTPError("u", 503, "Service Unavailable", None, None)), "answers 503 (Service Unavailable)"),  # type: ignore[arg-type]
    "not json": (lambda url, body: b"<html>", "it is not JSON"),
    "no dimension": (changed("07459", without("dimension")), "id, size, dimension or value is missing"),
    "values cut off": (changed("07459", lambda c: c["value"].pop() and None), "number of values does not fit"),
    "no region": (
        changed("07459", lambda c: c["id"].__setitem__(0, "Tid") or c["size"].__setitem__(0, 2)),
        "number of values does not fit",
    ),
    "no year": (
        changed("07459", lambda c: c | {"id": ["Region", "ContentsCode"], "size": [6, 1], "value": c["value"][:6]}),
        "the dimension Region or Tid is missing",
    ),
    "no value": (changed("07459", lambda c: c.update(value=None)), "id, size, dimension or value is missing"),
    "no labels": (
        changed("BefolkningNy", lambda c: c["dimension"]["Region"]["category"].pop("label") and None),
        "id, size, dimension or value is missing",
    ),
    "a population in words": (
        changed("BefolkningNy", lambda c: c["value"].update({"2": "many"})),
        "the answer for units.csv, row 11, column 'population'",
    ),
    "a list": (changed("07459", lambda c: [c]), "id, size, dimension or value is missing"),
    "no codes": (changed("/131/codesAt", without("codes")), "codes with code and name are missing"),
    "no county": (changed("/104/", lambda c: c["codes"].pop(1) and None), "no county 17 on 2011-01-01"),
    "no changes": (changed("/changes", without("codeChanges")), "codeChanges with oldCode"),
    "no Swedish county": (
        changed("BefolkningNy", lambda c: c["value"].clear()),
        "municipalities or their counties are missing",
    ),
    "a code of five digits": (
        changed("/changes", lambda c: c["codeChanges"][0].update(newCode="17560")),
        "the answer for code_changes.csv",
    ),
}


@pytest.mark.parametrize(("fetch", "said"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_failed_or_odd_answer_is_one_sentence_and_replaces_nothing(fetch, said: str, frames: Path):
    with pytest.raises(InputError) as caught:
        refresh.refresh(fetch=fetch, confirm=lambda: True, show=lambda line: None)
    sentence = str(caught.value)
    assert said in sentence
    assert "\n" not in sentence
    assert {path.stem: path.read_text(encoding="utf-8") for path in frames.glob("*.csv")} == FILES


def test_a_new_change_gets_its_kind_from_how_many_codes_pass_into_how_many():
    def row(old: str, new: str, date: str, old_name: str = "A", new_name: str = "A") -> dict:
        return {"oldCode": old, "newCode": new, "changeOccurred": date, "oldName": old_name, "newName": new_name}

    answers = [
        row("0101", "3101", "2024-01-01"),
        row("0102", "3102", "2024-01-01", new_name="B"),
        row("0103", "0103", "2024-01-01", new_name="B"),
        row("0104", "3104", "2024-01-01"),
        row("0105", "3104", "2024-01-01"),
        row("0106", "3106", "2024-01-01"),
        row("0106", "3107", "2024-01-01"),
    ]
    known = pd.DataFrame(columns=["valid_from", "old_code", "new_code", "kind", "old_name", "new_name"], dtype=str)
    table = open_interfaces.code_changes(
        lambda url, body: json.dumps({"codeChanges": answers}).encode(), known, first="2024-01-01", last="2024-01-01"
    )
    assert table["kind"].tolist() == [
        "renumbered", "renumbered_and_renamed", "renamed", "merged", "merged", "split", "split",
    ]  # fmt: skip


def test_the_command_takes_yes_from_the_keyboard_and_anything_else_as_no(frames: Path, monkeypatch):
    (frames / "units.csv").write_text(FILES["units"].replace(",710\n", ",711\n"), encoding="utf-8")
    monkeypatch.setattr(open_interfaces, "fetch", answer)
    before = (frames / "units.csv").read_text(encoding="utf-8")
    for typed, after in (("no", before), ("yes", FILES["units"])):
        monkeypatch.setattr("builtins.input", lambda prompt, typed=typed: typed)
        refresh.run(yes=False)
        assert (frames / "units.csv").read_text(encoding="utf-8") == after
