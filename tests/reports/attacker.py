"""Somebody who knows the frame, who answered what, their weights and what the site shows, and works out the answers.

Written from methods 7.2 and 7.3 and from the records of the site; it shares no code with what decides to withhold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analysis.survey.tabulate import Cell, Tables

Group = tuple[str, str]  # a unit type and a part of it
# Weighted numbers are shown with two decimals, so that half of the last may be missing.
HALF = 0.005 + 1e-9
SLACK = 1e-6


@dataclass
class Attack:
    """What is known of one item: respondents who nothing published tells apart are one piece.

    `groups`: which pieces each group of the site has (groups by pieces). `sizes`, `weights`: how many respondents a
    piece has, and the weight of each. `values`: the true numbers of each option of a share, or the sum of a number, in
    each piece (pieces by options), used only to say what must be kept and to check that the equations are right.
    `most`: the highest answer of one respondent. `equations`: terms, lowest and highest value.
    """

    item: str
    named: list[Group]
    groups: np.ndarray
    sizes: np.ndarray
    weights: np.ndarray
    values: np.ndarray
    most: float
    options: list[str]
    equations: list[tuple[np.ndarray, float, float]] = field(default_factory=list)

    def learn(self, published: pd.DataFrame) -> None:
        """Take in the rows of the site's estimates about the item: shares, means and differences of means."""
        if self.options:
            for piece, size in enumerate(self.sizes):
                terms = np.zeros(self.values.shape)
                terms[piece] = 1
                self._add(terms, size, 0)
        rows = published[(published["item"] == self.item) & published["measure"].isin(["share", "mean"])]
        for row in rows.to_dict("records"):
            exact = row["estimand"] == "R"
            told = row["k"] if exact and self.options else row["point"]
            place = row["unit_type"], plain(row["subset"])
            if pd.isna(told) or place not in self.named or not (exact or row["estimand"] == "M"):
                continue
            terms, size = self._told(place, row)
            if row["estimate_type"] == "level":
                self._add(terms, told if exact and self.options else told * size, 0 if exact else HALF * size)

    def _told(self, place: Group, row: Mapping[Any, Any]) -> tuple[np.ndarray, float]:
        """What a row is the sum of, and the respondents or weights behind it."""
        inside = self.groups[self.named.index(place)] * (self.weights if row["estimand"] == "M" else 1.0)
        asked = row["category"].split("|") if self.options else [""]
        counted = [option in asked for option in self.options or [""]]
        return np.outer(inside, counted), float(inside @ self.sizes)

    def _add(self, terms: np.ndarray, value: float, half: float) -> None:
        true = float((terms * self.values).sum())
        assert abs(true - value) <= half + SLACK * max(1.0, abs(true)), f"{self.item}: this is not how it was made"
        self.equations.append((terms.ravel(), value - half, value + half))

    def protected(self) -> dict[str, tuple[np.ndarray, float, float]]:
        """What must not be narrowed, and the range that it must keep.

        The answers of a group below 5, or below 10 with one answer or all near one end of the scale; those of fewer
        than three respondents who lie between groups of the site. The range reaches 1 or 15 percent to both sides, as
        far as answers can go.
        """
        found: dict[str, tuple[np.ndarray, float, float]] = {}
        keys, atoms = np.unique(self.groups, axis=1, return_inverse=True)
        lonely = [atoms.ravel() == atom for atom in range(keys.shape[1])]
        inside = {" ".join(group): mask for group, mask in zip(self.named, self.groups, strict=True)}
        few = {f"between groups {n}": mask for n, mask in enumerate(lonely) if 0 < self.sizes @ mask < 3}
        for name, mask in (inside | few).items():
            n, own = float(self.sizes @ mask), mask @ self.values
            if n and (name in few or n < 5 or (n < 10 and self._alike(own, n))):
                for place, value in enumerate(own):
                    terms = np.zeros(self.values.shape)
                    terms[:, place] = mask
                    need = max(1.0, 0.15 * value)
                    ends = value - min(need, value), value + min(need, n * self.most - value)
                    found[f"{name} {place}"] = (terms.ravel(), *ends)
        return found

    def _alike(self, own: np.ndarray, n: float) -> bool:
        """Whether one option has all answers, or the mean of a number leaves each answer near one end of the scale."""
        most = n * self.most
        return bool((own == n).any()) if self.options else bool(min(own[0], most - own[0]) < 0.15 * self.most)

    def narrowed(self) -> list[str]:
        """The protected cells whose range, from all that was learnt, is narrower than it must be."""
        found = {name: (*self.range(terms), low, high) for name, (terms, low, high) in self.protected().items()}
        return [name for name, (least, most, low, high) in found.items() if least > low + SLACK or most < high - SLACK]

    def told_by_weights(self) -> list[str]:
        """The answers of one or two respondents that weighted numbers narrow too far, and others do not.

        They are alone in their groups with their weight. The range reaches as far as that of protected cells, or as far
        as it does without weighted numbers.
        """
        found = []
        for place in zip(*np.nonzero((self.sizes < 3)[:, None] & np.ones(self.values.shape, dtype=bool)), strict=True):
            terms, value = np.zeros(self.values.shape), self.values[place]
            terms[place] = 1
            (low, high), need = self.range(terms.ravel()), max(1.0, 0.15 * value)
            if low > max(value - need, 0) + SLACK or high < min(value + need, self.sizes[place[0]] * self.most) - SLACK:
                least, most = self.range(terms.ravel(), weighted=False)
                short = low > max(value - need, least) + SLACK or high < min(value + need, most) - SLACK
                found += [f"{self.item}: piece {place}"] if short else []
        return found

    def range(self, terms: np.ndarray, *, weighted: bool = True) -> tuple[float, float]:
        """The lowest and the highest that a sum of answers can be, with or without what weighted numbers tell."""
        rows = np.array([one for one, *_ in self.equations]).reshape(-1, self.values.size)
        ends = np.array([(lowest, highest) for _, lowest, highest in self.equations]).reshape(-1, 2)
        exact = ends[:, 0] == ends[:, 1]
        loose = ~exact & weighted
        about = {
            "A_eq": rows[exact],
            "b_eq": ends[exact, 0],
            "A_ub": np.vstack([rows[loose], -rows[loose]]),
            "b_ub": np.concatenate([ends[loose, 1], -ends[loose, 0]]),
            "bounds": [(0, size * self.most) for size in self.sizes for _ in range(self.values.shape[1])],
        }
        least, most = (linprog(sign * terms, method="highs", **about) for sign in (1, -1))
        assert least.success, least.message
        assert most.success, most.message
        return least.fun, -most.fun


