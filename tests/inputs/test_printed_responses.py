import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.inputs.printed_responses import printed_responses
from analysis.inputs.register import load_register
from analysis.inputs.waves import load_wave

HEADER = "wave,unit_type,module,grouping,group,answered,frame,inhabitants\n"


def of(wave):
    return printed_responses(load_wave(wave)).set_index(["module", "grouping", "group"])


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Other rows in place of the file, with the register as it is."""
    register = load_register()
    monkeypatch.setattr("analysis.inputs.printed_responses.load_register", lambda: register)
    monkeypatch.setattr(paths, "published", lambda: tmp_path)

    def read(*rows, wave="no-2017"):
        (tmp_path / "printed_responses.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
        return printed_responses(load_wave(wave))

    return read


def test_sweden_prints_its_answers_by_size_and_the_frame_is_counted():
    sizes = of("se-2016").loc[""].loc["size_group"]
    assert sizes["value"].tolist() == ["31", "34", "40", "23", "13"]
    assert sizes["n_frame"].tolist() == [76, 93, 74, 32, 15]
    whole = of("se-2016").loc[("", "all", "all")]
    assert whole["inhabitants_answered"] / whole["inhabitants_frame"] == pytest.approx(0.664, abs=5e-4)
    assert "data/raw/frames/units.csv" in whole["source_ref"]


def test_norway_prints_totals_and_modules():
    rows = of("no-2017")
    assert rows["n_frame"].unique().tolist() == [447]
    values = {module: int(row["value"]) for (module, _, _), row in rows.iterrows()}
    # oracle 1.2
    assert values == {"": 215, "every": 141, "general": 200, "health": 169, "education": 168, "plan": 158}
    assert of("no-2009")["value"].tolist() == ["249"]


def test_a_wave_that_prints_nothing_has_no_rows():
    assert printed_responses(load_wave("no-web-2013")).empty


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("no-2017,all,,all,all,no-such-figure,,", "row 2, column 'answered': 'no-such-figure' is no figure"),
        ("no-2017,all,,all,all,no2009-field-responded,,", "is a figure of no-2009, not of no-2017"),
        ("no-2017,all,,all,all,no2017-general-user-maturity,,", "is a mean, printed one_decimal, where a count"),
        ("no-2017,all,school,all,all,no2017-field-complete-n,,", "column 'module': 'school' is no module"),
        (
            "no-2017,municipality,,size_group,9,no2017-field-complete-n,,",
            "column 'group': no unit of the frame is in '9'",
        ),
        ("no-2017,county_municipality,,all,all,no2017-field-responded-any-n,,", "215 answers of 19 units"),
        ("no-2017,village,,all,all,no2017-field-responded-any-n,,", "column 'unit_type'"),
        ("no-2017,all,,all,all,no2017-field-responded-any-n,no2017-field-responded-any-pct,", "column 'frame'"),
    ],
)
def test_rows_that_cannot_be_are_refused(table, row, message):
    with pytest.raises(InputError, match=message):
        table(row)


def test_a_row_that_stands_twice_is_refused(table):
    row = "no-2017,all,,all,all,no2017-field-responded-any-n,no2017-field-invited,"
    with pytest.raises(InputError, match="stands already in row 2"):
        table(row, row)
