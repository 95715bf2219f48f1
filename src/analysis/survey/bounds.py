"""Worst-case bounds: what the answers alone say, without any assumption about the units that are missing."""


def worst_case(answered: float, *, covered: float, total: float, low: float, high: float) -> tuple[float, float]:
    """The lowest and highest mean of all units that the answers allow.

    `answered` is the sum of the answers, each times its size (1 where units count once, inhabitants where inhabitants
    count); `covered` and `total` are the sums of the sizes that answered and of all. Missing units may lie anywhere
    from `low` to `high`: [(sum + (total - covered) low) / total, (sum + (total - covered) high) / total].
    Raises ValueError when more is covered than there is. Source: Manski 2003, Partial Identification.
    """
    if not 0 <= covered <= total or total <= 0:
        raise ValueError(f"{covered} of {total} cannot be covered")
    missing = total - covered
    return (answered + missing * low) / total, (answered + missing * high) / total


def share_bounds(k: int, *, n: int, population_size: int) -> tuple[float, float]:
    """The lowest and highest share (0 to 1) of all units when `k` of `n` answers are yes: [k/N, (k+N-n)/N].

    Raises ValueError unless 0 <= k <= n <= N. Source: Manski 2003.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} answers cannot be yes")
    return worst_case(k, covered=n, total=population_size, low=0, high=1)