def plain(subset: str) -> str:
    return ";".join(one for one in subset.split(";") if one != "asked")


def attack(item: str, published: pd.DataFrame, tables: Tables, *, weights: pd.Series | None = None) -> Attack | None:
    """What the rows of a site tell of an item. `weights`: of each unit of the frame, 0 for none.

    Without weights, weighted rows are not used. None for an item that nobody answered.
    """
    own = published[(published["item"] == item) & (published["estimate_type"] == "level")]
    named = list(dict.fromkeys(zip(own["unit_type"], own["subset"].map(plain), strict=True)))
    answers, most, options = _answers(item, tables)
    given = answers.notna().to_numpy()
    if not given.any():
        return None
    inside = np.array([tables.part(Cell(item, unit_type=one, subset=subset)) for one, subset in named])[:, given]
    factors = np.ones(given.sum()) if weights is None else weights.to_numpy()[given]
    keys, pieces = np.unique(np.vstack([inside, factors]), axis=1, return_inverse=True)
    sizes = np.bincount(pieces.ravel()).astype(float)
    if options:
        codes = answers[given].map(options.index).to_numpy(dtype=int)
        values = np.zeros((len(sizes), len(options)))
        np.add.at(values, (pieces.ravel(), codes), 1)
    else:
        values = np.bincount(pieces.ravel(), weights=answers[given].to_numpy(dtype=float))[:, None]
    found = Attack(item, named, keys[:-1], sizes, keys[-1], values, most, options)
    found.learn(published if weights is not None else published[published["estimand"] == "R"])
    return found


def _answers(item: str, tables: Tables) -> tuple[pd.Series, float, list[str]]:
    """The answers of the units of the frame, the highest there can be, and the options of a share."""
    score = next((one.scale_maximum for one in tables.wave.file.indicators if one.id == item), None)
    if score is not None:
        return tables.data[item].astype("Float64"), float(score), []
    described = tables.wave.item(item)
    given = tables.data[item].astype("Float64")
    if described.type == "count":
        answers = given.where(given >= 0)
        return answers, float(described.maximum or answers.max()), []
    options = [one.option for one in tables.wave.options_of(item) if one.value is not None]
    names = {tables.values(described, (one,))[0]: one for one in options}
    return given.map(names, na_action="ignore"), 1.0, options


def weights_of(factors: pd.DataFrame, module: str | None, units: pd.DataFrame) -> pd.Series:
    """The weight of each unit of the frame for a module, as the stage weighting hands them on; 0 for none."""
    by_unit = factors.set_index(["module", "unit_type", "code"])["final_weight"]
    name = module if module in set(factors["module"]) else ""
    keys = pd.MultiIndex.from_frame(units[["unit_type", "code"]].assign(module=name)[["module", "unit_type", "code"]])
    return by_unit.reindex(keys).fillna(0.0).reset_index(drop=True)


def dominated(contributions: Sequence[float]) -> bool:
    """Whether one unit is most of a sum: T - x1 - x2 < 15 percent of x1, x1 > 75, or x1 + x2 > 90 percent of T."""
    first, second, *_ = [*sorted(contributions, reverse=True), 0.0, 0.0]
    total = sum(contributions)
    return total - first - second < 0.15 * first or first > 0.75 * total or first + second > 0.9 * total
