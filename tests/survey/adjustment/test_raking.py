import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.adjustment import cells as cells_module
from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.cells import cross
from analysis.survey.adjustment.margins import Margin, NoWeights, account
from analysis.survey.adjustment.raking import cell_factors, rake
from tests.survey.adjustment.cases import censuses, in_any_census, made, margins_of, muni, muni_in_r


def gap(margins, weights):
    return account(margins, weights)["relative_gap"].abs().max()


def muni_base():
    (size,) = margins_of(muni(), "resp", "size")
    return (size.totals / size.sums())[size.codes]


def test_a_table_is_fitted_by_oracle_3_2():
    seed = np.array([[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]], dtype=float)
    rows, columns = np.divmod(np.arange(16), 4)
    margins = [made("row", "abcd", rows, [150, 300, 400, 150]), made("column", "abcd", columns, [200, 300, 400, 100])]
    printed = [[64.61, 46.28, 35.42, 3.83], [49.95, 68.15, 156.49, 25.37],
               [56.7, 144.4, 145.06, 53.76], [28.74, 41.18, 63.03, 17.03]]  # fmt: skip
    converged = [[64.55851, 46.23246, 35.384298, 3.824732], [49.967919, 68.159354, 156.498546, 25.37418],
                 [56.721944, 144.428226, 145.082481, 53.767349],
                 [28.751627, 41.179961, 63.034674, 17.033738]]  # fmt: skip
    fitted = rake(seed.ravel(), margins).reshape(4, 4)
    assert fitted == pytest.approx(np.array(printed), abs=0.06)
    assert fitted == pytest.approx(np.array(converged), abs=1e-5)


@pytest.mark.parametrize(("name", "tolerance"), [("rake", 1e-9), ("cal_raking", 1e-11)])
def test_weights_are_those_of_r(name, tolerance):
    weights = rake(muni_base(), margins_of(muni(), "resp", "size", "region"))
    assert weights == pytest.approx(np.array(muni_in_r()["est"][name]["weights"]), abs=tolerance)


def test_a_structural_zero_is_an_error_and_not_a_margin_off_by_a_factor_of_4():
    """Design, section 9: all of row a are in column c, so that both targets cannot hold at once."""
    margins = [made("row", "ab", [0, 0, 1, 1], [80, 20]), made("col", "cd", [0, 0, 1, 1], [20, 80])]
    with pytest.raises(NoWeights) as error:
        rake(np.ones(4), margins)
    assert "smallest relaxation" in str(error.value)
    assert "nobody in both 'row: a' and 'col: d' answered" in str(error.value)
    relaxed = [made("row", "ab", [0, 0, 1, 1], [20, 20]), made("col", "cd", [0, 0, 1, 1], [20, 20])]
    assert "take 'row: a' as 20 instead of 80, take 'col: d' as 20 instead of 80" in str(error.value)
    assert gap(relaxed, rake(np.ones(4), relaxed)) < 1e-10


def test_targets_that_leave_a_respondent_nothing_are_an_error():
    """Raking would creep towards a weight of 0 for ever, its gap halving with each doubling of the cycles."""
    margins = [made("row", "ab", [0, 0, 1], [20, 80]), made("col", "cd", [0, 1, 1], [20, 80])]
    with pytest.raises(NoWeights, match="respondents of 'row: a' and 'col: d' a weight of 0"):
        rake(np.ones(3), margins)
    relaxed = [made("row", "ab", [0, 0, 1], [20, 79]), made("col", "cd", [0, 1, 1], [19, 80])]
    assert rake(np.ones(3), relaxed) == pytest.approx([19, 1, 79])


def test_base_weights_are_not_ignored():
    """Design, section 9. Within a cell of the crossed margins their ratio stays."""
    margins = [made("a", "xy", [0, 0, 1, 1], [10, 20]), made("b", "xy", [0, 0, 0, 1], [18, 12])]
    weights = rake([1.0, 3.0, 2.0, 2.0], margins)
    assert weights[1] / weights[0] == pytest.approx(3)
    assert weights == pytest.approx([2.5, 7.5, 8, 12])


def test_a_raked_weight_below_1_shows_in_the_result_and_calibration_has_the_remedy():
    size = made("size", "sl", [0, 0, 0, 1, 1, 1], [9, 4])
    region = made("region", "xy", [0, 0, 1, 0, 0, 1], [5, 8])
    base = np.array([3, 3, 3, 4 / 3, 4 / 3, 4 / 3])
    assert rake(base, [size, region]).min() < 1
    with pytest.raises(NoWeights, match="smallest relaxation"):
        calibrate(base, [size, made("region", "xy", [0, 0, 1, 0, 0, 1], [3, 10])], distance="logit")
    weights = calibrate(base, [size, region], distance="logit", largest=8)
    assert weights.min() >= 1
    assert gap([size, region], weights) < 1e-10


