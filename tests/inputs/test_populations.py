import pandas as pd
import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs import populations

HEADER = ",".join(populations.Population.model_fields)
ROW = "no-2009,% of replies,all,,answers,norway,2009-01-01,municipality,,,249,249,,,L7"


def write(folder, *rows: str) -> None:
    (folder / "populations.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "published", lambda: tmp_path)
    return tmp_path


def test_the_size_of_the_frame_comes_from_the_frame(folder):
    group = "se-2016,% of that size,big,,frame,sweden,2015-12-31,municipality,skl5,5,,,,,p. 10"
    picked = "no-2012,% of ten,largest10,,itself,norway,2012-01-01,municipality,,,10,10,,,L214"
    write(folder, ROW, group, picked)
    assert list(populations.load_populations()["population_size"]) == [430, 15, 10]


def test_a_row_of_the_domain_goes_before_one_for_all(folder):
    write(folder, ROW, ROW.replace("all,,answers", "all,health,answers").replace("249,249", "100,249"))
    table = populations.load_populations()
    figure = {"wave": "no-2009", "unit": "% of replies", "group": "all"}
    assert populations.population_of(figure | {"domain": "health"}, table)["replies_fewest"] == 100
    assert populations.population_of(figure | {"domain": "school"}, table)["replies_fewest"] == 249
    assert populations.population_of(figure | {"domain": "school", "group": "few"}, table) is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.replace("2009-01-01", "1999-01-01"), "row 2, column 'reference_date'"),
        (ROW.replace("249,249", "249,900"), "row 2, column 'replies_most': 900 replies from 430 units"),
        (ROW.replace("249,249", "249,200"), "row 2, column 'replies_most'"),
        (ROW.replace("249,249", ","), "row 2, column 'replies_most'"),
        (ROW.replace(",,,L7", ",5,0,L7"), "row 2, column 'scale_high'"),
        (ROW.replace("municipality,,,", "municipality,ssb6,,"), "row 2, column 'size_group'"),
        (ROW.replace("municipality,,,", "municipality,ssb6,9,"), "row 2, column 'size_group'"),
        (ROW.replace("answers", "guesses"), "row 2, column 'share_of'"),
    ],
)
def test_a_malformed_row_is_refused_in_one_sentence(folder, row, words):
    write(folder, row)
    with pytest.raises(InputError) as error:
        populations.load_populations()
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_the_same_population_twice_is_refused(folder):
    write(folder, ROW, ROW)
    with pytest.raises(InputError, match="row 3"):
        populations.load_populations()


def test_a_headline_that_is_no_figure_is_refused(folder):
    (folder / "headlines.csv").write_text("figure_id,label_en,chart\na-1,One,y\nb-2,Two,n\n", encoding="utf-8")
    assert list(populations.load_headlines({"a-1", "b-2"})["charted"]) == [True, False]
    with pytest.raises(InputError, match="row 3, column 'figure_id'"):
        populations.load_headlines({"a-1"})


def test_the_real_table_has_no_double_and_no_empty_frame():
    table = populations.load_populations()
    assert not table.duplicated(list(populations.KEY)).any()
    assert (table["population_size"] > 0).all()
    assert isinstance(table, pd.DataFrame)
