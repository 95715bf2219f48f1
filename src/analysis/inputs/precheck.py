"""Reads all raw data once before anything runs, so that a mistake is said at the start, in one sentence."""

from collections.abc import Iterable

from analysis.inputs import cleaning, frame_checks
from analysis.inputs.bearing import read_rules
from analysis.inputs.concepts import load_concepts
from analysis.inputs.decisions import read_decisions
from analysis.inputs.populations import load_populations
from analysis.inputs.register import load_register
from analysis.inputs.waves import load_wave


def check_shared(waves: Iterable[str]) -> None:
    """Read and check the frames, the register of printed figures, the decisions and what describes the waves.

    Raises InputError for the first mistake.
    """
    frame_checks.require_frames(frame_checks.read_frame_tables())
    load_register()
    load_populations()
    read_decisions()
    read_rules()
    load_concepts({wave: load_wave(wave) for wave in waves})


def check_answers(wave: str) -> None:
    """Read and clean a wave's answers, for the InputError that this may raise."""
    cleaning.run(load_wave(wave))
