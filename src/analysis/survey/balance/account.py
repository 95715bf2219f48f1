"""All that is held of who answered a wave: the printed counts, its own answers against its frame, and the silent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.inputs.waves import Wave
from analysis.survey.balance import printed, records, silent
from analysis.survey.balance.assess import Balance
from analysis.survey.balance.printed import PrintedAccount
from analysis.survey.balance.units import balances, numbers


@dataclass(frozen=True)
class BalanceAccount:
    """`printed` is what the report prints of who answered, apart from the answers.

    `balances` and `numbers` hold the answers against the frame, by classes and by inhabitants; `shares` and `means` are
    key numbers under assumptions about the units without an answer.
    """

    printed: PrintedAccount
    balances: tuple[Balance, ...]
    numbers: pd.DataFrame
    shares: pd.DataFrame
    means: pd.DataFrame


def account(
    units: pd.DataFrame, *, wave: Wave, responses: pd.DataFrame | None, maxima: dict[str, float], confidence: float
) -> BalanceAccount:
    """The account of a wave's frame and answers (a row a unit) and of the `responses` that its report prints, if any.

    `maxima` has the highest value of each score.
    """
    return BalanceAccount(
        printed=printed.account(printed.NOTHING if responses is None else responses, confidence=confidence),
        balances=balances(units, wave=wave, confidence=confidence),
        numbers=numbers(units, wave=wave),
        shares=silent.share_paths(units, wave=wave),
        means=silent.mean_paths(units, wave=wave, maxima=maxima),
    )


def rows(found: BalanceAccount, *, wave: Wave) -> Iterator[dict[str, Any]]:
    """Every number of the account as a row of the estimate record; printed ones have a population of their own."""
    for balance in found.balances:
        yield from records.rows(balance)
    yield from records.number_rows(found.numbers)
    yield from silent.rows(found.shares, found.means)
    # Never that of synthetic answers, whose units are made up.
    population = f"{wave.file.frame.country} {wave.file.frame.date} as printed"
    yield from records.printed_rows(found.printed, population=population)
