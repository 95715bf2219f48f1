"""The wave before a wave, as far as it scored the same: what a change can be told from."""

from collections.abc import Sequence

import pandas as pd

from analysis.inputs.params import load_params
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave, load_wave


def read_earlier(wave: Wave) -> tuple[Wave, pd.DataFrame] | None:
    """The latest earlier wave with an indicator that is the same, and its cleaned answers; None where there is none."""
    found = latest(wave, [load_wave(one) for one in load_params().waves])
    return (found, read_stage("cleaning", found.id)) if found else None


def latest(wave: Wave, waves: Sequence[Wave]) -> Wave | None:
    """The latest of some waves that is of the same country, earlier, and has an indicator that is the same."""
    before = [one for one in waves if one.file.country == wave.file.country and one.file.year < wave.file.year]
    return max((one for one in before if same_indicators(wave, one)), key=lambda one: one.file.year, default=None)


def same_indicators(wave: Wave, other: Wave) -> tuple[str, ...]:
    """The indicators that two waves have alike: id, maximum, and the same questions with the same points."""
    mine, theirs = _indicators(wave), _indicators(other)
    return tuple(one for one in mine if mine[one] == theirs.get(one))


def _indicators(wave: Wave) -> dict[str, object]:
    return {
        one.id: (
            one.scale_maximum,
            {
                item.item: (item.type, item.block, tuple((o.option, o.score) for o in wave.options_of(item.item)))
                for item in wave.items
                if item.indicator == one.id
            },
        )
        for one in wave.file.indicators
    }
