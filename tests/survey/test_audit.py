import json

import numpy as np
import pandas as pd
import pytest

from analysis.inputs.decisions import read_decisions
from analysis.reports import audit_files
from analysis.survey import audit, weighting
from tests.r_survey import needs_r, verify
from tests.small_wave import wave
from tests.survey.test_plan import PLANS
from tests.weighted_survey import BOTH, SIZE, frame, weighted

CALIBRATE = {"method": "calibrate", "margins": BOTH, "distance": "logit", "largest": 6}


def bundle(plan, **changes):
    description = weighted(plan, **changes)
    return description, audit.bundle(frame(), weighting.run(frame(), wave=description), wave=description)


def written(folder, plan=CALIBRATE, **changes):
    description, made = bundle(plan, **changes)
    return audit_files.write_to(folder, made, wave=description, hashes={"inputs_sha256": "0" * 64})


@needs_r
@pytest.mark.parametrize("name", sorted(PLANS))
def test_r_makes_the_same_weights_and_errors(tmp_path, name):
    run = verify(written(tmp_path, PLANS[name] | {"modules": name == "logit"}))
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("holds") == 4
    assert "DIFFERS" not in run.stdout


def change(file, column, row, by):
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table.loc[row, column] = repr(float(table.loc[row, column]) + by)
    table.to_csv(file, index=False, lineterminator="\n")


@needs_r
@pytest.mark.parametrize(
    ("file", "column", "by", "said"),
    [
        ("SYNTHETIC_weights.csv", "final_weight", 2e-9, "weights    largest difference 2.00e-09"),
        ("SYNTHETIC_weights.csv", "calibration_factor", 1e-6, "weights"),
        ("SYNTHETIC_weights.csv", "base_weight", 0.1, "weights"),
        ("margins.csv", "target", 1, "weights"),
        ("estimates.csv", "se", 2e-8, "se         largest difference 2.00e-08"),
        ("estimates.csv", "se_survey", 2e-8, "se_survey  largest difference 2.00e-08"),
        ("estimates.csv", "point", 2e-9, "points     largest difference 2.00e-09"),
    ],
)
def test_r_sees_one_changed_number(tmp_path, file, column, by, said):
    folder = written(tmp_path)
    change(folder / file, column, 1, by)
    run = verify(folder)
    assert run.returncode == 1
    assert "DIFFERS" in run.stdout or "cannot be verified" in run.stdout
    assert said in run.stdout or "cannot be verified" in run.stdout


@needs_r
def test_r_reads_no_computed_weight_before_it_compares(tmp_path):
    folder = written(tmp_path)
    for column in ("nonresponse_factor", "calibration_factor", "trimming_factor", "final_weight"):
        table = pd.read_csv(folder / "SYNTHETIC_weights.csv", dtype=str, keep_default_na=False)
        table[column] = "1.0"
        table.to_csv(folder / "SYNTHETIC_weights.csv", index=False, lineterminator="\n")
    run = verify(folder)
    assert run.returncode == 1
    # What was made again does not depend on them.
    assert [line.split(": ")[-1] for line in run.stdout.splitlines()[1:]] == ["DIFFERS", "holds", "holds", "holds"]


@needs_r
def test_r_says_which_file_is_missing(tmp_path):
    folder = written(tmp_path)
    (folder / "margins.csv").unlink()
    run = verify(folder)
    assert run.returncode == 1
    assert "one file margins.csv is needed" in run.stdout


def test_the_bundle_has_factors_margins_and_answers_of_each_respondent():
    _, made = bundle(CALIBRATE | {"modules": True})
    weights = made.weights
    assert len(weights) == 37 + 37 + 31
    product = weights[["base_weight", "nonresponse_factor", "calibration_factor", "trimming_factor"]].prod(axis=1)
    assert np.allclose(product, weights["final_weight"])
    assert {"in: unit_type x size_group", "in: unit_type x region"} <= set(weights.columns)
    assert len([column for column in weights if column.startswith("y: ")]) == 6
    assert set(made.margins["module"]) == {"", "first", "second"}
    assert list(made.estimates["name"])[:2] == ["plan__yes", "how__some_or_all"]
    steps = [line for line in made.decisions if line["kind"] == "step"]
    assert all({"rule", "value", "cells", "reason", "alternatives"} <= set(line) for line in steps)


def test_a_decision_is_a_line_with_its_alternatives_and_what_they_move(tmp_path, monkeypatch):
    text = (
        '---\nid: "0001"\ntitle: t\nwaves: [no-survey]\nparameter: "wave.yml: weighting.{}"\nchosen: {}\n'
        "alternatives: {}\nreason: r\nsource: s\ndate: 2026-11-21\n---\n"
    )
    kept = {"method": ("poststratify", "[none]"), "margins": ("[[size_group]]", "[[[region]]]")}
    kept |= {"collapse": ("{min_n: 5, max_ratio: 3}", "[{min_n: 9}]"), "modules": ("false", "[true]")}
    for number, (key, (chosen, alternatives)) in enumerate(kept.items()):
        record = text.format(key, chosen, alternatives).replace("0001", f"000{number}")
        (tmp_path / f"000{number}-t.md").write_text(record, encoding="utf-8")
    monkeypatch.setattr("analysis.paths.decisions", lambda: tmp_path)
    description, records = weighted({"method": "poststratify", "margins": SIZE}), read_decisions()
    result = weighting.run(frame(), wave=description, decisions=records)
    made = audit.bundle(frame(), result, wave=description, decisions=records)
    folder = audit_files.write_to(tmp_path / "out", made, wave=description, hashes={"inputs_sha256": "0" * 64})
    lines = [json.loads(line) for line in (folder / "decisions.jsonl").read_text().splitlines()]
    first = lines[0]
    assert (first["rule"], first["value"], first["inputs_sha256"]) == (
        "wave.yml: weighting.method", "poststratify", "0" * 64,
    )  # fmt: skip
    assert first["data"] == "synthetic"
    assert len(first["estimates"]) == 6
    (none,) = first["alternatives"]
    assert none["deff"] < first["deff"]
    assert none["largest_margin_gap"]["all_groupings"] > first["largest_margin_gap"]["all_groupings"]
    assert len(none["effect"]) == 6
    assert first["cells"] == {"before": 4, "after": 4}


@pytest.mark.parametrize(
    ("origin", "promise", "name"),
    [
        ("synthetic", "aggregates_only", "SYNTHETIC_weights.csv"),
        ("observed", "aggregates_only", "CONFIDENTIAL_weights.csv"),
        ("observed", "open", "weights.csv"),
    ],
)
def test_the_file_of_units_says_whose_answers_it_holds(tmp_path, origin, promise, name):
    folder = written(tmp_path, origin=origin, promise=promise)
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [name, "decisions.jsonl", "estimates.csv", "margins.csv", "verify.R"]
    )
    header = (folder / "margins.csv").read_text().splitlines()[0]
    assert header.endswith(",data") == (origin == "synthetic")


def test_only_open_and_synthetic_bundles_may_be_published():
    assert audit_files.may_be_published(wave())
    assert audit_files.may_be_published(weighted(CALIBRATE))
    assert not audit_files.may_be_published(weighted(CALIBRATE, origin="observed"))
