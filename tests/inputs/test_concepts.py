import csv
import io
import shutil
from pathlib import Path

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.concepts import load_concepts
from analysis.inputs.waves import Wave, load_wave

WAVES = ("no-web-2010", "no-web-2011", "no-web-2013")


@pytest.fixture(scope="module")
def waves() -> dict[str, Wave]:
    return {wave: load_wave(wave) for wave in WAVES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(paths.raw() / "comparison", tmp_path / "comparison"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_pair_of_website_rounds_is_graded_c_with_a_reason_in_each_language(waves):
    concepts = load_concepts(waves)
    assert {concept.concept_id for concept in concepts.concepts} == {
        "website_total", "website_accessibility", "website_user_adaptation", "website_useful_content"
    }  # fmt: skip
    for concept in {concept.concept_id for concept in concepts.concepts}:
        for later, earlier in ((1, 0), (2, 0), (2, 1)):
            grade = concepts.grade(concept, WAVES[later], WAVES[earlier])
            assert grade.grade == "C"
            assert len({grade.reason(language) for language in ("en", "nb", "sv")}) == 3


def test_a_grade_is_found_in_either_order_and_a_missing_one_is_said(waves):
    concepts = load_concepts(waves)
    assert concepts.grade("website_total", *WAVES[:2]) is concepts.grade("website_total", WAVES[1], WAVES[0])
    with pytest.raises(InputError, match=r"grades\.csv: website_total has no grade for no-web-2010 and no-2017"):
        concepts.grade("website_total", "no-web-2010", "no-2017")


def test_a_wave_that_was_taken_out_may_still_be_named(waves):
    assert load_concepts({"no-web-2013": waves["no-web-2013"]}).concepts == load_concepts(waves).concepts
    assert load_concepts({}).grades == load_concepts(waves).grades


CONCEPT = "website_total,no-web-2010,total,99,"
GRADE = "website_total,no-web-2011,no-web-2010,C,"
MALFORMED = {
    "unknown item": ("concepts", CONCEPT, CONCEPT.replace("total,99", "totals,99"), "row 2, column 'item': 'totals'"),
    "another scale": ("concepts", ",total,99,", ",total,100,", "row 2, column 'scale_max': 100 where"),
    "scale no number": ("concepts", ",total,99,", ",total,many,", "row 2, column 'scale_max'"),
    "concept twice": ("concepts", "website_total,no-web-2011,", "website_total,no-web-2010,", "already in row 2"),
    "misspelt wave": ("concepts", CONCEPT, CONCEPT.replace("2010", "2012"), "row 2, column 'reference_wave'"),
    "unknown base": ("concepts", "assessed_units", "units", "row 2, column 'base'"),
    "unknown grade": ("grades", GRADE, GRADE.replace(",C,", ",E,"), "row 2, column 'grade': 'E' is not allowed"),
    "unknown wave": ("grades", GRADE, GRADE.replace("2011", "2012"), "row 2, column 'wave': concepts.csv has no"),
    "unknown concept": ("grades", GRADE, "x" + GRADE, "row 2, column 'concept_id': 'xwebsite_total'"),
    "itself": ("grades", GRADE, GRADE.replace("2011", "2010"), "row 2: no-web-2010 is compared with itself"),
    "date": ("grades", "2026-11-21", "yesterday", "row 2, column 'date'"),
    "missing column": ("grades", "graded_by,", "", "row"),
    "unknown column": ("grades", "graded_by,", "grader,", "unknown column 'grader'"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(MALFORMED))
def test_a_malformed_table_is_refused_in_one_sentence(case, folder, waves):
    file, old, new, message = MALFORMED[case]
    edit(folder / f"{file}.csv", old, new)
    with pytest.raises(InputError) as error:
        load_concepts(waves, folder=folder)
    assert message in str(error.value)
    assert f"{file}.csv" in str(error.value) or case == "misspelt wave"
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


def test_a_pair_graded_twice_is_refused_in_either_order(folder, waves):
    file = folder / "grades.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    turned = lines[1].replace("no-web-2011,no-web-2010", "no-web-2010,no-web-2011")
    file.write_text("\n".join([*lines, turned]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 14: website_total in .* is graded already in row 2"):
        load_concepts(waves, folder=folder)


@pytest.mark.parametrize(
    ("table", "column"),
    [("grades", "reason_en"), ("grades", "reason_sv"), ("grades", "grade"), ("concepts", "gloss_nb")],
)
def test_a_missing_reason_grade_or_gloss_is_refused(folder, waves, table, column):
    file = folder / f"{table}.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    rows[0][column] = ""
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError, match=rf"{table}\.csv, row 2, column '{column}': no value is given; fill it in\."):
        load_concepts(waves, folder=folder)


def test_a_wave_of_a_concept_that_no_pair_grades_is_refused(folder, waves):
    file = folder / "grades.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not (line.startswith("website_total,") and "no-web-2010" in line)]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"concepts\.csv, row 2, column 'wave': 'no-web-2010' is in no pair"):
        load_concepts(waves, folder=folder)
