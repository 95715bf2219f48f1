import numpy as np
import pytest

from analysis.inputs.decisions import Decision
from analysis.reports import weighting_show as show
from analysis.reports import weighting_views as views
from analysis.reports.wave_views import Names, SyntheticFindingError, open_page
from analysis.survey import weighting
from tests.weighted_survey import BOTH, SIZE, frame, weighted

RAKE = {"method": "rake", "margins": BOTH, "smallest": 0, "modules": True}
VALUES = {"method": "rake", "margins": BOTH, "collapse": {"min_n": 5, "max_ratio": 3}, "smallest": 0, "modules": True}
OTHERS = {
    "method": ["none", {"method": "poststratify", "margins": SIZE}],
    "margins": [{"method": "poststratify", "margins": SIZE}],
    "collapse": [{"min_n": 9, "max_ratio": 3}],
    "smallest": [1.5],
    "modules": [False],
}


def records():
    about = {"title": "A choice", "waves": ("no-survey",), "reason": "because", "source": "s", "date": "2026-11-21"}
    return [
        Decision(
            id=f"000{number}", parameter=f"wave.yml: weighting.{key}", chosen=VALUES[key], alternatives=tuple(others),
            file=f"000{number}-choice.md", **about,
        )
        for number, (key, others) in enumerate(OTHERS.items())
    ]  # fmt: skip


@pytest.fixture(scope="module", params=["synthetic", "observed"])
def made(request):
    wave = weighted(RAKE, origin=request.param)
    return wave, Names(wave, "en"), weighting.run(frame(), wave=wave, decisions=records())


def test_every_section_is_shown_and_synthetic_answers_say_so(made, shown):
    wave, names, result = made
    page = open_page("weighting", wave)
    for section in (show.show_plan, show.show_margins, show.show_balance, show.show_weights, show.show_steps):
        section(page, result, names)
    show.show_key(page, result, names)
    show.show_decisions(page, result, names, decisions=records())
    show.show_missing(page, result, names)
    show.show_check(page, names)
    page.save(result)
    text = "".join(shown)
    assert text.count("<svg") == 2
    titles = [part.split("</caption>")[0] for part in text.split("<caption>")[1:]]
    assert len(titles) > 12
    assert all(("SYNTHETIC" in title) == (wave.file.origin == "synthetic") for title in titles)
    assert ("weights of municipalities run from" in text) == (wave.file.origin == "observed")
    assert "A choice (0000)" in text
    assert "Not possible: smallest 1.5" in text
    assert "Rscript outputs/restricted/audit/no-survey/verify.R" in text


def test_findings_refuse_synthetic_answers():
    wave = weighted(RAKE)
    result = weighting.run(frame(), wave=wave)
    for make in (views.totals_sentences, views.spread_sentences):
        with pytest.raises(SyntheticFindingError):
            make(result, names=Names(wave, "en"))


def test_before_and_after_by_hand(made):
    _, names, result = made
    table = views.balance_table(result, module="", names=names).set_index("category")
    # 24 municipalities of the smallest group, 9 of the 32 answers of 58 municipalities.
    row = table.loc["municipalities, under 2,000"]
    assert row["before"] == pytest.approx(9 * 58 / 32)
    assert row["before_ratio"] == pytest.approx(9 * 58 / 32 / 24)
    assert row["after_ratio"] == pytest.approx(1)
    assert not any(category in ("municipalities", "county municipalities") for category in table.index)


def test_joined_cells_name_their_unit_type_once(made):
    _, names, _ = made
    row = {"margin": "unit_type x size_group", "category": "municipality x 1 + municipality x 2"}
    assert views.category(row, names=names) == "municipalities, under 2,000 + 2,000–4,999"
    assert views.category({"margin": "region", "category": "East + West"}, names=names) == "East + West"
    left = {"margin": "size_group, as in the frame", "category": "1"}
    assert views.category(left, names=names) == "under 2,000"


def test_the_furthest_an_estimate_moves_is_of_the_effects(made):
    _, names, result = made
    options = views.options_table(result, "method").set_index("option")
    effects = views.effects_table(result, "method", names=names)
    assert options.loc["method none", "moved"] == pytest.approx(effects["method none"].abs().max())
    assert options.loc["method rake (chosen)", "moved"] == 0
    assert np.isnan(views.options_table(result, "smallest")["deff"].iloc[1])


def test_modules_are_named_only_where_they_have_weights():
    wave = weighted({"method": "poststratify", "margins": SIZE}, origin="observed")
    result, names = weighting.run(frame(), wave=wave), Names(wave, "en")
    assert "module" not in views.diagnostics_table(result, names=names)
    assert "module" not in views.factors_table(result, names=names)
    assert views.modules(result) == [""]
