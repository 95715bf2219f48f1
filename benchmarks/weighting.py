"""How fast weighting and estimation are beside svy and, if asked, R's survey: ratios measured in one run.

SIZE respondents (100000 unless set), five margins, 158 items of three categories, all as integer codes in memory; R=1
adds R's survey. svy and R are timed on some of the items and their times taken to all of them. The figures are for
comparing on one machine; nothing is asserted.
"""

import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.survey.adjustment.margins import Margin, account
from analysis.survey.adjustment.raking import rake
from analysis.survey.inference.many_items import item_design, many_items
from analysis.survey.inference.replicate_raking import raked_replicates
from analysis.survey.inference.replication import rao_wu_multipliers

LEVELS = (5, 12, 2, 6, 20)
ITEMS, CATEGORIES, MISSING = 158, 3, 0.05
REPLICATES, REPLICATE_SIZE = 500, 10_000
GAP = 1e-10
# Items that the slower programs are timed on.
SVY_FIXED, SVY_CALIBRATED, R_ITEMS = 32, 16, 2
Codes = NDArray[np.integer]
Work = Callable[[], Any]


@dataclass(frozen=True)
class Survey:
    """Respondents of a frame about twice as large, of which some kinds answered more often."""

    margins: list[Margin]
    base: NDArray[np.float64]
    items: Mapping[str, Codes]

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.base)

    @property
    def frame(self) -> int:
        """Units of the frame."""
        return int(self.margins[0].totals.sum())


def survey(size: int, *, items: int, missing: float, seed: int = 20261121) -> Survey:
    """A made-up survey in which answers and answering go with the margins."""
    rng = np.random.default_rng(seed)
    units = 2 * size
    classes = [rng.choice(k, size=units, p=rng.dirichlet(np.full(k, 20.0))) for k in LEVELS]
    standing = sum((codes - codes.mean()) / codes.std() for codes in classes) / len(LEVELS) ** 0.5
    answered = rng.random(units) < 1 / (1 + np.exp(-0.5 * standing))
    margins = [
        Margin(f"m{i}", tuple(map(str, range(k))), codes[answered], np.bincount(codes, minlength=k).astype("float64"))
        for i, (k, codes) in enumerate(zip(LEVELS, classes, strict=True))
    ]
    n = int(answered.sum())
    answers = {}
    for i in range(items):
        inclined = rng.standard_normal(n, dtype="float32") + 0.5 * standing[answered].astype("float32")
        codes = np.digitize(inclined, [-0.4, 0.5]).astype("int8")
        answers[f"q{i}"] = np.where(rng.random(n) < missing, np.int8(-1), codes)
    return Survey(margins, np.full(n, units / n), answers)


def timed(work: Work) -> tuple[float, Any]:
    """Seconds and result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def side_by_side(ours: Work, theirs: Work, *, runs: int, scale: float = 1.0) -> tuple[float, float, float]:
    """Median seconds of both, in turn after one warm-up of ours, and the median of the ratios theirs to ours.

    `scale`: what the time of theirs is multiplied by, for work it did a part of.
    """
    ours()
    pairs = [(timed(ours)[0], timed(theirs)[0] * scale) for _ in range(runs)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(b / a for a, b in pairs)


def peak(work: Work) -> int:
    """Bytes that the work held at most above what there was before, its result included."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def show(name: str, ours: float, theirs: float, ratio: float, other: str = "svy") -> None:
    """One line of the table."""
    print(f"{name:<60} {ours:9.3f} s {theirs:10.3f} s   {other} / ours {ratio:8.1f}", flush=True)


def svy_sample(about: Survey, *, items: int, weight: NDArray[np.float64]) -> Any:
    """A sample of svy with the margins and some of the items; no answer is a null."""
    import polars as pl
    import svy

    answers = {name: pl.Series(about.items[name]) for name in list(about.items)[:items]}
    frame = pl.DataFrame({one.name: one.codes for one in about.margins} | answers | {"weight": weight})
    frame = frame.with_columns(pl.when(pl.col(name) >= 0).then(pl.col(name)) for name in answers)
    return svy.Sample(frame, svy.Design(wgt="weight"))


