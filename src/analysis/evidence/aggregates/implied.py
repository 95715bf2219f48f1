"""What printed figures of some groups and of all together imply for a common frame, by linear programming."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Average = Literal["pooled", "groups"]
Order = Literal["free", "rising", "falling"]
Range = tuple[float, float]


@dataclass(frozen=True)
class Groups:
    """Ordered groups: the answers of each, the units of the frame in each, and what is printed of some (shares)."""

    names: tuple[str, ...]
    answered: tuple[int, ...]
    frame: tuple[int, ...]
    printed: Mapping[str, Range]

    def __post_init__(self) -> None:
        """Refuse groups that do not fit together."""
        if not len(self.names) == len(self.answered) == len(self.frame):
            raise ValueError("each group needs its answers and its units")
        if any(not 0 < n <= size for n, size in zip(self.answered, self.frame, strict=True)):
            raise ValueError("each group needs answers, and no more than it has units")
        if not set(self.printed) <= set(self.names):
            raise ValueError(f"printed groups that are not there: {sorted(set(self.printed) - set(self.names))}")

    @property
    def unprinted(self) -> tuple[str, ...]:
        """The groups whose figure is not printed."""
        return tuple(name for name in self.names if name not in self.printed)


def implied_range(groups: Groups, *, overall: Range, average: Average, order: Order = "free") -> Range | None:
    """The lowest and highest mean of all units of the frame that the printed figures of the groups allow.

    Unknown are the shares q_h of the groups. The mean sum N_h q_h / N is made lowest and highest, subject to the
    rounding of the printed groups and of the `overall` figure. `average` says how that one is assumed to be made:
    `pooled`, sum n_h q_h / n (each answer counts), or `groups`, the plain mean of the groups. `order` says whether
    shares rise or fall from the first group to the last. None where nothing fits. Rounding is taken with both ends.
    Source: methods of this project, section 4.6.
    """
    return _range(groups, np.asarray(groups.frame, dtype="float64"), overall=overall, average=average, order=order)


def implied_rest(groups: Groups, *, overall: Range, average: Average, order: Order = "free") -> Range | None:
    """The lowest and highest mean of the answers in the groups whose figure is not printed, as `implied_range`."""
    rest = np.isin(groups.names, groups.unprinted)
    return _range(groups, np.asarray(groups.answered) * rest, overall=overall, average=average, order=order)


def _range(groups: Groups, weights: Floats, *, overall: Range, average: Average, order: Order) -> Range | None:
    from scipy.optimize import linprog

    size = len(groups.names)
    row = np.asarray(groups.answered, dtype="float64") if average == "pooled" else np.ones(size)
    row = row / row.sum()
    matrix, limits = [row, -row], [overall[1], -overall[0]]
    steps = np.eye(size)[1:] - np.eye(size)[:-1]  # positive where a share rises
    if order != "free":
        matrix += list(-steps if order == "rising" else steps)
        limits += [0.0] * (size - 1)
    allowed: Sequence[Range] = [groups.printed.get(name, (0.0, 1.0)) for name in groups.names]
    target = weights / weights.sum()
    ends = []
    for sign in (1, -1):
        found = linprog(sign * target, A_ub=np.array(matrix), b_ub=limits, bounds=allowed, method="highs")
        if found.status == 2:
            return None
        if found.status != 0:
            raise ValueError(f"the linear programme of the implied range failed: {found.message}")
        ends.append(sign * float(found.fun))
    return ends[0], ends[1]
