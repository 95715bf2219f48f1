import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.readers import read_responses
from tests.small_wave import COLUMNS, ROWS, wave

TEXT = "\n".join(",".join(row) for row in [COLUMNS, *ROWS]) + "\n"


@pytest.fixture
def file(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "raw" / "waves" / "no-small"
    folder.mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    (folder / "responses.csv").write_text(TEXT, encoding="utf-8")
    return folder / "responses.csv"


def test_every_cell_is_text_and_the_index_is_the_row_of_the_file(file):
    data = read_responses(wave()).cells
    assert data.shape == (5, 9)
    assert list(data.index) == [2, 3, 4, 5, 6]
    assert data.loc[2, "code"] == "0101"
    assert data.loc[3, "points"] == "16"


def test_blanks_around_a_value_are_not_part_of_it(file):
    file.write_text(TEXT.replace(",16,", ", 16 ,"), encoding="utf-8")
    assert read_responses(wave()).cells.loc[3, "points"] == "16"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TEXT[:-12].encode(), "row 6: .*truncated"),
        (TEXT[:-1].encode(), "row 6: the last row has no line end"),
        (TEXT.replace("2013-05-05", "5 måneder").encode("utf-16"), "row 1: the text is not UTF-8"),
        ((TEXT + "ö").encode() + "å\n".encode("latin-1"), "the text is not UTF-8"),
        (TEXT.replace("percent", "prosent", 1).encode(), "the column 'percent' that items.csv names is missing"),
        (TEXT.replace("unit_type", "type", 1).encode(), "the column 'unit_type' that wave.yml names is missing"),
        (TEXT.replace(",day", ",date", 1).encode(), "the column 'day' that wave.yml names is missing"),
        (TEXT.replace("unit_type,code,points", "unit_type,code,code", 1).encode(), "'code' stands twice"),
        (TEXT.splitlines(keepends=True)[0].encode(), "a header and no rows"),
        (b"", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_sentence(file, content, said):
    file.write_bytes(content)
    with pytest.raises(InputError, match=said) as error:
        read_responses(wave())
    assert str(error.value).startswith("data/raw/waves/no-small/responses.csv")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(file):
    file.unlink()
    with pytest.raises(InputError, match=r"responses\.csv is missing"):
        read_responses(wave())


def test_a_kind_of_file_that_is_not_read_is_named():
    other = wave(responses={"file": "answers.pdf"})
    with pytest.raises(InputError, match=r"'\.pdf' are not read"):
        read_responses(other)


def test_the_rounds_are_read_whole():
    from analysis.inputs.waves import load_wave

    assert paths.wave("no-web-2013").is_dir()
    assert len(read_responses(load_wave("no-web-2013")).cells) == 446