def controls(about: Survey) -> dict[str, dict[int, float]]:
    """The targets as svy takes them."""
    return {one.name: dict(enumerate(one.totals.tolist())) for one in about.margins}


def svy_items(sample: Any, names: list[str]) -> Any:
    """Every item over all and by the first margin."""
    found = sample.estimation
    return found.prop(names, drop_nulls=True), found.prop(names, by="m0", drop_nulls=True)


def raking(about: Survey) -> NDArray[np.float64]:
    """Raking, its gap and its memory."""
    sample = svy_sample(about, items=0, weight=about.base)

    def theirs() -> Any:
        return sample.weighting.rake(controls=controls(about), tol=GAP, max_iter=1000)

    def ours() -> NDArray[np.float64]:
        return rake(about.base, about.margins)

    show("raking to a gap of 1e-10", *side_by_side(ours, theirs, runs=3))
    weights = ours()
    gaps = [
        account(about.margins, found)["relative_gap"].abs().max()
        for found in (weights, theirs().data["rk_wgt"].to_numpy())
    ]
    print(f"  largest relative gap: ours {gaps[0]:.1e}, svy {gaps[1]:.1e}")
    print(f"  memory at most, with the result: {peak(ours) / weights.nbytes:.2f} times the weights")
    return weights


def estimates(about: Survey, weights: NDArray[np.float64], *, calibrated: bool) -> pd.DataFrame:
    """All items over all and by the first margin."""
    design = item_design(
        about.margins,
        base=about.base,
        weights=weights,
        categories=CATEGORIES,
        domain=about.margins[0],
        calibrated=calibrated,
    )
    return many_items(about.items, design)


def items(about: Survey, weights: NDArray[np.float64], *, calibrated: bool, runs: int) -> None:
    """Many items, with the weights taken as fixed, or with errors that know of the raking."""
    many = SVY_CALIBRATED if calibrated else SVY_FIXED
    if calibrated:
        sample = svy_sample(about, items=many, weight=about.base)
        sample = sample.weighting.rake(controls=controls(about), tol=GAP, max_iter=1000)
    else:
        sample = svy_sample(about, items=many, weight=weights)

    def ours() -> pd.DataFrame:
        return estimates(about, weights, calibrated=calibrated)

    def theirs() -> Any:
        return svy_items(sample, list(about.items)[:many])

    svy_items(sample, list(about.items)[:1])
    title = f"{ITEMS} items, all and five domains, " + ("errors that know of raking" if calibrated else "weights fixed")
    show(title, *side_by_side(ours, theirs, runs=runs, scale=ITEMS / many))
    print(f"  svy on {many} items; memory of ours at most {peak(ours) / 1e6:.0f} MB")
    if calibrated:
        found = ours().set_index(["item", "domain", "category"])
        # svy has no finite-population correction here, and n/(n - 1) of those who answered the item.
        found["se_survey"] /= (1 - about.n / about.frame) ** 0.5
        expected = sample.estimation.prop("q0", by="m0", drop_nulls=True).to_polars()
        key = [("q0", str(domain), category) for domain, category in expected.select("m0", "q0").iter_rows()]
        off = np.abs(found.loc[key, ["point", "se_survey"]].to_numpy() / expected.select("est", "se").to_numpy() - 1)
        print(f"  largest relative difference from svy: shares {off[:, 0].max():.1e}, errors {off[:, 1].max():.1e}")


def missing_answers(about: Survey, weights: NDArray[np.float64]) -> None:
    """What answers that are missing cost us."""
    full = Survey(about.margins, about.base, {name: np.maximum(codes, 0) for name, codes in about.items.items()})
    with_missing, without, ratio = side_by_side(
        lambda: estimates(full, weights, calibrated=True), lambda: estimates(about, weights, calibrated=True), runs=3
    )
    print(f"  {MISSING:.0%} of the answers missing: {without:.3f} s against {with_missing:.3f} s, ratio {ratio:.2f}")


