"""Several tests of one family: p values adjusted for how many there are."""

from collections.abc import Sequence
from typing import Literal

Method = Literal["holm", "bh"]
NAMES = {"holm": "holm", "bh": "fdr_bh"}


def adjust(p: Sequence[float], *, method: Method) -> list[float]:
    """The adjusted p values of one family, in the order given.

    `holm` keeps the probability of any wrong rejection at the level, `bh` the expected share of wrong ones among the
    rejections (Benjamini and Hochberg). Of no test there are none. Raises ValueError for a missing p or one off 0
    to 1, and KeyError for an unknown method. Sources: Holm 1979; Benjamini and Hochberg 1995.
    """
    name = NAMES[method]
    if not all(0 <= value <= 1 for value in p):
        raise ValueError("every test of a family has a p value from 0 to 1")
    if not len(p):
        return []
    from statsmodels.stats.multitest import multipletests

    return [float(value) for value in multipletests(list(p), method=name)[1]]
