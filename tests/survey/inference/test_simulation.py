"""Light versions of the simulations behind the choice of methods: fixed seeds, wide margins."""

import numpy as np

from analysis.survey.adjustment.margins import Margin
from analysis.survey.adjustment.raking import rake
from analysis.survey.bounds import share_bounds
from analysis.survey.inference.domains import Domain, everyone, mean, share_record
from analysis.survey.inference.variance import Design, calibrated_variance, residuals

NORWAY = np.array([19, 15, 60, 120, 233])
RATES = np.array([0.9, 0.85, 0.65, 0.5, 0.38])
HAS_IT = np.array([0.9, 0.8, 0.65, 0.45, 0.3])
SWEDEN = np.array([15, 32, 74, 93, 76])
SWEDISH_RATES = np.array([13 / 15, 23 / 32, 40 / 74, 34 / 93, 31 / 76])


def coverage(gamma: float, *, runs: int) -> dict[str, float]:
    """How often the truth is covered when those with y = 1 answer with odds exp(gamma) times as high."""
    rng = np.random.default_rng(5)
    strata, units = np.repeat(np.arange(5), NORWAY), int(NORWAY.sum())
    covered = dict.fromkeys(("unadjusted", "by group", "worst case"), 0)
    for _ in range(runs):
        y = (rng.random(units) < HAS_IT[strata]).astype("float64")
        odds = (RATES / (1 - RATES))[strata] * np.exp(gamma * (y - HAS_IT[strata]))
        answered = rng.random(units) < odds / (1 + odds)
        n, h, given = int(answered.sum()), strata[answered], y[answered]
        weights = (NORWAY / np.maximum(np.bincount(h, minlength=5), 1))[h]
        grouped = Design(np.full(n, units / n), weights, units, strata=h, stratum_sizes=NORWAY.astype("float64"))
        plain = Design(np.full(n, units / n), np.full(n, units / n), units)
        low, high = share_bounds(int(given.sum()), n=n, population_size=units)
        for name, design in (("unadjusted", plain), ("by group", grouped)):
            domain: Domain = everyone(design)
            record = share_record(given, design, domain=domain, confidence=0.95)
            covered[name] += record["ci_lo"] <= y.mean() <= record["ci_hi"]
        covered["worst case"] += low <= y.mean() <= high
    return {name: count / runs for name, count in covered.items()}


def test_oracle_3_20_intervals_by_group_cover_when_answering_is_chance_within_groups():
    found = coverage(0.0, runs=200)
    assert 0.9 <= found["by group"] <= 0.99
    assert found["unadjusted"] < 0.5
    assert found["worst case"] == 1


def test_oracle_3_20_no_interval_covers_when_answering_depends_on_the_answer():
    mild, strong = coverage(0.4, runs=100), coverage(0.8, runs=100)
    assert mild["by group"] < 0.8
    assert strong["by group"] < 0.2
    assert mild["worst case"] == strong["worst case"] == 1


def test_oracle_3_21_the_variance_of_raked_shares_is_about_right():
    rng = np.random.default_rng(21)
    size, units = np.repeat(np.arange(5), SWEDEN), int(SWEDEN.sum())
    region = rng.integers(0, 4, units)
    outcomes = rng.random((units, 3)) < (np.array([0.32, 0.1, 0.5]) + 0.05 * (2 - size[:, None]) / 2)
    log_odds = np.log(SWEDISH_RATES / (1 - SWEDISH_RATES))[size] + 0.35 * (region - 1.5) / 1.5
    points, variances = [], []
    for _ in range(400):
        answered = rng.random(units) < 1 / (1 + np.exp(-log_odds))
        margins = [
            Margin(name, tuple(map(str, range(codes.max() + 1))), codes[answered], np.bincount(codes).astype("float64"))
            for name, codes in (("size", size), ("region", region))
        ]
        base = np.full(answered.sum(), units / answered.sum())
        weights = rake(base, margins)
        columns = np.column_stack([np.eye(5)[size[answered]], np.eye(4)[region[answered]][:, 1:]])
        estimates = [mean(y, weights) for y in outcomes[answered].T]
        scores = np.column_stack([estimate.scores for estimate in estimates])
        e = residuals(scores, columns, base=base)
        variances.append(np.diag(calibrated_variance(e, weights, columns=8, population_size=1)))
        points.append([estimate.point for estimate in estimates])
    ratio = np.mean(variances, axis=0) / np.var(points, axis=0, ddof=1)
    assert ((ratio > 0.8) & (ratio < 1.25)).all()
