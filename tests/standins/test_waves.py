"""The synthetic waves: figures come out of cleaning as printed, mistakes are found once, nothing real is in them."""

import hashlib
import re

import pandas as pd
import pytest

from analysis import paths
from analysis.evidence.aggregates.differences import difference
from analysis.evidence.aggregates.overlap import covariance
from analysis.evidence.aggregates.shares import PrintedShare
from analysis.inputs import cleaning
from analysis.inputs.frames import add_groups, load_frame
from analysis.inputs.generated import generated_files, sha256
from analysis.inputs.invited import wave_frame
from analysis.inputs.params import load_params
from analysis.inputs.projects import read_projects
from analysis.inputs.readers import read_responses
from analysis.inputs.register import load_register
from analysis.inputs.targets import load_targets
from analysis.inputs.waves import load_wave
from analysis.standins import dirt, files, verify
from tests.workspace import ROOT, analysis, copy_project, replace

WAVES = ["no-2009", "no-2012", "no-2017", "se-2016"]
FIGURES = {"no-2009": (52, 1), "no-2012": (13, 5), "no-2017": (109, 42), "se-2016": (142, 27)}


@pytest.fixture(scope="module", params=WAVES)
def wave(request):
    return load_wave(request.param)


@pytest.fixture(scope="module")
def cleaned(wave):
    return cleaning.run(wave)


def truth(wave, name: str) -> pd.DataFrame:
    return pd.read_csv(paths.standin_truth(wave.id) / f"{name}.csv", dtype={"county_code": str, "row": str})


def printed(wave, data: pd.DataFrame) -> pd.DataFrame:
    register = load_register().figures.set_index("figure_id")
    figures = register[register["wave"] == wave.id].to_dict("index")
    given = {"targets": load_targets(wave), "figures": figures, "min_share": load_params().min_share}
    return verify.printed(data, projects=read_projects(wave), wave=wave, **given)


def test_every_fitted_and_worded_figure_comes_out_of_cleaning_as_printed(wave, cleaned):
    table = printed(wave, cleaned.data)
    assert table[~table["agrees"]].to_dict("records") == []
    counts = table["carrier"].value_counts()
    assert (counts["fitted"], counts["worded"]) == FIGURES[wave.id]


def test_figures_counted_by_hand():
    y2009 = truth(load_wave("no-2009"), "clean").query("disposition == 'I'")
    assert len(y2009) == 249
    assert (y2009["health_network"] == 1).sum() == 161
    extent = y2009.loc[y2009["standards_extent"] >= 0, "standards_extent"].value_counts()
    assert (extent.sum(), extent[1], extent[2]) == (61, 24, 31)
    y2012 = truth(load_wave("no-2012"), "clean").query("disposition == 'I'").sort_values(["population", "code"])
    assert (y2012.tail(10)["plans"] == 1).all()
    y2017 = truth(load_wave("no-2017"), "clean").query("disposition in ['I', 'P']")
    modules = [int(y2017[f"answered_{name}"].sum()) for name in ("general", "health", "education", "plan")]
    assert modules == [200, 169, 168, 158]
    assert (y2017["disposition"] == "I").sum() == 141
    y2016 = truth(load_wave("se-2016"), "clean").query("disposition == 'I'")
    assert y2016["size_group"].value_counts().sort_index().tolist() == [31, 34, 40, 23, 13]
    services = [item.item for item in load_wave("se-2016").items if item.area == "digital_services"]
    fully = (y2016[services] == 2).sum(axis=1)
    assert (fully.min(), fully.max(), round(fully.mean())) == (3, 51, 23)


def test_a_figure_that_does_not_come_out_is_seen(wave, cleaned):
    items = {item.item for item in wave.items}
    target = next(target for target in load_targets(wave) if target.item in items)
    spoilt = cleaned.data.assign(**{target.item: wave.option(target.item, target.category[0]).typed})
    assert not printed(wave, spoilt)["agrees"].all()


