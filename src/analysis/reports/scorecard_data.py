"""What the cards of a wave are made of, from what the stages before have handed on."""

from functools import lru_cache

from analysis import paths
from analysis.inputs.earlier import read_earlier
from analysis.inputs.params import load_params
from analysis.inputs.stages import read_stage
from analysis.inputs.waves import Wave, load_wave
from analysis.reports.scorecard import ScorecardResult, run


def load(wave: Wave) -> ScorecardResult:
    """The scores, errors, ranks and changes of all units of a wave; computed once for any number of cards.

    Raises InputError where the stage cleaning has not run.
    """
    answers = paths.processed("cleaning", wave.id)
    return _computed(wave.id, answers.stat().st_mtime_ns if answers.is_file() else 0)


@lru_cache(maxsize=1)
def _computed(wave_id: str, changed: int) -> ScorecardResult:
    """`changed` is when the answers were written, so that new ones are computed anew."""
    wave = load_wave(wave_id)
    return run(read_stage("cleaning", wave_id), wave=wave, params=load_params(), earlier=read_earlier(wave))
