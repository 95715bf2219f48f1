"""Who may see what a stage makes of answers that were promised not to be shown: one table for all stages."""

from typing import Literal

from analysis.inputs.waves import Wave

Class = Literal["public", "restricted", "internal"]

# Public: after control, to everybody. Restricted: rows, weights or numbers of single units, which stay in outputs/pages
# and outputs/tables. Internal: what the run needs and nobody reads. Decision 0183 gives the reasons.
STAGES: dict[str, Class] = {
    "overview": "public",
    "cleaning": "restricted",
    "indicators": "restricted",
    "representativeness": "restricted",
    "weighting": "restricted",
    "results": "public",
    "published": "public",
    "comparison": "public",
    "robustness": "restricted",
    "validation": "public",
    "registry": "restricted",
    "scorecard": "restricted",
}


def class_of(stage: str, wave: Wave | None) -> Class | None:
    """The class of the page of a stage; None for one that nobody has classed. `wave`: None for stages over all waves.

    Open and synthetic answers are public. Scores that others gave are not under control yet, so that the results of a
    wave of such scores are public only where it is open.
    """
    if stage not in STAGES or wave is None or not wave.file.protected:
        return "public" if stage in STAGES else None
    controlled = not (wave.items_of("score") or wave.items_of("ordinal"))
    return STAGES[stage] if controlled else "restricted"