def test_cleaning_ends_with_the_answers_that_were_given(wave, cleaned):
    items = [item.item for item in wave.items_in_file() if item.type != "text"]
    columns = ["disposition", *items]
    expected = truth(wave, "clean").set_index("code")[columns].reindex(cleaned.data["code"])
    got = cleaned.data.set_index("code")[columns]
    pd.testing.assert_frame_equal(got, expected, check_dtype=False)


def test_each_mistake_is_in_the_cleaning_log_once(wave, cleaned):
    ledger = truth(wave, "ledger").fillna("")
    log = cleaned.log.assign(row=cleaned.log["row"].astype(str)).fillna("")
    for entry in ledger.to_dict("records"):
        found = log[log["row"] == entry["row"]]
        found = (
            found[found["variable"] == entry["variable"]]
            if entry["variable"]
            else found[found["kind"] == "dropped row"]
        )
        assert len(found) == 1, entry
        if str(entry["after"]):
            after = entry["after"] if str(entry["after"]).startswith("SYN") else str(int(float(entry["after"])))
            assert found["after"].tolist() == [after]


def test_every_kind_of_mistake_is_there(wave):
    expected = set(dirt.NUMBERS) - (set() if wave.blocks() else {"none with another"})
    assert set(truth(wave, "ledger")["kind"]) == expected


def test_the_frame_has_the_real_numbers_by_type_and_size_and_made_up_names(wave):
    spec, frame = wave.file.frame, wave_frame(wave)
    real = load_frame(spec.country, date=spec.date, unit_types=spec.unit_types)
    real = add_groups(real, size=wave.file.groups.size, region=wave.file.groups.region)
    keys = ["unit_type", "size_group"]
    assert frame.groupby(keys).size().to_dict() == real.groupby(keys).size().to_dict()
    by_region = [sorted(table.groupby("region")["size_group"].value_counts().unstack(fill_value=0).to_numpy().tolist())
                 for table in (frame, real)]  # fmt: skip
    assert by_region[0] == by_region[1]
    assert frame["code"].str.fullmatch(r"SYN-(NO|SE)-\d{4}").all()
    assert frame["county_name"].str.fullmatch(r"County \d\d").all()
    assert frame["region"].str.fullmatch(r"Region [A-H]").all()
    assert not set(frame["name"]) & set(real["name"])


def test_the_file_says_that_it_is_synthetic_and_carries_labels_and_missing_values(wave):
    delivery = read_responses(wave)
    assert delivery.cells.columns[0] == "synthetic"
    assert (delivery.cells["synthetic"] == "1").all()
    assert delivery.cells[wave.file.responses.code].str.fullmatch(r"SYN-(NO|SE)-\d+").all()
    single = wave.items_of("single")[0]
    assert delivery.labels[single.variable] == wave.label(single.item, files.LANGUAGES[wave.file.country])
    assert delivery.missing[single.variable] == ((98.0, 99.0),)
    data = (paths.wave(wave.id) / wave.file.responses.file).read_bytes()
    assert data[files.CLOCK] == files.FIXED_CLOCK


def answered(wave_id: str) -> pd.DataFrame:
    return truth(load_wave(wave_id), "clean").query("disposition in ['I', 'P']").set_index("code")


@pytest.mark.parametrize(("before", "after"), [("no-2009", "no-2012"), ("no-2012", "no-2017"), ("no-2009", "no-2017")])
def test_a_unit_that_is_asked_again_is_the_same_unit(before, after):
    first, second = (wave_frame(load_wave(one)).set_index("code") for one in (before, after))
    both = first.index.intersection(second.index)
    # Between two waves mergers leave one municipality less; 2017 has the county municipalities too.
    assert len(first) - len(both) in (1, 2)
    for column in ("unit_type", "county_code", "region"):
        assert (first.loc[both, column] == second.loc[both, column]).all()
    assert ((second["population"] / first["population"]).loc[both].between(0.8, 1.25)).mean() > 0.9


@pytest.mark.parametrize(("before", "after"), [("no-2009", "no-2012"), ("no-2012", "no-2017")])
def test_more_units_answer_again_than_by_chance_and_answer_alike(before, after):
    first, second = answered(before), answered(after)
    both = first.index.intersection(second.index)
    assert len(both) > 1.1 * len(first) * len(second) / len(wave_frame(load_wave(before)))
    levels = [_level(load_wave(one), answers).loc[both] for one, answers in ((before, first), (after, second))]
    assert 0.2 < levels[0].corr(levels[1]) < 0.9


