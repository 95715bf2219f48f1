"""Reads all raw data once before anything runs, so that a mistake is said at the start, in one sentence."""

from analysis.inputs import cleaning, frame_checks
from analysis.inputs.concepts import load_concepts
from analysis.inputs.params import Params
from analysis.inputs.register import load_register
from analysis.inputs.waves import load_wave


def check_all(params: Params) -> None:
    """Read and check the frames, the register of printed figures and every wave with its answers.

    Raises InputError for the first mistake.
    """
    frame_checks.require_frames(frame_checks.read_frame_tables())
    load_register()
    waves = {wave: load_wave(wave) for wave in params.waves}
    for wave in waves.values():
        cleaning.run(wave)
    load_concepts(waves)
