import shutil

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import check_wave, cleaning
from analysis.inputs.params import load_params, require_folders
from analysis.inputs.waves import load_wave
from tests.workspace import ROOT, replace

WAVES = ["no-web-2010", "no-web-2011", "no-web-2013"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with parameters and raw data of its own; frames are shared."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "raw" / "waves", tmp_path / "data" / "raw" / "waves")
    (tmp_path / "data" / "raw" / "frames").symlink_to(ROOT / "data" / "raw" / "frames")
    shutil.copy(ROOT / "params.yaml", tmp_path / "params.yaml")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("wave", WAVES)
def test_a_website_round_is_described_and_open(wave):
    description = load_wave(wave)
    assert description.file.promise == "open"
    assert description.file.licence.nb == "åpent publisert, lisens ikke bekreftet"
    assert sum(item.maximum for item in description.items if item.item not in ("total", "percent", "stars")) == (
        description.item("total").maximum
    )


def test_the_maxima_are_those_of_the_rounds():
    assert [load_wave(wave).item("total").maximum for wave in WAVES] == [99, 93, 100]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("wave.yml", "origin: observed", "origin: real", "key 'origin'"),
        ("wave.yml", "promise: open", "promises: open", "unknown key"),
        ("wave.yml", "wave: no-web-2013", "wave: no-web-2012", "is not the name of the folder"),
        ("wave.yml", "last: 2013-06-12", "last: 2013-01-01", "lies before the first"),
        ("wave.yml", "lower: [31, 43, 58, 70, 80]", "lower: [31, 43, 58, 70]", "4 cut-points where"),
        ("wave.yml", "lower: [31, 43, 58, 70, 80]", "lower: [31, 43, 58, 80, 70]", "do not rise"),
        ("wave.yml", "of: percent", "of: share", "is no item of items.csv"),
        ("items.csv", "stars,stars,ordinal,1,6", "stars,stars,ordinal,6,6", "is not above the minimum"),
        ("items.csv", "percent,percent,percent,0,100,total", "percent,percent,percent,0,100,", "needs part_of"),
        ("items.csv", "0,36,total", "0,36,points", "is no item of this file"),
        ("items.csv", "useful_content,useful", "accessibility,useful", "stands already"),
    ],
)
def test_a_mistake_in_a_wave_is_said_in_one_sentence(project, file, old, new, said):
    path = paths.wave("no-web-2013") / file
    replace(path, old, new)
    with pytest.raises(InputError, match=said) as error:
        load_wave("no-web-2013")
    assert str(error.value).startswith(f"data/raw/waves/no-web-2013/{file}")
    assert "\n" not in str(error.value)


def test_oslo_is_left_out_of_the_county_municipalities(project):
    frame = cleaning.wave_frame(load_wave("no-web-2013"))
    assert frame["unit_type"].value_counts().to_dict() == {"municipality": 428, "county_municipality": 18}
    assert "0301" in set(frame["code"])
    assert "03" not in set(frame["code"])


def test_an_excluded_unit_must_be_in_the_frame(project):
    replace(paths.wave("no-web-2013") / "wave.yml", 'code: "03"', 'code: "21"')
    with pytest.raises(InputError, match="county_municipality 21 is not in the frame"):
        cleaning.wave_frame(load_wave("no-web-2013"))


def test_a_wave_that_is_taken_out_leaves_the_others_running(project):
    shutil.rmtree(paths.wave("no-web-2011"))
    with pytest.raises(InputError, match=r"no-web-2011 has no file data/raw/waves/no-web-2011/wave\.yml"):
        require_folders(load_params())
    replace(project / "params.yaml", "  - no-web-2011\n", "")
    require_folders(load_params())
    assert "no-web-2011" not in load_params().waves
    assert len(cleaning.run(load_wave("no-web-2013")).data) == 446


def test_nothing_is_left_of_the_website_rounds_when_all_are_taken_out(project):
    for wave in WAVES:
        shutil.rmtree(paths.wave(wave))
        replace(project / "params.yaml", f"  - {wave}\n", "")
    require_folders(load_params())
    assert not set(WAVES) & set(load_params().waves)


def test_what_the_file_does_not_have_is_no_key_estimate(project):
    items = project / "data/raw/waves/no-2012/items.csv"
    before = load_wave("no-2012").file.key_estimates
    replace(items, "\nreasons,reasons,", "\nreasons,,")
    wave = load_wave("no-2012")
    assert [one for one in before if one not in wave.file.key_estimates] == [
        one for one in before if one.item == "reasons"
    ]
    lines = [line for line in check_wave.notes(wave) if "key_estimates" in line]
    assert len(lines) == 1
    assert "key 'key_estimates': reasons is not in the file, so that its estimate is left out" in lines[0]
