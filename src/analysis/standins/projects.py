"""The second table of a wave: projects that units registered, with the printed counts, and whom to ask about each."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.inputs.targets import PROJECTS, Target
from analysis.inputs.waves import Wave
from analysis.standins import answers, priors, whole_numbers
from analysis.standins.anchors import Figures, anchors, block_anchors
from analysis.standins.layout import BLANK, Layout, questions

BUDGET_MIDDLE, BUDGET_SPREAD = 800.0, 1.2  # median, and standard deviation of the logarithm; an assumption
CONTACT, CONTACT_MAIL = "Contact of {}", "{}@contact.invalid"


def projects(
    units: pd.DataFrame,
    *,
    wave: Wave,
    targets: Sequence[Target],
    figures: Figures,
    rng: np.random.Generator,
) -> pd.DataFrame | None:
    """One row per registered project, as many as printed; none for a wave without projects.

    Columns: `synthetic` and the items of the second table. Who registers is drawn from the frame, the more readily the
    larger; budgets are log-normal. Neither is printed.
    """
    if wave.file.projects is None:
        return None
    number = next(int(figures[t.figure_id]["value"]) for t in targets if t.subset == PROJECTS and not t.item)
    asked = questions(wave.project_items, options=wave.options)
    layout = Layout(asked, {question.item.item: np.array([number]) for question in asked})
    cells = pd.DataFrame({"size_group": [3], "unit_type": [""], "special": [""]})
    conditions = anchors(targets, figures=figures, wave=wave, layout=layout, cells=cells, projects=True)
    blanks = np.full((layout.size, 1), np.nan)
    for rows in layout.rows.values():
        blanks[rows[BLANK]] = 0
    wanted = [*block_anchors(layout), *conditions]
    expected = priors.expected(layout, cells=cells, anchors=wanted, blanks=blanks, rng=rng)
    name = f"{wave.id}, projects"
    counts = whole_numbers.solve(layout, expected=expected, anchors=conditions, blanks=blanks, name=name)
    all_of_them = np.ones(number, dtype=bool)
    chosen = answers.fill_in(
        layout,
        counts,
        cells=np.zeros(number, dtype=int),
        may=dict.fromkeys(layout.rows, all_of_them),
        utility=answers.utilities(asked, theta=rng.normal(size=number), rng=rng),
        limits=(),
        rng=rng,
    )
    weight = np.sqrt(units["population"].to_numpy(dtype=float))
    owner = units.iloc[np.sort(rng.choice(len(units), size=number, p=weight / weight.sum()))]
    known: dict[str, object] = {"unit": owner["code"].to_numpy(), "unit_type": owner["unit_type"].to_numpy()}
    known[wave.file.projects.id] = [f"P{n:04d}" for n in range(1, number + 1)]
    columns: dict[str, object] = {"synthetic": np.ones(number, dtype=int)}
    for item in wave.project_items:
        if item.item in chosen:
            columns[item.variable] = chosen[item.item]
        elif item.type == "count":
            columns[item.variable] = np.rint(BUDGET_MIDDLE * np.exp(BUDGET_SPREAD * rng.normal(size=number))).astype(
                int
            )
        else:
            columns[item.variable] = known.get(item.item, [""] * number)
    return pd.DataFrame(columns)


def contacts(registered: pd.DataFrame, *, wave: Wave) -> pd.DataFrame | None:
    """A made-up contact for every registered project, whether or not it may be shared; none where none are declared.

    Columns: `synthetic`, the project's id and those of `wave.yml`. The addresses are in a domain that cannot exist.
    """
    if wave.file.projects is None or wave.file.projects.contacts is None:
        return None
    ids = registered[wave.item(wave.file.projects.id).variable]
    texts = {
        column: [CONTACT_MAIL.format(one.lower()) if "mail" in column else CONTACT.format(one) for one in ids]
        for column in wave.file.projects.contacts.columns
    }
    return pd.DataFrame({"synthetic": 1, ids.name: ids} | texts)
