import shutil

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import cleaning
from analysis.inputs.projects import projects_log, read_projects
from analysis.inputs.waves import load_wave
from tests.workspace import replace

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


PORTFOLIO = "Nr;Kommune;Fase;Innbyggere;Ramme\nK1;SYN-NO-0041;Pågår;valgt;1200\nK2;SYN-NO-0041;1;0;\n"
COLUMNS = "{project: Nr, unit: Kommune, status: Fase, audience_inhabitants: Innbyggere, budget: Ramme}"


def add_portfolio(folder, *, text=PORTFOLIO, columns=COLUMNS):
    (folder / "portfolio.csv").write_text(text, encoding="utf-8")
    further = f"projects:\n  further:\n    - file: portfolio.csv\n      columns: {columns}\n"
    replace(folder / "wave.yml", "projects:\n", further)


def test_a_further_portfolio_is_read_by_the_columns_of_wave_yml(folder):
    add_portfolio(folder)
    projects = read_projects(load_wave(WAVE)).set_index("project")
    assert len(projects) == 235
    first, second = projects.loc["K1"], projects.loc["K2"]
    status = {option.option: option.value for option in load_wave(WAVE).options_of("status")}
    assert first["status"] == status["ongoing"]
    assert second["status"] == 1
    assert (first["audience_inhabitants"], first["budget"]) == (1, 1200)
    # What the portfolio does not have, or leaves empty, is left blank.
    assert (first["contact_consent"], second["budget"]) == (-4, -4)


def test_what_became_of_a_further_portfolio_is_in_the_log(folder):
    add_portfolio(folder, text=PORTFOLIO + "K3;SYN-NO-0041;Drømt om;0;5\n")
    (row,) = projects_log(load_wave(WAVE)).query("after == '-5'").to_dict("records")
    assert (row["row"], row["code"], row["variable"], row["before"]) == (4, "K3", "Fase", "Drømt om")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"columns": COLUMNS.replace("Fase", "State")},
            r"the column 'State' that wave\.yml \(projects\.further\) names",
        ),
        ({"columns": COLUMNS.replace("status", "state")}, r"key 'projects\.further': 'state' is no item"),
        ({"columns": "{status: Fase}"}, r"the columns of portfolio\.csv lack 'project'"),
        (
            {"text": PORTFOLIO.replace("K2", "P0007")},
            r"portfolio\.csv, row 3, column 'Nr': 'P0007' stands twice, also in",
        ),
    ],
)
def test_a_portfolio_that_does_not_fit_is_one_sentence(folder, change, said):
    add_portfolio(folder, **change)
    with pytest.raises(InputError, match=said):
        read_projects(load_wave(WAVE))


def test_a_portfolio_that_is_not_there_is_one_sentence(folder):
    add_portfolio(folder)
    (folder / "portfolio.csv").unlink()
    with pytest.raises(InputError, match=r"portfolio\.csv is missing"):
        read_projects(load_wave(WAVE))