def replicates() -> None:
    """Replicate rakings of a bootstrap."""
    import polars as pl
    import svy

    about = survey(REPLICATE_SIZE, items=0, missing=0)
    strata = np.zeros(about.n, dtype="int64")
    drawn = list(
        rao_wu_multipliers(
            strata, stratum_sizes=[about.frame], replicates=REPLICATES, generator=np.random.default_rng(1)
        )
    )
    frame = pl.DataFrame(
        {one.name: one.codes for one in about.margins} | {"weight": about.base, "unit": np.arange(about.n)}
    )
    sample = svy.Sample(frame, svy.Design(wgt="weight", psu="unit")).weighting.create_bs_wgts(REPLICATES, rstate=1)

    def ours() -> list[NDArray[np.float64]]:
        return list(raked_replicates(drawn, base=about.base, margins=about.margins))

    def theirs() -> Any:
        return sample.weighting.rake(controls=controls(about), tol=GAP, max_iter=1000)

    show(f"{REPLICATES} replicate rakings of {about.n}", *side_by_side(ours, theirs, runs=3))


def beside_r(about: Survey, weights: NDArray[np.float64]) -> None:
    """R's survey on some items: times, and how far its numbers are from ours."""
    names = list(about.items)[:R_ITEMS]
    complete = Survey(about.margins, about.base, {name: np.maximum(about.items[name], 0) for name in names})
    columns = [*(one.codes for one in about.margins), *complete.items.values()]
    targets = np.concatenate([one.totals for one in about.margins])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "codes.bin"
        np.concatenate(columns).astype("int32").tofile(file)
        script = Path(__file__).with_suffix(".R")
        sizes = map(str, (about.n, len(LEVELS), len(names), about.frame, *targets))
        command = ["Rscript", "--vanilla", str(script), str(file), *sizes]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in printed.splitlines()]
    seconds = {row[0]: float(row[1]) for row in rows if len(row) == 2}
    ours = {
        name: median(timed(work)[0] for _ in range(3))
        for name, work in {
            "raking": lambda: rake(about.base, about.margins),
            "fixed": lambda: estimates(about, weights, calibrated=False),
            "calibrated": lambda: estimates(about, weights, calibrated=True),
        }.items()
    }
    theirs = {
        "raking": seconds["rake_seconds"],
        "fixed": seconds["fixed_seconds"] * ITEMS,
        "calibrated": seconds["calibrated_seconds"] * ITEMS,
    }
    for name, spent in ours.items():
        show(f"R: {name}", spent, theirs[name], theirs[name] / spent, other="R")
    found = estimates(complete, weights, calibrated=True).set_index(["item", "domain", "category"])
    key = [(item, domain, int(category)) for item, domain, category, *_ in (row for row in rows if len(row) == 5)]
    expected = np.array([[float(row[3]), float(row[4])] for row in rows if len(row) == 5])
    off = np.abs(found.loc[key, ["point", "se_survey"]].to_numpy() / expected - 1).max(axis=0)
    print(f"  largest relative difference from R's calibrate(): shares {off[0]:.1e}, standard errors {off[1]:.1e}")


def main() -> None:
    """Print the table."""
    try:
        import svy
    except ImportError:
        sys.exit("svy is needed for the comparison: install the group `bench` of pyproject.toml.")
    started = time.monotonic()
    about = survey(int(float(os.environ.get("SIZE", "1e5"))), items=ITEMS, missing=MISSING)
    print(f"{about.n} respondents, margins of {', '.join(map(str, LEVELS))} categories, svy {svy.__version__}")
    weights = raking(about)
    items(about, weights, calibrated=False, runs=2)
    items(about, weights, calibrated=True, runs=1)
    missing_answers(about, weights)
    replicates()
    if os.environ.get("R") == "1":
        beside_r(about, weights)
    print(f"in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
