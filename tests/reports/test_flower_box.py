import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from analysis.inputs.waves import load_wave
from analysis.reports import flower_box
from analysis.reports.display.charts import C2, C3
from analysis.reports.display.svg import to_svg

NAMES = {"school": "School", "care": "Care", "blade": "Grass", "bar": "Soil"}


def box(shares):
    rows = [("petal", "school", shares[0]), ("petal", "care", shares[1]), ("leaf", "care", shares[2])]
    rows += [("blade", "", shares[3]), ("bar", "", shares[4])]
    return pd.DataFrame(rows, columns=["part", "sector", "share"]).assign(text="range", item="x")


def reach(figure, colour):
    """The height of each filled petal or leaf, in the units of the box."""
    patches = [p for p in figure.axes[0].patches if isinstance(p, PathPatch) and to_hex(p.get_facecolor()) == colour]
    return [patch.get_path().vertices[2][1] - patch.get_path().vertices[0][1] for patch in patches]


def test_a_petal_is_as_long_as_its_share():
    one, half = (reach(flower_box.draw({"All": box([s, s, 0, 0, 0])}, names=NAMES), C2)[0] for s in (1.0, 0.5))
    assert half == pytest.approx(one / 2)


def test_a_missing_share_has_its_outline_alone():
    figure = flower_box.draw({"All": box([float("nan"), float("nan"), float("nan"), float("nan"), float("nan")])},
                             names=NAMES)  # fmt: skip
    assert reach(figure, C2) == []
    assert reach(figure, C3) == []


def test_the_numbers_and_names_are_text_beside_the_lengths():
    drawn = to_svg(flower_box.draw({"All": box([1, 0.5, 0.2, 0.3, 0.4])}, names=NAMES), name="box", alt="alt")
    assert all(f">{text}<" in drawn for text in ("School", "Care", "range", "Grass  range", "Soil  range"))


def test_an_empty_box_is_refused():
    with pytest.raises(ValueError, match="no flower"):
        flower_box.draw({"All": box([1] * 5).head(0)}, names=NAMES)


def test_the_tool_has_65_petals_and_every_question_that_names_its_sector():
    items = flower_box.box_items(load_wave("se-2016"))
    counts = items.groupby("part").size().to_dict()
    # 20 and 17 questions, and 35 of the 56 on the sectors are known by name.
    assert counts == {"petal": 65, "leaf": 35, "blade": 20, "bar": 17}
    assert items[items["part"] == "petal"].groupby("sector", sort=False).size().to_dict() == {
        "public": 12, "culture": 9, "residents": 9, "business": 9, "school": 16, "care": 10,
    }  # fmt: skip
    assert flower_box.box_items(load_wave("no-2017")).empty
