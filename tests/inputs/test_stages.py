import pandas as pd
import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.stages import read_stage


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("")
    monkeypatch.chdir(tmp_path)


def test_what_a_stage_wrote_is_read():
    path = paths.processed("cleaning", "no-small")
    path.parent.mkdir(parents=True)
    pd.DataFrame({"code": ["0101"], "stars": [3]}).to_parquet(path)
    assert read_stage("cleaning", "no-small").to_dict("list") == {"code": ["0101"], "stars": [3]}


def test_a_stage_that_has_not_run_is_named():
    with pytest.raises(InputError, match=r"no-small\.parquet is missing: .*; run `make report` first"):
        read_stage("cleaning", "no-small")
