import shutil

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.contacts import read_contacts
from analysis.inputs.projects import read_projects
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
