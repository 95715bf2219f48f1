import pytest

from analysis.errors import InputError
from analysis.inputs import decisions
from analysis.inputs.params import load_params
from analysis.inputs.waves import load_wave
from tests.small_survey import survey

HEAD = """---
id: "{id}"
title: A choice
waves: [no-survey]
parameter: '{parameter}'
chosen: {chosen}
alternatives: {alternatives}
reason: because
source: made by hand
date: 2026-11-21
---
More.
"""
PLAN = {"method": "poststratify", "margins": [["size_group"]]}
KEYS = {
    "method": ("poststratify", "[none, {method: rake, margins: [[size_group], [region]]}]"),
    "margins": ("[[size_group]]", "[[[region]]]"),
    "collapse": ("{min_n: 5, max_ratio: 3}", "[{min_n: 10, max_ratio: 3}]"),
    "modules": ("false", "[true]"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.paths.decisions", lambda: tmp_path)
    for number, (key, (chosen, alternatives)) in enumerate(KEYS.items(), start=1):
        write(tmp_path, f"000{number}", f"wave.yml: weighting.{key}", chosen, alternatives)
    return tmp_path


def write(folder, number, parameter, chosen="1", alternatives="[2]", name=None):
    text = HEAD.format(id=number, parameter=parameter, chosen=chosen, alternatives=alternatives)
    (folder / (name or f"{number}-choice.md")).write_text(text, encoding="utf-8")


def said(**changes):
    return list(decisions.problems(decisions.read_decisions(), wave=survey(weighting=PLAN | changes)))


def test_every_key_of_a_plan_has_its_record(folder):
    assert said() == []
    records = decisions.plan_decisions(decisions.read_decisions(), wave=survey(weighting=PLAN))
    assert {key: one.id for key, one in records.items()} == {
        "method": "0001", "margins": "0002", "collapse": "0003", "modules": "0004",
    }  # fmt: skip


def test_a_key_without_a_record_is_named(folder):
    (folder / "0002-choice.md").unlink()
    (problem,) = said()
    assert "key 'weighting.margins': no decision record" in problem
    # The others hold all the same, so that a new wave can be weighted before it is decided.
    records = decisions.plan_decisions(decisions.read_decisions(), wave=survey(weighting=PLAN))
    assert list(records) == ["method", "collapse", "modules"]


def test_a_plan_and_its_record_must_agree(folder):
    (problem,) = said(collapse={"min_n": 6})
    assert "0003-choice.md chose {'min_n': 5, 'max_ratio': 3}" in problem


def test_two_records_for_one_key_are_one_too_many(folder):
    write(folder, "0005", "wave.yml: weighting.method", "poststratify", "[none]")
    (problem,) = said()
    assert "both decide it" in problem


def test_an_alternative_that_is_no_plan_is_named(folder):
    write(folder, "0001", "wave.yml: weighting.method", "poststratify", "[{method: rake, margins: [[region]]}]")
    (problem,) = said()
    assert "0001-choice.md, alternative 'method rake; margins region': rake needs two margins" in problem


def test_alternatives_are_values_or_several_keys(folder):
    record = decisions.read_decisions()[0]
    plan = survey(weighting=PLAN).file.weighting
    found = list(decisions.variants(record, key="method", plan=plan))
    assert [one.label for one in found] == [
        "method poststratify", "method none", "method rake; margins size_group + region",
    ]  # fmt: skip
    assert [one.chosen for one in found] == [True, False, False]
    assert found[0].plan == plan
    assert found[2].plan.method == "rake"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no front matter\n", "front matter between two lines"),
        ("---\n- 1\n---\n", "has no keys"),
        ("---\na: [\n---\n", "not valid YAML"),
        (HEAD.format(id="0009", parameter="p", chosen="1", alternatives="[]"), "'alternatives'"),
        (HEAD.format(id="0008", parameter="p", chosen="1", alternatives="[2]"), "its id is 0008"),
        (HEAD.format(id="9", parameter="p", chosen="1", alternatives="[2]"), "'id'"),
        (HEAD.format(id="0009", parameter="p", chosen="1", alternatives="[2]").replace("because", "''"), "'reason'"),
    ],
)
def test_a_malformed_record_is_one_sentence_with_its_file(tmp_path, monkeypatch, text, problem):
    monkeypatch.setattr("analysis.paths.decisions", lambda: tmp_path)
    (tmp_path / "0009-choice.md").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"0009-choice\.md") as error:
        decisions.read_decisions()
    assert problem in str(error.value)


def test_an_id_stands_once(folder):
    write(folder, "0001", "wave.yml: frame.date", name="0001-other.md")
    with pytest.raises(InputError, match="stands in two files"):
        decisions.read_decisions()


def test_a_parameter_without_a_record_is_named(folder):
    said = list(decisions.parameter_problems(decisions.read_decisions(), params=load_params()))
    assert any(one.startswith("params.yaml, key 'confidence'") for one in said)
    write(folder, "0006", "params.yaml: confidence")
    left = list(decisions.parameter_problems(decisions.read_decisions(), params=load_params()))
    assert len(left) == len(said) - 1


@pytest.mark.parametrize("wave", load_params().waves)
def test_the_plan_of_each_wave_is_decided(wave):
    description = load_wave(wave)
    assert list(decisions.problems(decisions.read_decisions(), wave=description)) == []
    assert len(description.file.key_estimates) == 10
