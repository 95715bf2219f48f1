import re

import pandas as pd
import pytest

from analysis.inputs.register import load_register
from analysis.inputs.targets import load_targets
from analysis.inputs.waves import load_wave
from analysis.reports import report_tables, report_tables_show
from analysis.reports.display.svg import to_svg


def rows():
    return report_tables.printed_tables(load_register(), load_targets(load_wave("se-2016")), wave="se-2016")


def test_the_register_says_which_table_a_figure_is_in():
    sizes = rows().groupby("table").size().to_dict()
    # Table 1 counts municipalities; 2 has 23 services, one of them printed twice; 10 leaves one sector out.
    assert sizes == {2: 23, 3: 1, 4: 1, 5: 3, 6: 1, 7: 6, 8: 6, 9: 6, 10: 5, 11: 6, 12: 6}


def test_a_table_has_its_own_printed_value_and_those_of_earlier_years():
    table = rows().set_index(["table", "item"])
    booked = table.loc[(2, "culture_book_facilities")]
    # The text prints 43, the table 42.
    assert (booked["se-2011"], booked["se-2014"], booked["printed"]) == (42, 46, 42)
    assert pd.isna(table.loc[(3, "org_open_data"), "se-2011"])


def test_all_that_tie_with_the_third_are_named():
    shares = {"a": 0.671, "b": 0.5, "c": 0.404, "d": 0.396, "e": 0.39, "f": 0.1}
    # 40.4 and 39.6 are both 40 per cent.
    assert report_tables.first_with_ties(shares, rank=1) == ["a", "b", "c", "d"]
    assert report_tables.first_with_ties(shares, rank=-1) == ["f", "e", "d", "c"]
    assert report_tables.first_with_ties({}, rank=1) == []


def test_bars_of_answers_fill_their_length_and_carry_their_numbers():
    frame = pd.DataFrame({"label": ["x"], "fully": [0.5], "partly": [0.3], "not_at_all": [0.2]})
    names = {"fully": "Fully", "partly": "Partly", "not_at_all": "Not"}
    texts = {"fully": ["50%"], "partly": ["30%"], "not_at_all": ["20%"]}
    figure = report_tables_show.stacked(frame, names=names, texts=texts)
    bars = [bar for bar in figure.axes[0].patches if bar.get_width() > 0]
    assert [round(bar.get_x(), 9) for bar in bars] == [0, 0.5, 0.8]
    assert {bar.get_hatch() for bar in bars} == {"", "///"}
    assert re.findall(r">(\d+%)<", to_svg(figure, name="bars", alt="alt")) == ["50%", "30%", "20%"]
    with pytest.raises(ValueError, match="no bar"):
        report_tables_show.stacked(frame.head(0), names=names, texts=texts)