def test_newton_takes_over_where_the_cycles_do_not_suffice():
    """Two cells hold nearly everything, so that each cycle closes little of the gap."""
    margins = [made("a", "xy", [0, 0, 1, 1], [50, 50]), made("b", "xy", [0, 1, 0, 1], [60, 40])]
    base = np.array([100.0, 0.1, 0.1, 50.0])
    few = rake(base, margins, cycles=1)
    assert gap(margins, few) < 1e-10
    assert few == pytest.approx(rake(base, margins, cycles=100_000), rel=1e-8)


@in_any_census
def test_newton_and_the_cycles_agree(case):
    assert rake(*case, cycles=0) == pytest.approx(rake(*case), rel=1e-8)


def test_a_crossing_too_large_for_a_table_gives_the_same_weights(monkeypatch):
    base, margins = muni_base(), margins_of(muni(), "resp", "size", "region")
    whole = rake(base, margins)
    monkeypatch.setattr(cells_module, "DENSE", 3)
    assert cross(margins).places is not None
    assert rake(base, margins) == pytest.approx(whole, rel=1e-10)


def test_more_respondents_than_a_block_are_all_counted(monkeypatch):
    base, margins = muni_base(), margins_of(muni(), "resp", "size", "region")
    whole = rake(base, margins)
    monkeypatch.setattr(cells_module, "BLOCK", 7)
    assert rake(base, margins) == pytest.approx(whole, rel=1e-12)


def test_so_many_margins_that_their_cells_cannot_be_numbered_are_refused():
    margins = [made(f"margin {place}", "xy", [0, 1], [1, 1]) for place in range(64)]
    with pytest.raises(NoWeights, match="64 of them cross to"):
        rake(np.ones(2), margins)


def test_cells_take_the_smallest_integer_type():
    small = made("a", "xy", [0, 1], [1, 1])
    large = Margin("b", tuple(map(str, range(200))), np.array([0, 199]), np.ones(200))
    assert cross([small]).codes.dtype == np.uint8
    assert cross([small, large]).codes.dtype == np.uint16
    assert [place.tolist() for place in cross([small, large]).categories(np.array([0, 399]))] == [[0, 1], [0, 199]]


def test_replicates_share_the_cells_and_may_drop_units():
    margins = margins_of(muni(), "resp", "size", "region")
    crossed, base = cross(margins), muni_base()
    base[3] = 0.0
    weights = crossed.spread(base, cell_factors(crossed.sums(base), crossed, margins))
    assert weights[3] == 0
    assert gap(margins, weights) < 1e-10


@in_any_census
def test_every_margin_is_met_and_the_weights_add_up(case):
    base, margins = case
    weights = rake(base, margins)
    assert gap(margins, weights) < 1e-10
    assert weights.sum() == pytest.approx(margins[0].totals.sum(), rel=1e-10)
    assert (weights > 0).all()


@in_any_census
def test_targets_that_are_met_already_change_nothing(case):
    base, margins = case
    weights = rake(base, margins)
    assert rake(weights, margins) == pytest.approx(weights, rel=1e-10)


@settings(max_examples=40, deadline=None)
@given(censuses(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_margins_does_not_matter(case, random):
    base, margins = case
    order = np.array(random.sample(range(len(base)), len(base)))
    turned = [Margin(one.name, one.labels, one.codes[order], one.totals) for one in reversed(margins)]
    assert rake(base[order], turned) == pytest.approx(rake(base, margins)[order], rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(censuses(), st.floats(0.01, 100))
def test_only_the_ratios_of_base_weights_matter(case, factor):
    base, margins = case
    assert rake(factor * base, margins) == pytest.approx(rake(base, margins), rel=1e-8)


def test_tolerance_is_kept():
    """An argument that is accepted is not ignored (design, section 9)."""
    base, margins = muni_base(), margins_of(muni(), "resp", "size", "region")
    rough = gap(margins, rake(base, margins, tolerance=1e-3))
    assert gap(margins, rake(base, margins)) < 1e-12 < rough < 1e-3


@pytest.mark.parametrize("cycles", [0, 10, 1000, 5000])
def test_factors_that_run_away_are_never_taken_for_weights(cycles):
    """After some hundred cycles they are too large for a number, and gaps that are not a number are not small."""
    margins = [made("row", "ab", [0, 1], [80, 20]), made("col", "cd", [0, 1], [20, 80])]
    with pytest.raises(NoWeights, match="smallest relaxation"):
        rake(np.ones(2), margins, cycles=cycles)


def test_raking_takes_no_more_memory_than_twice_the_weights():
    random, n = np.random.default_rng(1), 300_000
    margins = []
    for place, size in enumerate((5, 12, 2, 6, 20)):
        codes = random.integers(0, size, n)
        totals = np.bincount(codes, minlength=size) * random.uniform(1.5, 2.5, size)
        labels = tuple(map(str, range(size)))
        margins.append(Margin(f"margin {place}", labels, codes, totals * (2 * n / totals.sum())))
    base = random.uniform(1, 3, n)
    tracemalloc.start()
    weights = rake(base, margins)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 2 * weights.nbytes
    assert gap(margins, weights) < 1e-10
