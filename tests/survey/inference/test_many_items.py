import tracemalloc

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.survey.adjustment.margins import Margin
from analysis.survey.adjustment.raking import rake
from analysis.survey.inference.domains import mean
from analysis.survey.inference.many_items import OVERALL, ItemDesign, item_design, many_items
from analysis.survey.inference.variance import (
    calibrated_variance,
    covariance,
    residuals,
    survey_covariance,
)
from tests.survey.inference.inference_cases import ANSWERED, R, answers, muni, muni_margins

LEVELS = 5, 3, 2
ITEMS = [f"q{number}" for number in range(1, 7)]
CALIBRATED = ("cal_raking", "cal_linear", "cal_logit", "cal_linear_bounded")


def r_design(weighting: str, **options) -> ItemDesign:
    size, region = muni_margins("size", "region")
    design = muni(weighting)
    return item_design([size, region], base=design.base, weights=design.weights, categories=3, domain=region, **options)


@pytest.mark.parametrize("weighting", CALIBRATED)
def test_items_equal_r_survey_overall_and_by_region(weighting):
    (size,) = muni_margins("size")
    design = r_design(weighting, strata=size)
    found = many_items({item: answers(item) for item in ITEMS}, design).set_index(["item", "domain"])
    for item in ITEMS:
        expected = R["est"][weighting]["items"][item]
        whole = found.loc[(item, OVERALL)]
        assert whole["n_answered"].unique().tolist() == [expected["n"]]
        np.testing.assert_allclose(whole["point"], expected["est"], rtol=1e-9)
        np.testing.assert_allclose(whole["se_survey"], expected["se"], rtol=1e-9)
        for place, region in enumerate(expected["regions"]):
            part = found.loc[(item, region)]
            np.testing.assert_allclose(part["point"], expected["by_region_est"][place], rtol=1e-9)
            np.testing.assert_allclose(part["se_survey"], expected["by_region_se"][place], rtol=1e-9)


@pytest.mark.parametrize("weighting", CALIBRATED)
def test_items_equal_the_formulas_per_respondent(weighting):
    design = muni(weighting)
    found = many_items({item: answers(item) for item in ITEMS}, r_design(weighting))
    for row in found.itertuples():
        codes = answers(row.item)
        y = np.where(codes < 0, np.nan, codes == row.category)
        within = None if row.domain == OVERALL else (ANSWERED["region"] == row.domain).to_numpy()
        estimate = mean(y, design.weights, within=within)
        assert row.point == pytest.approx(estimate.point, rel=1e-12)
        assert row.se == pytest.approx(float(covariance(estimate.scores, design)) ** 0.5, rel=1e-12)
        assert row.se_survey == pytest.approx(float(survey_covariance(estimate.scores, design)) ** 0.5, rel=1e-12)
        assert (row.k, row.n_answered) == (np.nansum(y[estimate.used]), estimate.used.sum())


def test_weights_taken_as_fixed_have_no_residuals():
    design = muni("cal_raking")
    found = many_items({"q1": answers("q1")}, r_design("cal_raking", calibrated=False))
    estimate = mean(np.where(answers("q1") < 0, np.nan, answers("q1") == 2), design.weights)
    expected = calibrated_variance(estimate.scores, design.weights, columns=1, population_size=1)
    assert found["se"][2] == pytest.approx(float(expected) ** 0.5, rel=1e-12)


def made_up(n: int, *, seed: int, missing: float = 0.1) -> tuple[list[Margin], np.ndarray, dict[str, np.ndarray]]:
    """Margins of a frame twice as large, raked weights, and two items."""
    rng = np.random.default_rng(seed)
    margins = []
    for place, levels in enumerate(LEVELS):
        codes = np.concatenate([np.arange(levels), rng.integers(0, levels, n - levels)])
        totals = np.bincount(codes, minlength=levels) * rng.uniform(1.6, 2.4, levels)
        margins.append(Margin(f"m{place}", tuple(map(str, range(levels))), codes, totals * (2.0 * n / totals.sum())))
    items = {name: np.where(rng.random(n) < missing, -1, rng.integers(0, 3, n)).astype("int8") for name in ("a", "b")}
    return margins, rake(np.full(n, 2.0), margins), items


def prepared(margins: list[Margin], weights: np.ndarray, **options) -> ItemDesign:
    return item_design(margins, base=np.full(len(weights), 2.0), weights=weights, categories=3, **options)


