import pandas as pd
import pytest

from analysis.evidence.comparability import ComparabilityError
from analysis.evidence.wave_results import Share, SyntheticError, difference_of, from_results
from analysis.inputs.concepts import load_concepts
from analysis.inputs.waves import load_wave

WAVES = ("no-2009", "no-2012", "se-2016")


def estimates(rows: list[tuple[str, str, float]], source: str) -> pd.DataFrame:
    common = {"subset": "", "estimand": "M", "estimate_type": "level", "measure": "share", "n_answered": 100}
    common |= {"unit_type": "municipality", "source": source, "flags": "", "ci_lo": 0.1, "ci_hi": 0.2}
    return pd.DataFrame([{"item": i, "category": c, "point": p, **common} for i, c, p in rows])


def test_shares_of_the_same_figures_come_from_the_answers():
    waves = {wave: load_wave(wave) for wave in WAVES}
    found = from_results(
        load_concepts(waves),
        waves,
        {
            "no-2009": estimates([("council_webcast", "yes", 0.15), ("council_webcast", "no", 0.85)], "synthetic"),
            "no-2012": estimates([], "synthetic").reindex(columns=estimates([("a", "b", 0)], "x").columns),
            "se-2016": estimates([("public_webcast_council", "fully", 0.67)], "synthetic"),
        },
    )
    rows = found[found["concept"] == "council-webcast"].set_index("wave")
    assert rows["share"].to_dict() == pytest.approx({"no-2009": 0.15, "se-2016": 0.67})
    assert rows["ci_hi"].tolist() == [0.2, 0.2]
    assert set(rows["source"]) == {"synthetic"}
    assert set(found["concept"]) == {"council-webcast"}, "a concept with answers in one wave only stands beside nothing"


def test_a_difference_of_two_real_waves_by_hand():
    first, second = Share("a", 0.40, 0.03, "observed"), Share("b", 0.50, 0.04, "observed")
    found = difference_of(first, second, grade="B", confidence=0.95)
    assert found["point"] == pytest.approx(0.1)
    assert found["se"] == pytest.approx(0.05)
    assert found["ci_lo"] == pytest.approx(0.1 - 1.959964 * 0.05)


def test_synthetic_answers_make_no_finding_and_a_grade_is_asked_first():
    first, second = Share("a", 0.40, 0.03, "observed"), Share("b", 0.50, 0.04, "synthetic")
    with pytest.raises(SyntheticError, match="b has synthetic answers"):
        difference_of(first, second, grade="A", confidence=0.95)
    with pytest.raises(ComparabilityError):
        difference_of(first, first, grade="C", confidence=0.95)
