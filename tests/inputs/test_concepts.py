import csv
import io
import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import concept_checks
from analysis.inputs.concepts import Concepts, Measure, load_concepts
from analysis.inputs.register import load_register
from analysis.inputs.waves import Wave, load_wave

WAVES = ("no-web-2010", "no-web-2011", "no-web-2013")

# The candidates that were collected for comparison, by the first judgement of each.
CANDIDATES = {
    "comparable": "response",
    "caution": "selfservice-any muni-cooperation strategy open-data public-records council-webcast einvoice-out "
    "patient-record health-messages safety-alarm kindergarten-application school-home building-permit "
    "alcohol-licence size-gradient",
    "not_comparable": "service-breadth user-involvement citizen-demand obstacle-resources national-solutions "
    "eprocurement "
    "mobile-work excavation-permit geodata security-governance eid staff-competence school-ict "
    "architecture-standards archive broadband state-steering plans-new-services service-level data-reuse "
    "benefits index",
    "one_wave": "privacy cloud big-data projects nav-green-foss",
}


@pytest.fixture(scope="module")
def waves() -> dict[str, Wave]:
    return {wave: load_wave(wave) for wave in WAVES}


@pytest.fixture(scope="module")
def concepts(waves) -> Concepts:
    return load_concepts(waves)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(paths.raw() / "comparison", tmp_path / "comparison"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def of_kind(concepts: Concepts, kind: str) -> list[str]:
    return [concept.concept_id for concept in concepts.concepts if concept.kind == kind]


def test_every_candidate_is_a_concept_with_its_first_judgement(concepts):
    found = {concept.concept_id: concept.first_judgement for concept in concepts.concepts if concept.kind == "survey"}
    assert found == {name: judgement for judgement, names in CANDIDATES.items() for name in names.split()}
    assert len(found) == 43


def test_every_figure_of_a_candidate_and_of_the_swedish_series_belongs_to_a_concept(concepts):
    survey = {f for m in concepts.measures if m.concept_id in of_kind(concepts, "survey") for f in m.figures}
    assert len({figure for figure in survey if not figure.startswith(("se2011", "se2014"))}) == 171
    figures = load_register().figures
    rows = figures[figures["wave"].isin(["se-2011", "se-2014"]) & figures["statistic"].isin(["percent", "share_text"])]
    series = {f for m in concepts.measures if m.concept_id in of_kind(concepts, "series") for f in m.figures}
    assert set(rows.loc[rows["value"] != "", "figure_id"]) <= series


def test_no_grade_is_better_than_the_first_judgement_leaves_open(concepts):
    best = {"comparable": "B", "caution": "C", "not_comparable": "D", "one_wave": "D"}
    for grade in concepts.grades:
        judgement = concepts.concept(grade.concept_id).first_judgement
        assert judgement is None or grade.grade >= best[judgement], grade
    cautioned = concepts.concept("strategy")
    assert cautioned.best(frozenset(("no-2009", "se-2016"))) == "C"
    assert cautioned.best(frozenset(("no-2009", "no-2017"))) == "D"


def test_every_pair_with_a_norwegian_round_is_graded(concepts):
    for name in of_kind(concepts, "survey"):
        measured = list(concepts.measured(name))
        for first in measured:
            for second in measured:
                if first < second and first.startswith("no"):
                    assert (name, frozenset((first, second))) in concepts.graded, (name, first, second)


def test_grades_that_subtract_name_the_place_in_both_sources(concepts):
    subtracting = [grade for grade in concepts.grades if grade.grade in ("A", "B")]
    assert subtracting
    assert all(grade.place and grade.reference_place for grade in subtracting)


def test_every_pair_of_website_rounds_is_graded_c_with_a_reason_in_each_language(concepts):
    assert len(of_kind(concepts, "website")) == 4
    for concept in of_kind(concepts, "website"):
        for later, earlier in ((1, 0), (2, 0), (2, 1)):
            grade = concepts.grade(concept, WAVES[later], WAVES[earlier])
            assert grade.grade == "C"
            assert len({concepts.reason(grade, language) for language in ("en", "nb", "sv")}) == 3


def test_a_grade_is_found_in_either_order_and_a_missing_one_is_said(concepts):
    assert concepts.grade("website_total", *WAVES[:2]) is concepts.grade("website_total", WAVES[1], WAVES[0])
    with pytest.raises(InputError, match=r"grades\.csv: website_total has no grade for no-web-2010 and no-2017"):
        concepts.grade("website_total", "no-web-2010", "no-2017")


def test_a_wave_that_was_taken_out_may_still_be_named(waves, concepts):
    assert load_concepts({"no-web-2013": waves["no-web-2013"]}).measures == concepts.measures
    assert load_concepts({}).grades == concepts.grades


MEASURE = "website_total,no-web-2010,total,,,points,99,"
GRADE = "website_total,no-web-2011,no-web-2010,C,website-criteria,"
WEBCAST = "council-webcast,se-2016,no-2009,C,council-webcast-1,"
MALFORMED = {
    "unknown item": (
        "measures", MEASURE, MEASURE.replace("total,,", "totals,,"), "row 2, column 'item': 'totals'"
    ),
    "another scale": ("measures", ",points,99,", ",points,100,", "row 2, column 'scale_max': 100 where"),
    "scale no number": ("measures", ",points,99,", ",points,many,", "row 2, column 'scale_max'"),
    "measure twice": (
        "measures", "website_total,no-web-2011,", "website_total,no-web-2010,", "already in row 2"
    ),
    "unknown base": ("measures", "assessed_units", "units", "row 2, column 'base'"),
    "item and figures": (
        "measures", MEASURE, MEASURE.replace("total,,", "total,no2009-field-invited,"), "row 2: either"
    ),
    "unknown figure": (
        "measures", "no2009-democracy-council-webcast", "no2009-webcast", "column 'figures': 'no2009-web"
    ),
    "figure of another wave": (
        "measures", "no2009-democracy-council-webcast", "se2016-public-webcast-council", "is no figure of no-2009"
    ),
    "bad recode": (
        "measures", "complement:no2012-q1-no-services", "half:no2012-q1-no-services", "column 'recode'|a recode is"
    ),
    "recode of others": (
        "measures", "complement:no2012-q1-no-services", "complement:no2012-q6-demand", "does not have"
    ),
    "unknown kind": ("concepts", ",website,", ",web,", "row 2, column 'kind'"),
    "unknown judgement": ("concepts", ",comparable,", ",fine,", "column 'first_judgement'"),
    "unknown family": (
        "concepts", ",series,se_services,", ",series,se_all,", "column 'family': 'se_all' is no family"
    ),
    "broken pair": ("concepts", "no-2009|no-2012", "no-2009", "column 'caution_pairs'"),
    "concept twice": ("concepts", "service-breadth,", "user-involvement,", "stands already in row"),
    "unknown grade": (
        "grades", GRADE, GRADE.replace(",C,", ",E,"), "row 2, column 'grade': 'E' is not allowed"
    ),
    "unknown wave": (
        "grades", GRADE, GRADE.replace("2011", "2012"), "row 2, column 'wave': measures.csv has no"
    ),
    "unknown concept": ("grades", GRADE, "x" + GRADE, "row 2, column 'concept_id': 'xwebsite_total'"),
    "unknown reason": (
        "grades", "website-criteria", "criteria", "row 2, column 'reason': 'criteria' is no reason"
    ),
    "itself": ("grades", GRADE, GRADE.replace("2011", "2010"), "row 2: no-web-2010 is compared with itself"),
    "too good": (
        "grades", WEBCAST, WEBCAST.replace(",C,", ",B,"), "column 'place': the grade B is better than C"
    ),
    "no place": (
        "grades", ",\"SKL 2016, p. 24, Table 2, column 2014\",", ",,", "column 'place': the grade B subtracts"
    ),
    "date": ("grades", "2026-11-21", "yesterday", "row 2, column 'date'"),
    "missing column": ("grades", "graded_by,", "", "row"),
    "unknown column": ("grades", "graded_by,", "grader,", "unknown column 'grader'"),
    "a margin of nothing": ("families", ",0.05,0.05,", ",0.05,0,", "row 2, column 'margin'"),
    "unnamed figure": (
        "labels", "no2009-democracy-council-webcast,", "no2009-school-feide,", "no row in labels.csv"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(MALFORMED))
def test_a_malformed_table_is_refused_in_one_sentence(case, folder, waves):
    file, old, new, messages = MALFORMED[case]
    edit(folder / f"{file}.csv", old, new)
    with pytest.raises(InputError) as error:
        load_concepts(waves, folder=folder)
    assert any(message in str(error.value) for message in messages.split("|"))
    assert ", row " in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


def test_a_pair_graded_twice_is_refused_in_either_order(folder, waves):
    file = folder / "grades.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    turned = lines[1].replace("no-web-2011,no-web-2010", "no-web-2010,no-web-2011")
    file.write_text("\n".join([*lines, turned]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"website_total in .* is graded already in row 2"):
        load_concepts(waves, folder=folder)


@pytest.mark.parametrize(
    ("table", "column"),
    [("reasons", "en"), ("reasons", "sv"), ("grades", "grade"), ("measures", "gloss_nb"), ("concepts", "ask_sv")],
)
def test_a_missing_reason_grade_gloss_or_question_is_refused(folder, waves, table, column):
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
    with pytest.raises(InputError, match=r"measures\.csv, row 2, column 'wave': 'no-web-2010' is in no pair"):
        load_concepts(waves, folder=folder)


def of_answers(concepts: Concepts, **about: object) -> Measure:
    """How a round without a printed report would measure a subject: by an item of its answers."""
    printed = next(one for one in concepts.measures if one.concept_id == "muni-cooperation" and one.wave == "no-2017")
    return Measure(**printed.model_dump() | {"figures": (), "source_locator": "-"} | about)


def test_a_round_of_answers_is_measured_by_options_of_an_item_or_by_the_score_of_an_indicator(concepts):
    wave = load_wave("no-2017")
    options = of_answers(concepts, item="cooperation_procurement", options="high; very_high")
    score = of_answers(concepts, item="maturity_health", scale_max=5)
    assert options.options == ("high", "very_high")
    assert [*concept_checks._item(options, wave, ""), *concept_checks._item(score, wave, "")] == []


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"item": "cooperation_procurement", "options": "often"}, "'often' is no option of cooperation_procurement"),
        ({"item": "maturity_health", "options": "high"}, "'maturity_health' is no item of no-2017"),
        ({"item": "maturity_health", "scale_max": 6}, "6 where items.csv of no-2017 has the maximum 5"),
    ],
)
def test_an_item_or_indicator_that_does_not_fit_its_round_is_refused(concepts, about, says):
    found = list(concept_checks._item(of_answers(concepts, **about), load_wave("no-2017"), "row 2, column"))
    assert says in found[0]


@pytest.mark.parametrize(
    "about", [{"item": "maturity_health"}, {"item": "x", "options": "a", "scale_max": 5}, {"options": "a"}]
)
def test_an_item_has_either_options_or_a_highest_score(concepts, about):
    with pytest.raises(ValidationError):
        of_answers(concepts, **about)