def test_a_difference_of_two_waves_is_as_sure_as_the_true_overlap_makes_it():
    """Methods 4.4: with the same units and lasting answers the error is below that of two independent waves."""
    first, second = answered("no-2009")["health_network"] == 1, answered("no-2012")["plans"] == 1
    whole = [truth(load_wave(one), "complete").set_index("code") for one in ("no-2009", "no-2012")]
    yes = pd.concat([whole[0]["health_network"] == 1, whole[1]["plans"] == 1], axis=1, join="inner")
    p, n, size = tuple(yes.mean()), (float(len(first)), float(len(second))), len(yes)
    shared, joint = float(len(first.index.intersection(second.index))), float(yes.all(axis=1).mean())
    shares = [PrintedShare("", one.mean(), (0, 1), ((int(one.sum()), len(one)),)) for one in (first, second)]
    unknown = difference(*shares, population_size=size)
    assert unknown.shared[0] < shared < unknown.shared[1]
    found = covariance(p, n, joint=joint, shared=shared, population_size=size)
    assert unknown.se_range[0] < (unknown.se**2 - 2 * float(found)) ** 0.5 < unknown.se


def _level(wave, answers: pd.DataFrame) -> pd.Series:
    """The mean rank of a unit's answers, whatever their scales."""
    items = [item.item for item in wave.items_in_file_of("single")]
    return answers[items].where(answers[items] >= 0).rank(pct=True).mean(axis=1)


def test_a_free_text_is_written_where_it_has_a_theme_and_only_there():
    wave = load_wave("no-2012")
    (text,) = wave.items_of("text")
    given = answered(wave.id)
    ticked = (given[[theme.item for theme in wave.themes(text)]] == 1).any(axis=1)
    assert (given[text.item].notna() == ticked).all()
    assert 0.5 * len(given) < ticked.sum() < 0.9 * len(given)


def test_units_without_an_answer_have_a_truth_on_every_item(wave):
    complete = truth(wave, "complete")
    assert len(complete) == len(wave_frame(wave))
    silent = complete[~complete["code"].isin(truth(wave, "clean").query("disposition in ['I', 'P']")["code"])]
    asked_of_all = [q.item for q in wave.items_in_file() if q.type in ("single", "multi") and q.asked_if is None]
    assert (silent[asked_of_all] >= 0).all(axis=None)


def made_again(project, wave_id: str) -> dict[str, str]:
    run = analysis(project, "synthesise", wave_id)
    assert run.returncode == 0, run.stderr
    folders = [f"data/raw/waves/{wave_id}", f"tests/standins/truth/{wave_id}"]
    found = [path for folder in folders for path in sorted((project / folder).iterdir())]
    return {path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.mark.parametrize(
    "wave_id", ["no-2012", *(pytest.param(w, marks=pytest.mark.slow) for w in WAVES if w != "no-2012")]
)
def test_the_same_seed_gives_the_same_bytes(tmp_path, wave_id):
    project = copy_project(tmp_path / "project")
    for path in (project / "data/raw/waves" / wave_id).glob("SYNTHETIC_*"):
        path.unlink()
    hashes = made_again(project, wave_id)
    for name, value in hashes.items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == value, name


def test_every_made_up_file_is_in_the_list_that_copies_are_known_by():
    found = {(path.parent.name, path.name): sha256(path) for path in paths.raw().glob("waves/*/SYNTHETIC_*")}
    assert {(one.wave, one.file): one.sha256 for one in generated_files()} == found


def test_answers_that_are_real_are_not_made_up(tmp_path):
    project = copy_project(tmp_path / "project")
    replace(project / "data/raw/waves/no-2012/wave.yml", "origin: synthetic", "origin: observed")
    run = analysis(project, "synthesise", "no-2012")
    assert run.returncode == 1
    assert re.search(r"wave\.yml, key 'origin'", run.stderr)
    assert "Traceback" not in run.stderr
