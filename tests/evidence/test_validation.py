"""Replicates made together are those made one by one, wherever they run; the page says when weighting fails."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.evidence import validation
from analysis.evidence.simulation import replicates, response, weights
from analysis.evidence.simulation.estimates import Outcomes, estimate
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from analysis.reports import validate, validation_show, validation_views
from analysis.reports.display.page import Page
from analysis.survey.adjustment.calibration import calibrate
from analysis.survey.adjustment.classes import propensity_classes, propensity_weights
from analysis.survey.adjustment.collapse import collapse
from analysis.survey.adjustment.margins import Margin, margin
from analysis.survey.adjustment.poststratification import poststratify
from analysis.survey.adjustment.raking import rake
from analysis.survey.balance import propensity
from analysis.survey.estimates import round12
from analysis.survey.inference import domains
from analysis.survey.inference.variance import Design

PARAMS = load_params()
UNITS = 300


@pytest.fixture(scope="module")
def frame() -> weights.Auxiliaries:
    rng = np.random.default_rng(3)
    size = np.sort(rng.choice(4, UNITS, p=[0.4, 0.35, 0.2, 0.05]))
    return weights.Auxiliaries(size, rng.integers(0, 3, UNITS), 7 + size + rng.random(UNITS))


@pytest.fixture(scope="module")
def outcomes(frame) -> Outcomes:
    rng = np.random.default_rng(4)
    score = np.clip(0.4 + 0.1 * frame.size + 0.15 * rng.standard_normal(UNITS), 0, 1)
    return Outcomes(np.column_stack([score, score > 0.6]).astype("float64"), np.array([False, True]))


@pytest.fixture(scope="module")
def answered(frame) -> np.ndarray:
    """Some replicates leave the smallest group with few answers, so that it is joined with its neighbour."""
    propensity = np.array([0.4, 0.4, 0.55, 0.5])[frame.size]
    return response.draw(propensity, replicates=40, rng=np.random.default_rng(5))


def joined_margin(codes: np.ndarray, given: np.ndarray) -> Margin:
    """The margin of a grouping after `collapse`, as the weighting plans make it."""
    units = pd.DataFrame({"group": codes, "n_answered": given.astype(int), "n_frame": 1})
    cells = units.groupby("group", as_index=False).sum()
    found = collapse(cells, min_n=weights.MIN_N, max_ratio=weights.MAX_RATIO, order="group", unit_type=None)
    cell = pd.factorize(found.mapping["cell"])[0][codes]
    return margin(pd.DataFrame({"group": cell}), ("group",), answered=given)


def fitted(frame: weights.Auxiliaries, given: np.ndarray) -> np.ndarray:
    units = pd.DataFrame({"size": frame.size, "region": frame.region})
    cells = propensity.cells_of(units, answered=pd.Series(given), by=["size", "region"])
    model = propensity.fit(cells, variables=["size", "region"])
    known = dict(zip(zip(cells["size"].astype(int), cells["region"].astype(int), strict=True), model.rho, strict=True))
    return np.round([known[key] for key in zip(frame.size, frame.region, strict=True)], 10)


def one_by_one(name: str, frame: weights.Auxiliaries, given: np.ndarray) -> Design:
    """The weights of a single replicate by the functions of the pipeline, as variances take them."""
    n = int(given.sum())
    base, size = np.full(n, UNITS / n), joined_margin(frame.size, given)
    if name == "none":
        return Design(base, base, UNITS)
    if name == "poststratify":
        return Design(base, poststratify(base, size), UNITS, strata=size.codes, stratum_sizes=size.totals)
    if name == "rake":
        region = joined_margin(frame.region, given)
        columns = [np.eye(len(size.labels))[size.codes], np.eye(len(region.labels))[region.codes][:, 1:]]
        return Design(base, rake(base, [size, region]), UNITS, columns=np.hstack(columns))
    if name == "calibrate":
        x = np.column_stack([np.ones(UNITS), frame.log_population])
        found = calibrate(base, x=x[given], totals=x.sum(axis=0), distance="logit")
        return Design(base, found, UNITS, columns=x[given])
    rho = fitted(frame, given)
    classes = propensity_classes(rho, answered=given)
    found = propensity_weights(rho, answered=given)
    return Design(base, found, UNITS, strata=classes.codes, stratum_sizes=classes.totals)


@pytest.mark.parametrize("name", weights.ESTIMATORS)
def test_replicates_together_are_those_one_by_one(name, frame, outcomes, answered):
    weighted = weights.ESTIMATORS[name](answered, frame)
    found = estimate(answered, weighted, outcomes, confidence=0.95)
    for row, given in enumerate(answered):
        design = one_by_one(name, frame, given)
        np.testing.assert_allclose(weighted.weights[row, given], design.weights, rtol=1e-8)
        assert (weighted.weights[row, ~given] == 0).all()
        domain = domains.everyone(design)
        score, share = outcomes.values[given].T
        mean = domains.mean_record(score, design, domain=domain, confidence=0.95, low=0.0, high=1.0)
        yes = domains.share_record(share, design, domain=domain, confidence=0.95)
        for place, record in enumerate((mean, yes)):
            own = [part[row, place] for part in (found.point, found.se, found.lo, found.hi)]
            np.testing.assert_allclose(own, [record[key] for key in ("point", "se", "ci_lo", "ci_hi")], rtol=1e-7)


def test_the_replicates_tried_include_joined_groups(frame, answered):
    size = weights.joined(answered, frame.size)
    assert 0 < (size.max(axis=1) < frame.size.max()).sum() < len(answered)


def test_a_class_that_answers_in_full_is_penalised(frame):
    given = np.ones((1, UNITS), dtype=bool)
    given[0, (frame.size < 3) & (np.arange(UNITS) % 2 == 0)] = False
    rho = weights.propensities(given, frame)[0]
    np.testing.assert_allclose(rho, fitted(frame, given[0]), atol=1e-9)
    assert rho.max() < 1


def test_declared_response_is_the_printed_one_and_its_logit_doubled():
    rates = np.array([0.2, 0.2, 0.5, 0.8])
    score = np.array([1.0, 2.0, 3.0, 4.0])
    flat, printed, twice, dependent = (
        one.propensity
        for one in [
            *response.scenarios(rates, score, steepness=[0, 1, 2], odds_ratios=[1]),
            *response.scenarios(rates, score, steepness=[1], odds_ratios=[1.5]),
        ]
    )

    def odds(p):
        return p / (1 - p)

    np.testing.assert_allclose(printed, rates, rtol=1e-12)
    np.testing.assert_allclose(flat, rates.mean())
    assert odds(twice[3]) / odds(twice[2]) == pytest.approx((odds(0.8) / odds(0.5)) ** 2)
    # Scores of 1 to 4 have a standard deviation of sqrt(1.25); the first two units have the same size.
    assert odds(dependent[1]) / odds(dependent[0]) == pytest.approx(1.5 ** (1 / np.sqrt(1.25)))
    for one in (flat, printed, twice, dependent):
        assert one.mean() == pytest.approx(rates.mean())


@pytest.mark.parametrize(
    ("rates", "score", "said"), [([0.5, 1.0], [1, 2], "no logit"), ([0.5, 0.4], [2, 2], "same score")]
)
def test_a_response_that_cannot_be_declared_is_refused(rates, score, said):
    with pytest.raises(InputError, match=said):
        list(response.scenarios(np.array(rates), np.array(score), steepness=[1], odds_ratios=[1]))


def plans(frame, outcomes):
    rates = np.array([0.35, 0.4, 0.5, 0.7])[frame.size]
    return list(response.scenarios(rates, outcomes.values[:, 0], steepness=[1], odds_ratios=[1, 2]))


def simulated(frame, outcomes, **changes):
    about = {"replicates": 60, "seed": 9, "confidence": 0.95} | changes
    return replicates.simulate(plans(frame, outcomes), frame, outcomes, **about)


def assert_same(first, second):
    for one, other in zip(first, second, strict=True):
        for field in dataclasses.fields(one):
            np.testing.assert_allclose(getattr(one, field.name), getattr(other, field.name), rtol=1e-12)


def test_numbers_do_not_depend_on_workers_or_backend(frame, outcomes, monkeypatch):
    monkeypatch.setattr(replicates, "BATCH", 20)
    monkeypatch.setenv(replicates.BACKEND, "sequential")
    alone = simulated(frame, outcomes)
    monkeypatch.setenv(replicates.BACKEND, "threading")
    assert_same(alone, simulated(frame, outcomes))
    assert not np.array_equal(alone[0].n_answered, simulated(frame, outcomes, seed=10)[0].n_answered)
    assert len(np.unique(alone[0].n_answered.reshape(3, 20), axis=0)) == 3  # batches have seeds of their own


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_numbers(frame, outcomes, monkeypatch):
    distributed = pytest.importorskip("dask.distributed", reason="the package distributed is not installed")
    monkeypatch.setenv(replicates.BACKEND, "loky")
    here = simulated(frame, outcomes, replicates=600)
    local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**local) as cluster:
        monkeypatch.setenv(replicates.BACKEND, "dask")
        monkeypatch.setenv(replicates.ADDRESS, cluster.scheduler_address)
        assert_same(here, simulated(frame, outcomes, replicates=600))


def test_unknown_backends_are_refused(monkeypatch):
    monkeypatch.setenv(replicates.BACKEND, "cloud")
    with pytest.raises(InputError, match="'cloud' is not known"), replicates.backend():
        pass
    with pytest.raises(InputError, match="--backend"):
        validate.main(backend="cloud")
    with pytest.raises(InputError, match="--address"):
        validate.main(backend="loky", address="tcp://somewhere:8786")


# Oracle 3.20: units and response by group, and the coverage of intervals by group when yes multiplies the odds by
# exp(gamma). It does not say the shares of yes by group; what no weighting does depends on them.
SIZES, RATES = np.array([19, 15, 60, 120, 233]), np.array([0.9, 0.85, 0.65, 0.5, 0.38])
YES = np.array([0.9, 0.8, 0.65, 0.45, 0.3])
ORACLE = {0.0: 0.949, 0.4: 0.57, 0.8: 0.049}


@pytest.mark.parametrize("gamma", ORACLE)
def test_oracle_3_20_weighting_repairs_size_and_fails_where_the_answer_decides(gamma):
    rng = np.random.default_rng(20)
    size = np.repeat(np.arange(5), SIZES)
    frame = weights.Auxiliaries(size, rng.integers(0, 4, len(size)), 12.0 - size + rng.random(len(size)))
    covered = []
    for seed in np.random.SeedSequence(20).spawn(12):
        y = (rng.random(len(size)) < YES[size]).astype("float64")
        logits = np.log(RATES / (1 - RATES))[size] + gamma * (y - YES[size])
        plan = response.Scenario(1.0, np.exp(gamma), 1 / (1 + np.exp(-logits)))
        outcomes = Outcomes(y[:, None], np.array([True]))
        done = replicates.run(plan, frame, outcomes, replicates=60, seed=seed, confidence=0.95)
        covered.append(((done.lo <= y.mean()) & (y.mean() <= done.hi)).mean(axis=0)[:, 0])
        assert ((done.bound_lo <= y.mean()) & (y.mean() <= done.bound_hi)).all()
    found = dict(zip(weights.ESTIMATORS, np.mean(covered, axis=0), strict=True))
    assert found["poststratify"] == pytest.approx(ORACLE[gamma], abs=0.05)
    assert found["none"] < min(0.6, found["poststratify"] + 0.01)


@pytest.fixture(scope="module")
def truth() -> validation.Truth:
    """A made-up round of 300 municipalities in place of what the stage `indicators` hands on."""
    rng = np.random.default_rng(6)
    population = np.exp(rng.normal(8.6, 1.2, UNITS)).round() + 300
    score = np.clip(0.5 + 0.06 * np.log(population / 5000) + 0.12 * rng.standard_normal(UNITS), 0, 1)
    county = rng.integers(1, 6, UNITS)
    units = pd.DataFrame(
        {
            "unit_type": "municipality",
            "county_code": [f"{one:02d}" for one in county],
            "region": np.array(["Øst", "Sør", "Vest", "Nord", "Midt"])[county - 1],
            "population": population,
            "size_group": np.searchsorted([2000, 5000, 10000, 20000], population, side="right") + 1,
            **dict.fromkeys(("total", "accessibility", "user_adaptation", "useful_content"), score),
            "stars": np.searchsorted([0.3, 0.4, 0.5, 0.6, 0.7], score) + 1,
        }
    )
    return validation.described(units, about=PARAMS.validation)


@pytest.fixture(scope="module")
def result(truth):
    fewer = PARAMS.validation.model_copy(update={"replicates": 200})
    return validation.run(truth, params=PARAMS.model_copy(update={"validation": fewer}))


def test_the_gradient_is_what_the_report_prints(truth):
    assert truth.bands["answered"].tolist() == [31, 34, 40, 23, 13]
    assert truth.bands["asked"].tolist() == [76, 93, 74, 32, 15]
    assert truth.bands["n_frame"].sum() == UNITS
    inside = truth.units.loc[truth.band == 1, "population"]
    assert 10000 <= inside.min() <= inside.max() < 20000


def test_each_scenario_outcome_and_estimator_has_a_row_and_each_number_a_record(result):
    rows = result.data
    assert len(rows) == 6 * 5 * (len(weights.ESTIMATORS) + 1)
    found = result.estimates
    assert set(found["estimate_type"]) == {"diagnostic"}
    assert set(found["source"]) == {"observed"}
    assert set(found["mode"]) == {"D"}
    one = rows.query("item == 'total' and weight_variant == 'rake' and steepness == 2 and odds_ratio == 1.5").iloc[0]
    record = found[
        (found["item"] == "total") & (found["weight_variant"] == "rake")
        & (found["subset"] == "gradient=2;odds_ratio=1.5;bias")
    ]  # fmt: skip
    assert record["point"].item() == one["bias"]
    assert one["se_ratio"] == pytest.approx(one["estimated_se"] / one["empirical_se"])
    bounds = rows[rows["weight_variant"] == validation.BOUNDS]
    assert (bounds["coverage"] == 1).all()


def test_the_page_says_when_weighting_fails_and_when_not(result):
    (key, values), *others = validation_views.by_score(result)
    assert (key, others) == ("validation.score.fails", [])
    assert values["high"] < PARAMS.validation.least_coverage
    good = result.data.assign(coverage=0.95)
    (key, _), *_ = validation_views.by_score(dataclasses.replace(result, data=good))
    assert key == "validation.score.holds"
    mixed = result.data.assign(coverage=np.where(result.data["item"] == "total", 0.95, 0.5))
    (key, _), *_ = validation_views.by_score(dataclasses.replace(result, data=mixed))
    assert key == "validation.score.some"
    bad = result.data.assign(coverage=0.5)
    page = Page(stage="validation", wave="all")
    assert "in part" in validation_views.by_size(page, dataclasses.replace(result, data=bad))[1]
    assert "at most" not in page.text(validation_views.title_key(dataclasses.replace(result, data=bad)))


SECTIONS = "show_answer show_total show_drawn show_others show_bounds show_ways".split()


def shown(result: validation.ValidationResult, monkeypatch, folder) -> str:
    """The markup of the whole page."""
    parts: list[str] = []
    monkeypatch.setenv("ANALYSIS_STAGING", str(folder))
    monkeypatch.setattr(Page, "_show", lambda self, markup, lab=None: parts.append(markup))
    for section in SECTIONS:
        getattr(validation_show, section)(Page(stage="validation", wave="all"), result)
    return "\n".join(parts)


def test_the_page_shows_every_outcome_and_calls_no_gradient_norwegian(result, monkeypatch, tmp_path):
    markup = shown(result, monkeypatch, tmp_path)
    assert markup.count("<table>") == 5 + 2
    assert "Weighting fails where answering depends on the score itself." in markup
    assert "none is that of a Norwegian survey" in markup
    assert "Gradient of Sweden 2016" in markup
    assert "Gradient of Norway" not in markup


def test_without_the_complete_round_there_is_nothing_and_the_page_says_so(monkeypatch, tmp_path):
    without = PARAMS.model_copy(update={"waves": ("no-2017",)})
    assert validation.read(without) is None
    nothing = validation.run(None, params=without)
    assert nothing.data.empty
    assert nothing.estimates.empty
    markup = shown(nothing, monkeypatch, tmp_path)
    assert "no-web-2013 is not among the waves that are analysed" in markup
    assert "<table>" not in markup


def test_an_incomplete_round_is_no_truth(truth):
    units = truth.units.assign(total=truth.units["total"].where(truth.units.index > 0))
    with pytest.raises(InputError, match="1 units of no-web-2013 have no total"):
        validation.run(dataclasses.replace(truth, units=units), params=PARAMS)


def test_the_same_seed_gives_the_same_table(truth, result, monkeypatch):
    monkeypatch.setenv(replicates.BACKEND, "sequential")
    fewer = PARAMS.validation.model_copy(update={"replicates": 200})
    again = validation.run(truth, params=PARAMS.model_copy(update={"validation": fewer}))
    pd.testing.assert_frame_equal(round12(again.data), round12(result.data), rtol=1e-10)


def test_the_truth_must_be_open_since_its_numbers_are_shown(monkeypatch):
    def protected(wave):
        found = load_wave(wave)
        return dataclasses.replace(found, file=found.file.model_copy(update={"promise": "aggregates_only"}))

    monkeypatch.setattr(validation, "load_wave", protected)
    with pytest.raises(InputError, match="no-web-2013, which is not promised open; name a wave that is"):
        validation.described(pd.DataFrame(), about=PARAMS.validation)
