"""The command check-published on any register in the format of the project's own."""

from pathlib import Path

import pytest

from analysis.errors import InputError
from analysis.reports import check_published
from tests.evidence.checks import made_up


def write(folder: Path, changes: dict[str, dict[str, str]] | None = None) -> Path:
    file = folder / "figures.csv"
    made_up.figures(changes).to_csv(file, index=False, lineterminator="\n")
    return file


def test_a_file_without_relations_is_checked_by_itself(tmp_path: Path) -> None:
    findings = check_published.findings_of(write(tmp_path, {"yes-large": {"value": "72"}}))
    wrong = findings[findings["verdict"] == "inconsistent"]
    assert wrong["figures"].tolist() == ["yes-large"]


def test_a_folder_is_checked_with_the_relations_in_it(tmp_path: Path) -> None:
    write(tmp_path, {"projects": {"value": "58"}})
    (tmp_path / "relations.csv").write_text(
        "relation_id,kind,how,label_en,source_locator\nstatus,parts,complete,Projects by status,p.1\n"
    )
    members = "".join(f"status,{role},{figure},,\n" for role, figure in (
        ("whole", "projects"), ("part", "projects-new"), ("part", "projects-running"), ("part", "projects-done")
    ))  # fmt: skip
    (tmp_path / "relation_members.csv").write_text("relation_id,role,figure_id,reference_id,value\n" + members)
    first = check_published.findings_of(tmp_path).iloc[0]
    assert check_published.line(first) == (
        "slight inconsistent (parts): Projects by status [made-up, p.1]: 20 + 30 + 7 = 57, printed 58. "
        "Smallest correction: 57 instead of 58, or 21 instead of 20, or 31 instead of 30, or 8 instead of 7."
    )


def test_it_prints_a_line_a_finding_and_keeps_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check_published, "findings_file", lambda: tmp_path / "outputs" / "published_findings.csv")
    check_published.run(write(tmp_path, {"yes-large": {"value": "72"}}))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("moderate inconsistent (whole numbers): yes-large")
    kept = (tmp_path / "outputs" / "published_findings.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith(f"{len(kept) - 1} findings: 1 inconsistent")


def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"figures.csv is missing; give a file"):
        check_published.findings_of(tmp_path)
    write(tmp_path, {"yes": {"value": "145"}})
    with pytest.raises(InputError, match=r"figures.csv, row 5, column 'value'.*between 0 and 100"):
        check_published.findings_of(tmp_path)
