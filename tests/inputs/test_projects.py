import shutil

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import cleaning
from analysis.inputs.projects import projects_log, read_projects
from analysis.inputs.waves import load_wave

WAVE = "no-2017"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(paths.wave(WAVE), tmp_path / WAVE)
    monkeypatch.setattr(paths, "wave", lambda wave: tmp_path / wave)
    return tmp_path / WAVE


def rewrite(folder, edit):
    path = folder / "SYNTHETIC_projects.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(edit(lines)) + "\n", encoding="utf-8")


def test_projects_are_typed_like_answers(folder):
    projects = read_projects(load_wave(WAVE))
    assert len(projects) == 233
    assert set(projects["status"]) == {1, 2, 3}
    assert set(projects["audience_staff"]) <= {0, 1, -4, -5}
    assert projects["project"].is_unique


def test_a_wave_without_a_second_table_has_none():
    assert read_projects(load_wave("no-2012")) is None


def test_a_missing_file_is_one_sentence(folder):
    (folder / "SYNTHETIC_projects.csv").unlink()
    with pytest.raises(InputError, match=r"SYNTHETIC_projects\.csv is missing"):
        read_projects(load_wave(WAVE))


def test_a_missing_column_is_one_sentence(folder):
    rewrite(folder, lambda lines: [lines[0].replace("status", "state"), *lines[1:]])
    with pytest.raises(InputError, match=r"the column 'status' that projects_items\.csv names is missing"):
        read_projects(load_wave(WAVE))


def test_a_project_that_stands_twice_is_one_sentence(folder):
    rewrite(folder, lambda lines: [*lines, lines[1]])
    with pytest.raises(InputError, match=r"row 235, column 'project': .* stands twice"):
        read_projects(load_wave(WAVE))


def test_what_became_of_a_project_is_in_the_log(folder):
    assert projects_log(load_wave(WAVE)).empty

    def off_the_scale(lines):
        columns, cells = lines[0].split(","), lines[2].split(",")
        cells[columns.index("status")] = "9"
        return [*lines[:2], ",".join(cells), *lines[3:]]

    rewrite(folder, off_the_scale)
    log = cleaning.run(load_wave(WAVE)).log
    (row,) = log[log["unit_type"] == "project"].to_dict("records")
    assert (row["row"], row["code"], row["variable"], row["before"], row["after"]) == (3, "P0002", "status", "9", "-5")
    assert "scale" in row["reason"]
