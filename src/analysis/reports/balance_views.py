"""Who answered against who was asked, in tables and sentences; of synthetic answers no sentence is made."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analysis.inputs.printed_responses import EVERY
from analysis.reports.wave_views import Names, SyntheticFindingError
from analysis.survey.balance.assess import Balance

SMALLEST_P = 0.001
SMALLEST_GROUP = 5  # of groups with fewer units only the counts are shown
LIKELY = 0.05
GROUP_COLUMNS = (
    "n_frame n_answered rate share_frame share_answered ratio z p_holm partial partial_lo partial_hi".split()
)
TEST_COLUMNS = "df corrected corrected_p exact_p exact_error naive_p difference difference_silent size".split()
R_COLUMNS = "r_indicator r_lo r_hi r_unadjusted cv cv_se largest_bias".split()
FORMATS = {
    **dict.fromkeys("rate share_frame share_answered largest_bias".split(), "percent1"),
    **dict.fromkeys("ratio z expected r_indicator r_lo r_hi r_unadjusted cv cv_se auc".split(), "number2"),
    **dict.fromkeys("difference difference_silent ks lr corrected coefficient se ci_lo ci_hi".split(), "number2"),
    **dict.fromkeys("partial partial_lo partial_hi conditional exact_error mcfadden tjur".split(), "number3"),
    **dict.fromkeys("mean_answered mean_frame tipping_odds".split(), "number2"),
    "effect": "signed_points1",
    **dict.fromkeys("p_holm naive_p corrected_p exact_p p ks_p".split(), "printed"),
}


def worded(balance: Balance, key: str, *, names: Names, **values: object) -> str:
    """A sentence of the catalogue about a balance. Raises SyntheticFindingError for one of synthetic answers."""
    if balance.source == "synthetic":
        raise SyntheticFindingError(f"{names.wave.id} is synthetic: no finding is worded from it ({key})")
    return names.say(key, **values)


def p_text(p: float, *, names: Names) -> str:
    """A p-value as it is written: below 0.001 only that, missing in words."""
    if np.isnan(p):
        return names.say("table.empty")
    if p < SMALLEST_P:
        return names.say("representativeness.p.below", limit=SMALLEST_P)
    return names.say("representativeness.p.is", p=p)


def p_said(p: float, *, names: Names) -> str:
    """A p-value as it stands in a sentence."""
    if p < SMALLEST_P:
        return names.say("representativeness.p.said.below", limit=SMALLEST_P)
    return names.say("representativeness.p.said.is", p=p)


def variable_name(variable: str, *, names: Names) -> str:
    """What a classification of the units is called."""
    return names.say(f"representativeness.variable.{variable}")


def class_names(balance: Balance, variable: str, *, names: Names) -> dict[str, str]:
    """The classes of a variable of a balance and what they are called, in their order."""
    classes = list(balance.of(variable)["group"])
    if variable == "unit_type":
        return {one: names.unit(one) for one in classes}
    known = names.groups(variable, pd.DataFrame()) if variable == "size_group" else {}
    return {one: known.get(one, one) for one in classes}


def group_table(balance: Balance, variable: str, *, names: Names) -> pd.DataFrame:
    """Frame and respondents by class, with ratio, z, Holm's p and the partial R-indicator with its interval."""
    rows = balance.of(variable)
    labels = class_names(balance, variable, names=names)
    table = rows[GROUP_COLUMNS].assign(p_holm=[p_text(p, names=names) for p in rows["p_holm"]])
    table.loc[rows["n_frame"] < SMALLEST_GROUP, ["rate", "ratio"]] = np.nan
    # A column that no class has a value in says nothing; the text of the section says why.
    table = table.drop(columns=[column for column in table if rows[column].isna().all()])
    table.insert(0, variable, [labels[group] for group in rows["group"]])
    return table


def dots(balance: Balance, variable: str, *, names: Names) -> pd.DataFrame:
    """Share of the frame and of the respondents by class, as the dot plot takes them."""
    rows = balance.of(variable)
    labels = class_names(balance, variable, names=names)
    table = rows[["n_answered", "n_frame", "share_frame", "share_answered"]].copy()
    table.insert(0, "label", [labels[group] for group in rows["group"]])
    return table


def test_table(balances: Iterable[Balance], *, names: Names) -> pd.DataFrame:
    """The tests of each part, unit type and variable."""
    parts = []
    for balance in balances:
        rows = balance.tests
        if rows.empty:
            continue
        table = rows[TEST_COLUMNS].copy()
        for column in ("corrected_p", "exact_p", "naive_p"):
            table[column] = [p_text(p, names=names) for p in rows[column]]
        table["size"] = [names.say(f"representativeness.size.{size}") for size in rows["size"]]
        table.insert(0, "variable", [variable_name(one, names=names) for one in rows["variable"]])
        parts.append(_labelled(table, balance, names=names))
    joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(joined) and not joined["exact_error"].any():
        joined = joined.drop(columns="exact_error")
    return joined


def r_table(balances: Iterable[Balance], *, names: Names) -> pd.DataFrame:
    """Response rate, R-indicator, coefficient of variation and largest bias of each part that carries a model."""
    rows = []
    for balance in balances:
        if balance.indicator is None or balance.model is None:
            continue
        found = balance.indicator
        about = {
            "unit_type": names.unit(balance.unit_type),
            "part": part_name(balance.module, names=names),
            "variables": model_name(balance, names=names),
            "rate": balance.rate,
            "r_indicator": found.r,
            "r_lo": found.ci_lo,
            "r_hi": found.ci_hi,
        }
        about |= {"r_unadjusted": found.r_unadjusted, "cv": found.cv, "cv_se": found.cv_se}
        rows.append(about | {"largest_bias": found.largest_bias})
    table = pd.DataFrame(rows)
    return table.drop(columns="part") if len(table) and table["part"].nunique() == 1 else table


