"""The numbers of a balance, and of a printed account, as rows of the estimate record."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.survey.balance.assess import Balance
from analysis.survey.balance.printed import PrintedAccount

Row = dict[str, Any]

GROUP_MEASURES = {"ratio": "index", "z": "test", "p": "test", "p_holm": "test"}
TESTS = ("naive", "naive_p", "corrected", "corrected_p", "exact_p")


def rows(balance: Balance, **common: Any) -> list[Row]:
    """Tests, differences, response model and R-indicators of a balance; `common` goes into each row."""
    about = {
        "estimate_type": "diagnostic",
        "mode": "D",
        "unit_type": balance.unit_type,
        "module": balance.module,
        "n_frame": balance.n_frame,
        "n_answered": balance.n_answered,
    }
    made = [*_of_tests(balance), *_of_groups(balance), *_of_model(balance), *_of_indicator(balance)]
    return [about | row | common for row in made]


def number_rows(numbers: pd.DataFrame, **common: Any) -> list[Row]:
    """Tests of a number that is known for each unit: a row of `numbers` each."""
    made = []
    for row in numbers.to_dict("records"):
        about = {key: row[key] for key in ("unit_type", "module", "n_frame", "n_answered")}
        about |= {"estimate_type": "diagnostic", "mode": "D", "item": f"association:{row['item']}"}
        made.append(about | {"measure": "index", "category": "difference", "point": row["difference"]})
        for name in ("z", "p", "ks", "ks_p"):
            if name in row:
                error = row["ks_error"] if name == "ks_p" else np.nan
                made.append(about | {"measure": "test", "category": name, "point": row[name], "se": error})
    return [row | common for row in made]


def printed_rows(account: PrintedAccount, *, population: str) -> list[Row]:
    """Every number of a printed account; `population` names the frame it is of, apart from that of the answers."""
    common = {"source": "printed", "population": population}
    made: list[Row] = []
    for row in account.responses.to_dict("records"):
        exact = row["n_low"] == row["n_high"]
        about = common | {key: row[key] for key in ("unit_type", "module", "n_frame", "source_ref")}
        about |= {"estimate_type": "level", "measure": "share", "item": "response", "estimand": "M"}
        about |= {"subset": "" if row["grouping"] == "all" else f"{row['grouping']}={row['group']}"}
        if exact:
            made.append(about | {"n_answered": row["n_low"], "k": row["n_low"], "point": row["rate_low"]})
        else:
            made.append(about | {"bound_lo": row["rate_low"], "bound_hi": row["rate_high"], "flags": "rounded"})
    for row in account.people.to_dict("records"):
        about = {key: row[key] for key in ("unit_type", "module", "n_frame", "n_answered", "source_ref")}
        covered = {"estimate_type": "level", "measure": "share", "item": "response", "estimand": "P"}
        made.append(about | common | covered | {"point": row["covered"]})
    people = account.people.assign(item="inhabitants")
    refs = dict(zip(people["unit_type"], people["source_ref"], strict=True))
    made += [row | {"source_ref": refs[row["unit_type"]]} for row in number_rows(people, **common)]
    for balance in account.balances:
        made += rows(balance, **common, source_ref=_refs(account, balance))
    return [*made, *_silent_rows(account, common)]


def _refs(account: PrintedAccount, balance: Balance) -> str:
    own = account.responses[(account.responses["grouping"] != "all") & (account.responses["module"] == balance.module)]
    return "; ".join(dict.fromkeys(ref for refs in own["source_ref"] for ref in refs.split("; ")))


def _silent_rows(account: PrintedAccount, common: Row) -> Iterator[Row]:
    refs = dict(zip(account.responses["unit_type"], account.responses["source_ref"], strict=True))
    for row in account.silent.to_dict("records"):
        about = {key: row[key] for key in ("unit_type", "module", "n_frame", "n_answered", "bound_lo", "bound_hi")}
        about |= {"estimate_type": "diagnostic", "measure": "share", "mode": "I", "item": "tipping point"}
        name = f"respondents {row['supposed']:.2f}"
        yield about | common | {"category": name, "point": row["needed"], "source_ref": refs[row["unit_type"]]}


def _of_tests(balance: Balance) -> Iterator[Row]:
    for row in balance.tests.to_dict("records"):
        item = f"association:{row['variable']}"
        for name in TESTS:
            error = row["exact_error"] if name == "exact_p" else np.nan
            yield {"measure": "test", "item": item, "category": name, "point": row[name], "se": error}
        for name in ("difference", "difference_silent"):
            yield {"measure": "index", "item": item, "category": name, "point": row[name]}


def _of_groups(balance: Balance) -> Iterator[Row]:
    for row in balance.groups.to_dict("records"):
        about = {"item": "representation", "subset": f"{row['variable']}={row['group']}"}
        for name, measure in GROUP_MEASURES.items():
            yield about | {"measure": measure, "category": name, "point": row[name]}
        for share in ("share_frame", "share_answered"):
            yield about | {"measure": "share", "category": share, "point": row[share]}
        if balance.model is None or row["variable"] not in balance.model.variables:
            continue
        limits = {"ci_method": "delta", "ci_lo": row["partial_lo"], "ci_hi": row["partial_hi"]}
        number = {"measure": "index", "category": "partial R", "point": row["partial"], "se": row["partial_se"]}
        yield about | number | limits
        number = {"category": "conditional partial R", "point": row["conditional"], "se": row["conditional_se"]}
        yield about | {"measure": "index"} | number


def _of_model(balance: Balance) -> Iterator[Row]:
    flags = "firth" if balance.model is not None and balance.model.firth else ""
    for row in balance.levels.to_dict("records"):
        name = f"{row['variable']}={row['group']}" if row["group"] else row["variable"]
        limits = {"ci_method": "wald", "ci_lo": row["ci_lo"], "ci_hi": row["ci_hi"], "se": row["se"]}
        about = {"item": "response model", "measure": "index", "flags": flags}
        yield about | {"category": f"coefficient {name}", "point": row["coefficient"], **limits}
        if row["group"]:
            effect = {"measure": "share", "category": f"effect {name}", "point": row["effect"]}
            yield about | effect
    for row in balance.terms.to_dict("records"):
        about = {"item": "response model", "flags": flags}
        yield about | {"measure": "test", "category": f"lr {row['variable']}", "point": row["lr"]}
        yield about | {"measure": "test", "category": f"lr_p {row['variable']}", "point": row["p"]}
        for name in ("partial", "partial_unadjusted", "conditional", "conditional_unadjusted"):
            error = row["se"] if not name.endswith("unadjusted") else np.nan
            number = {"category": f"{name} R {row['variable']}", "point": row[name], "se": error}
            yield about | {"measure": "index"} | number
    for name, value in balance.measures.items():
        yield {"item": "response model", "measure": "index", "category": name, "point": value, "flags": flags}


def _of_indicator(balance: Balance) -> Iterator[Row]:
    found = balance.indicator
    if found is None or balance.model is None:
        return
    # Two values of R may be compared only where the same variables were used, so they belong to its name.
    about = {"item": f"r_indicator:{'+'.join(balance.model.variables)}", "measure": "index"}
    flags = "bias_dominates" if found.bias_dominates else ""
    limits = {"ci_method": "parametric bootstrap", "ci_lo": found.ci_lo, "ci_hi": found.ci_hi}
    yield about | {"category": "R", "point": found.r, "se": found.se, "flags": flags} | limits
    yield about | {"category": "R unadjusted", "point": found.r_unadjusted}
    yield about | {"category": "coefficient of variation", "point": found.cv, "se": found.cv_se, "flags": flags}
    yield about | {"category": "coefficient of variation unadjusted", "point": found.cv_unadjusted}
    yield about | {"category": "largest bias of a share", "measure": "share", "point": found.largest_bias}
