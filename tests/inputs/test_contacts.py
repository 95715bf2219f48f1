import shutil

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import check_wave
from analysis.inputs.contacts import read_contacts
from analysis.inputs.projects import read_projects, unknown_consent
from analysis.inputs.waves import load_wave
from tests.workspace import replace

WAVE = "no-2017"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(paths.wave(WAVE), tmp_path / WAVE)
    monkeypatch.setattr(paths, "wave", lambda wave: tmp_path / wave)
    return tmp_path / WAVE


def contacts():
    wave = load_wave(WAVE)
    return read_contacts(wave, read_projects(wave))


def test_only_those_that_agreed_are_read(folder):
    found = contacts()
    assert found.columns.tolist() == ["project", "contact_name", "contact_email"]
    assert "P0002" in set(found["project"])
    assert "P0001" not in set(found["project"])


@pytest.mark.parametrize("consent", ["", "7", "perhaps"])
def test_consent_that_is_missing_or_unknown_counts_as_no(folder, consent):
    path = folder / "SYNTHETIC_projects.csv"
    lines = path.read_text("utf-8").splitlines()
    assert lines[2].startswith("1,P0002,")
    lines[2] = lines[2].rpartition(",")[0] + f",{consent}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "P0002" not in set(contacts()["project"])


def test_a_wave_without_contact_details_has_none():
    wave = load_wave("no-2012")
    assert read_contacts(wave, read_projects(wave)) is None


def test_a_file_that_has_lost_its_last_row_is_read(folder):
    path = folder / "SYNTHETIC_contacts.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert contacts().empty


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("P0002", "P9999", r"row 3, column 'project': 'P9999' is no project of the registry"),
        ("P0002", "P0001", r"row 3, column 'project': 'P0001' stands twice"),
        ("contact_email", "mail", r"row 1: the column 'contact_email' is missing"),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(folder, old, new, said):
    replace(folder / "SYNTHETIC_contacts.csv", old, new)
    with pytest.raises(InputError, match=said):
        contacts()


def test_a_missing_file_is_one_sentence(folder):
    (folder / "SYNTHETIC_contacts.csv").unlink()
    with pytest.raises(InputError, match=r"SYNTHETIC_contacts\.csv is missing"):
        contacts()


def test_an_item_without_yes_is_no_consent(folder):
    replace(folder / "wave.yml", "consent: contact_consent", "consent: status")
    with pytest.raises(InputError, match=r"key 'projects\.contacts\.consent': 'status' is no item .* 'yes'"):
        contacts()


def answer_consent(folder, text, *, rows):
    path = folder / "SYNTHETIC_projects.csv"
    head, *lines = path.read_text("utf-8").splitlines()
    changed = [f"{line.rpartition(',')[0]},{text}" if n < rows else line for n, line in enumerate(lines)]
    path.write_text("\n".join([head, *changed]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("rows", [1, 233])
def test_however_many_answers_nobody_knows_they_are_no_consent_and_stop_nothing(folder, rows):
    before = set(contacts()["project"])
    answer_consent(folder, "perhaps", rows=rows)
    found = set(contacts()["project"])
    assert found == {project for project in before if int(project[1:]) > rows}
    (said,) = unknown_consent(load_wave(WAVE))
    assert "SYNTHETIC_projects.csv, row 2, column 'contact_consent': 'perhaps' is no known answer" in said
    assert ("232 more rows" in said) == (rows == 233)


def test_a_registry_without_the_question_of_consent_shares_nothing(folder):
    replace(folder / "projects_items.csv", "contact_consent,contact_consent", "contact_consent,")
    assert contacts().empty


def test_check_wave_says_what_is_wrong_with_contacts_and_what_is_no_consent(folder):
    assert not list(check_wave.problems(WAVE))
    answer_consent(folder, "perhaps", rows=1)
    assert any(
        "'perhaps' is no known answer and counts as no consent" in line for line in check_wave.notes(load_wave(WAVE))
    )
    replace(folder / "SYNTHETIC_contacts.csv", "P0002", "P9999")
    (line,) = check_wave.problems(WAVE)
    assert "'P9999' is no project of the registry" in line