def level_table(balance: Balance, *, names: Names) -> pd.DataFrame:
    """Coefficients and average marginal effects of the response model, classes by their names."""
    rows = balance.levels
    labels = {name: class_names(balance, name, names=names) for name in balance.groups["variable"].unique()}
    table = rows[["coefficient", "se", "ci_lo", "ci_hi", "effect"]].copy()
    pairs = zip(rows["variable"], rows["group"], strict=True)
    table.insert(0, "term", [labels[variable][group] if group else variable for variable, group in pairs])
    return table


def term_table(balance: Balance, *, names: Names) -> pd.DataFrame:
    """Likelihood-ratio test and partial R-indicators of each variable given the others."""
    rows = balance.terms
    table = rows[["variable", "lr", "df", "p", "partial", "conditional", "se"]].copy()
    table["variable"] = [variable_name(one, names=names) for one in rows["variable"]]
    table["p"] = [p_text(p, names=names) for p in rows["p"]]
    return table.drop(columns="conditional") if len(table) == 1 else table


def number_table(numbers: pd.DataFrame, *, names: Names) -> pd.DataFrame:
    """Tests of a number known for each unit, by unit type and part."""
    table = numbers[["n_frame", "n_answered", "mean_answered", "mean_frame", "difference", "z", "ks"]].copy()
    table.insert(6, "p", [p_text(p, names=names) for p in numbers["p"]])
    table["ks_p"] = [p_text(p, names=names) for p in numbers["ks_p"]]
    table.insert(0, "part", [part_name(module, names=names) for module in numbers["module"]])
    table.insert(0, "unit_type", [names.unit(kind) for kind in numbers["unit_type"]])
    return table.drop(columns="part") if table["part"].nunique() == 1 else table


def part_name(module: str, *, names: Names) -> str:
    """What a part of the survey is called: a module, all together, or every one answered."""
    if module in ("", EVERY):
        return names.say(f"representativeness.part.{module or 'whole'}")
    return names.module(module)


def model_name(balance: Balance, *, names: Names) -> str:
    """The variables of a response model."""
    used = balance.model.variables if balance.model else ()
    return " + ".join(variable_name(variable, names=names) for variable in used)


def sentences(balance: Balance, *, names: Names, confidence: float) -> list[str]:
    """What a balance says: why nothing can be tested, or how uneven the response is by each variable."""
    said, reason = [], balance.without_model
    if reason:
        said.append(worded(balance, f"representativeness.balance.{reason}", names=names, **_numbers(balance, names)))
    if reason in ("complete", "none", "one_class"):
        return said
    if not reason:
        for variable in balance.tests["variable"]:
            said += _about_variable(balance, str(variable), names=names)
    return [*said, *_about_r(balance, names=names, confidence=confidence)]


def _about_variable(balance: Balance, variable: str, *, names: Names) -> list[str]:
    rows, test = balance.of(variable), balance.test(variable)
    labels = class_names(balance, variable, names=names)
    most, least = rows.iloc[rows["rate"].argmax()], rows.iloc[rows["rate"].argmin()]
    called = variable_name(variable, names=names)
    about = {"variable": called, "p": p_said(test["exact_p"], names=names), "difference": test["difference"]}
    about["size"] = names.say(f"representativeness.size.{test['size']}")
    if test["exact_p"] >= LIKELY:
        return [worded(balance, "representativeness.balance.undecided", names=names, **about)]
    groups = {"high_group": labels[most["group"]], "low_group": labels[least["group"]]}
    rates = {"variable": called, "high": most["rate"], "low": least["rate"]}
    naive = {name: p_said(test[f"{name}_p"], names=names) for name in ("naive", "corrected")}
    about |= {"silent": test["difference_silent"], "n": balance.n_answered}
    return [
        worded(balance, "representativeness.balance.groups", names=names, **groups, **rates),
        worded(balance, "representativeness.balance.differs", names=names, **about),
        worded(balance, "representativeness.balance.naive", names=names, **naive),
    ]


def _about_r(balance: Balance, *, names: Names, confidence: float) -> list[str]:
    found = balance.indicator
    if found is None:
        return []
    if found.bias_dominates:
        return [worded(balance, "representativeness.balance.dominates", names=names, r=found.r_unadjusted)]
    values = {"r": found.r, "lo": found.ci_lo, "hi": found.ci_hi, "confidence": confidence, "one": 1}
    bias = {"cv": found.cv, "se": found.cv_se, "bias": found.largest_bias}
    variables = model_name(balance, names=names)
    return [
        worded(balance, "representativeness.balance.r", names=names, variables=variables, **values),
        worded(balance, "representativeness.balance.bias", names=names, **bias),
    ]


def _numbers(balance: Balance, names: Names) -> dict[str, object]:
    missing = balance.n_frame - balance.n_answered
    return {
        "n": balance.n_answered,
        "all": balance.n_frame,
        "missing": missing,
        "unit": names.unit(balance.unit_type),
    }


def _labelled(table: pd.DataFrame, balance: Balance, *, names: Names) -> pd.DataFrame:
    table.insert(0, "part", part_name(balance.module, names=names))
    table.insert(0, "unit_type", names.unit(balance.unit_type))
    return table


def without_constant(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The table without those of the columns that hold one value in all rows."""
    return table.drop(columns=[column for column in columns if column in table and table[column].nunique() <= 1])