@pytest.mark.parametrize("seed", range(5))
def test_a_domain_that_is_no_margin(seed):
    margins, weights, items = made_up(300, seed=seed)
    codes = np.random.default_rng(seed + 100).integers(0, 4, 300)
    domain = Margin("domain", ("w", "x", "y", "z"), codes, np.bincount(codes) * 2.0)
    found = many_items(items, prepared(margins, weights, domain=domain)).set_index(["item", "domain", "category"])
    columns = np.hstack([one.codes[:, None] == np.arange(len(one.labels)) for one in margins])[
        :, [0, 1, 2, 3, 4, 5, 6, 8]
    ]
    for item, label, category in (("a", "x", 0), ("b", "z", 2), ("b", OVERALL, 1)):
        y = np.where(items[item] < 0, np.nan, items[item] == category)
        within = None if label == OVERALL else codes == domain.labels.index(label)
        u = mean(y, weights, within=within).scores
        e = residuals(u, columns, base=np.full(300, 2.0))
        variance = calibrated_variance(e, weights, columns=8, population_size=1)
        assert found.loc[(item, label, category), "se"] == pytest.approx(float(variance) ** 0.5, rel=1e-11)


def test_shares_of_an_item_add_up_and_answers_are_conserved():
    margins, weights, items = made_up(500, seed=1)
    found = many_items(items, prepared(margins, weights, domain=margins[0]))
    by = found.groupby(["item", "domain"], observed=True)
    np.testing.assert_allclose(by["point"].sum(), 1)
    assert (by["k"].sum() == by["n_answered"].first()).all()
    numbers = by["n_answered"].first().unstack()
    assert (numbers.drop(columns=OVERALL).sum(axis=1) == numbers[OVERALL]).all()
    assert numbers[OVERALL]["a"] == (items["a"] >= 0).sum()


def test_the_order_of_the_respondents_does_not_matter():
    margins, weights, items = made_up(200, seed=3)
    order = np.random.default_rng(3).permutation(200)
    shuffled = [Margin(one.name, one.labels, one.codes[order], one.totals) for one in margins]
    first = many_items(items, prepared(margins, weights))
    second = many_items(
        {name: codes[order] for name, codes in items.items()},
        prepared(shuffled, weights[order]),
    )
    pd.testing.assert_frame_equal(first, second, rtol=1e-12)


def test_an_item_that_a_margin_explains_has_no_variance():
    margins, weights, _ = made_up(200, seed=4)
    found = many_items({"a": margins[1].codes}, prepared(margins, weights))
    np.testing.assert_allclose(found["point"], margins[1].totals / 400)
    assert found["se"].max() < 1e-8


def test_a_domain_without_answers_is_not_a_number():
    margins, weights, items = made_up(200, seed=5)
    items = {"a": np.where(margins[0].codes == 2, -1, items["a"])}
    found = many_items(items, prepared(margins, weights, domain=margins[0]))
    empty = found[found["domain"] == "2"]
    assert empty["n_answered"].tolist() == [0, 0, 0]
    assert empty[["point", "se", "se_survey"]].isna().all(axis=None)
    assert found.loc[found["domain"] != "2", "se"].notna().all()


@pytest.mark.parametrize(
    ("answers_given", "sentence"),
    [
        (np.array([0, 1]), "a: 2 answers of 200 respondents"),
        (np.full(200, 3), "a: a category is not one of 0 to 2"),
        (np.full(200, -2), "a: a category is not one of 0 to 2"),
    ],
)
def test_answers_that_cannot_be_are_an_error(answers_given, sentence):
    margins, weights, _ = made_up(200, seed=6)
    design = prepared(margins, weights)
    with pytest.raises(InputError, match=sentence):
        many_items({"a": answers_given}, design)


def test_weights_that_differ_within_a_cell_are_an_error():
    margins, weights, _ = made_up(200, seed=7)
    with pytest.raises(InputError, match="respondents in one cell of the crossed margins have different weights"):
        prepared(margins, weights * np.linspace(1, 2, 200))


def test_memory_goes_with_the_respondents_and_not_with_the_items():
    margins, weights, _ = made_up(100_000, seed=8)
    rng = np.random.default_rng(8)
    items = {str(number): rng.integers(-1, 3, 100_000, dtype="int8") for number in range(40)}
    tracemalloc.start()
    many_items(items, prepared(margins, weights, domain=margins[0]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # 100 MB at 10^6 respondents.
    assert peak < 10e6
