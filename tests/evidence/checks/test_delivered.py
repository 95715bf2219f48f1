"""What the rules find in the delivered register: known contradictions, and nothing invented."""

import pandas as pd
import pytest

from analysis.evidence.checks.findings import COLUMNS, INCONSISTENT, ROUNDING, SEVERITIES
from analysis.evidence.checks.frame_sizes import size_table
from analysis.evidence.checks.rules import RULES, check
from analysis.inputs.register import load_register
from analysis.inputs.relations import Relations, load_relations


@pytest.fixture(scope="module")
def register() -> tuple[pd.DataFrame, Relations]:
    figures = load_register().figures
    return figures, load_relations(figures)


@pytest.fixture(scope="module")
def findings(register: tuple[pd.DataFrame, Relations]) -> pd.DataFrame:
    return check(*register)


def involving(findings: pd.DataFrame, figure: str, rule: str) -> pd.Series:
    own = findings[findings["figures"].str.split("; ").map(lambda keys: figure in keys) & (findings["rule"] == rule)]
    assert len(own) == 1
    return own.iloc[0]


@pytest.mark.parametrize(
    ("rule", "figure"),
    [
        ("single_choice", "no2009-democracy-stars-3-4"),
        ("arithmetic", "no2012-savings-potential-dkk"),
        ("reference", "no2012-savings-productivity-gain"),
        ("reference", "no2012-q11-typical-population"),
        ("reference", "no2017-field-invited"),
        ("asked", "no2017-health-n-upper"),
        ("one_quantity", "no2017-card-scale-max"),
        ("word", "no2017-general-security-barrier-resources"),
        ("one_quantity", "se2016-method-answer-areas-b"),
        ("one_quantity", "se2016-culture-book-facilities-b"),
        ("one_quantity", "se2016-business-food-registration-b"),
        ("one_quantity", "se2016-school-apply-compulsory-b"),
        ("one_quantity", "se2016-care-interventions-info-b"),
        ("ranking", "se2016-org-elected-digital-tools"),
        ("table", "se2016-school-apply-adult-education"),
        ("word", "se2016-org-regional-digital-agenda-verbal-b"),
        ("word", "se2016-org-joint-procurement"),
    ],
)
def test_a_known_contradiction_is_found_from_the_records(findings: pd.DataFrame, rule: str, figure: str) -> None:
    wrong = findings[findings["verdict"] == INCONSISTENT]
    assert involving(wrong, figure, rule)["severity"] in SEVERITIES


def test_nothing_else_contradicts_itself(findings: pd.DataFrame) -> None:
    assert findings["verdict"].value_counts()[INCONSISTENT] == 17
    assert set(findings["rule"]) == set(RULES)
    assert list(findings.columns) == COLUMNS


def test_only_rounding_makes_48_of_32_and_17(findings: pd.DataFrame) -> None:
    parts = involving(findings[findings["verdict"] == ROUNDING], "no2017-field-partial-pct", "parts")
    assert parts["arithmetic"] == "32% + 17% = 49, printed 48%"


def test_stars_of_2009_lack_at_least_one_reply(findings: pd.DataFrame) -> None:
    stars = involving(findings, "no2009-democracy-stars-3-4", "single_choice")
    assert "together 241 to 248, and they should be all 249" in stars["arithmetic"]


def test_the_invited_of_2017_fit_an_earlier_structure(findings: pd.DataFrame) -> None:
    invited = involving(findings, "no2017-field-invited", "reference")
    assert "426 + 19 = 445, printed 447" in invited["arithmetic"]
    assert invited["arithmetic"].endswith("2016-01-01")


def test_swedens_table_1_has_one_solution_and_the_frame_of_2015_confirms_it(
    register: tuple[pd.DataFrame, Relations],
) -> None:
    sizes = size_table(*register)
    assert sizes["derived"].tolist() == [15, 32, 74, 93, 76]
    assert sizes["2015-12-31"].tolist() == [15, 32, 74, 93, 76]
    assert sizes["2016-12-31"].tolist() == [15, 32, 75, 93, 75]
    assert sizes["possible"].tolist() == ["15", "32", "74", "91, 92, 93", "75, 76"]


def test_the_solution_comes_from_the_printed_figures_alone(register: tuple[pd.DataFrame, Relations]) -> None:
    figures, relations = register
    alone = Relations(relations.relations, relations.members, relations.references, relations.terms)
    changed = figures.assign(
        value=figures["value"].mask(figures["figure_id"] == "se2016-method-municipalities-country", "289")
    )
    assert size_table(changed, alone)["derived"].isna().all()  # two solutions sum to 289


def test_every_figure_with_a_percentage_is_a_case(
    register: tuple[pd.DataFrame, Relations], findings: pd.DataFrame
) -> None:
    figures = register[0]
    shares = figures[figures["statistic"].isin(["percent", "share_text"]) & (figures["value"] != "")]
    assert set(shares["figure_id"]) == set(findings.loc[findings["rule"] == "whole_numbers", "figures"])


def test_every_word_has_a_stated_reach(register: tuple[pd.DataFrame, Relations]) -> None:
    figures, relations = register
    words = figures.loc[figures["precision"].isin(["verbal", "bound"]), "figure_id"]
    assert set(words) == {member.figure_id for member in relations.members if member.role == "word"}
