from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inputs.contacts import read_contacts
from analysis.inputs.projects import read_projects
from analysis.inputs.register import load_register
from analysis.inputs.targets import load_targets
from analysis.inputs.waves import load_wave
from analysis.reports import registry, registry_show, registry_views
from analysis.reports.wave_views import Names, open_page

UNITS = pd.DataFrame({"code": ["SYN-NO-0041"], "name": ["Sixth"]})


@pytest.fixture(scope="module")
def wave():
    return load_wave("no-2017")


@pytest.fixture(scope="module")
def projects(wave):
    return read_projects(wave)


@pytest.fixture(scope="module")
def result(wave, projects):
    return registry.run(projects, wave=wave, targets=load_targets(wave), figures=load_register().figures)


def real(wave, promise: str):
    return replace(wave, file=wave.file.model_copy(update={"origin": "observed", "promise": promise}))


def test_printed_counts_are_shares_of_all_registered_projects(result):
    printed = result.printed.set_index(["item", "category"])
    assert result.total == 233
    assert printed.loc[("status", "ongoing"), "share"] == pytest.approx(150 / 233)
    assert printed.loc[("service_school", "ticked"), "share"] == pytest.approx(105 / 233)
    assert printed.groupby("question")["k"].sum()["status"] == 233
    assert result.consent == 0.5


def test_ticks_per_project_by_hand(result):
    ticks = result.printed_ticks.set_index("question")
    # 154 + 193 + 38 + 46 + 32 + 18; 160 + 92 + 16 + 6; the fourteen service areas without the 17 don't knows.
    assert ticks["ticks"].to_dict() == {"audience": 481, "kind": 274, "service": 945}
    assert ticks.loc["service", "per_project"] == pytest.approx(945 / 233)
    assert ticks["every"].to_dict() == {"audience": 18, "kind": 6, "service": 52}


def test_the_floor_of_the_service_areas_by_hand(result):
    floor = result.floor
    assert (floor.question, floor.options, floor.exempt, floor.most, floor.fewest) == ("service", 14, 17, 52, 0)
    # 945 - 14 x 52 ticks are left for 233 - 17 - 52 projects.
    assert (floor.left, floor.others) == (217, 164)
    assert floor.left_per_project == pytest.approx(217 / 164)
    # Of 52 53 55 56 56 56 57 | 58 66 70 84 87 90 105 the lower half ends at 57.
    assert floor.half == 57


def test_whole_ticks_that_must_be_there_are_found():
    # Five projects that ticked, three options, 13 of 15 ticks: two left one out, so three did not.
    floor = registry.floor("audience", [5, 4, 4], n=6, exempt=1)
    assert (floor.ticks, floor.most, floor.fewest, floor.left, floor.others) == (13, 4, 3, 1, 1)


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=30))
def test_the_true_number_of_whole_ticks_lies_between_fewest_and_most(rows):
    counts = [sum(column) for column in zip(*rows, strict=True)]
    every = sum(all(row) for row in rows)
    exempt = sum(not any(row) for row in rows)
    floor = registry.floor("any", counts, n=len(rows), exempt=exempt)
    assert floor.fewest <= every <= floor.most
    for option, count in enumerate(counts):
        assert sum(row[option] and not all(row) for row in rows) >= count - floor.most


def test_the_file_gives_the_printed_counts(result):
    given_counts = result.counts.set_index(["item", "category"])["k"]
    printed = result.printed.set_index(["item", "category"])["k"]
    assert given_counts.loc[printed.index].to_dict() == printed.to_dict()
    ticks = result.ticks
    assert (ticks[["none", "one", "several", "every"]].sum(axis=1) == 233).all()
    assert ticks.set_index("question").loc["service", "none"] == 17


def test_budgets_are_of_the_projects_that_gave_one(wave, projects):
    few = projects.head(4).assign(budget=pd.array([100, 300, -4, 200], dtype="Int64"))
    amounts = registry.run(few, wave=wave).amounts.set_index("status")
    assert amounts.loc["", ["given", "median", "total"]].to_list() == [3, 200, 600]
    assert amounts.loc["status=planned", "given"] == 0


def test_every_number_is_an_estimate_that_says_where_it_comes_from(result):
    assert set(result.estimates["source"]) == {"printed", "synthetic"}
    printed = result.estimates[result.estimates["source"] == "printed"]
    assert set(printed["mode"]) == {"A"}
    refs = {ref for refs in printed["source_ref"] for ref in refs.split("; ")}
    assert refs <= set(load_register().figures["figure_id"])


def test_projects_are_listed_as_far_as_the_promise_goes(wave, projects):
    contacts = read_contacts(wave, projects)

    def listed(of):
        return len(registry_views.may_be_listed(projects, wave=of, contacts=contacts))

    assert listed(wave) == listed(real(wave, "open")) == 233
    assert listed(real(wave, "aggregates_only")) == 0
    assert listed(real(wave, "named_with_consent")) == len(contacts) == 107


@pytest.mark.parametrize(("kind", "shown"), [("Fylkeskommune", "county municipality"), ("etat", "etat"), (None, "")])
def test_a_project_of_a_further_file_is_listed_as_far_as_it_is_described(wave, projects, kind, shown):
    bare = projects.head(1).assign(unit_type=kind, unit=None, status=-4, budget=-4)
    (row,) = registry_views.project_list(bare, names=Names(wave, "en"), units=UNITS, contacts=None).to_dict("records")
    assert (row["unit"], row["unit_type"]) == ("", shown)


def test_a_list_names_units_and_contacts_of_those_that_agreed(wave, projects):
    contacts = read_contacts(wave, projects)
    table = registry_views.project_list(projects, names=Names(wave, "en"), units=UNITS, contacts=contacts)
    first, second = table.to_dict("records")[:2]
    assert (first["unit"], first["contact"]) == ("Sixth", "not shared")
    assert second["contact"] == "Contact of P0002, p0002@contact.invalid"
    assert second["audience"] == "inhabitants; own staff; politicians; the voluntary sector"


def test_printed_figures_lead_a_page_whose_projects_are_named_synthetic(wave, projects, result, shown, tmp_path):
    page, names = open_page("registry", wave), Names(wave, "en")
    for section in (registry_show.show_printed, registry_show.show_floor, registry_show.show_counts):
        section(page, result, names)
    registry_show.show_specimen(page, names)
    registry_show.show_amounts(page, result, names)
    registry_show.show_list(page, result, names, units=UNITS, contacts=read_contacts(wave, projects))
    page.save(result)
    text = "".join(shown)
    assert "leads with 105 of 233" in text
    assert "SYNTHETIC: Projects: Service area" in text
    assert text.count("contact.invalid") == 107
    files = {path.name.split("_")[0] for path in tmp_path.rglob("*.csv")}
    assert files == {"PRINTED", "SYNTHETIC"}
    assert not any("contact.invalid" in pd.read_parquet(path).to_csv() for path in tmp_path.rglob("*.parquet"))


@pytest.mark.parametrize("language", ["nb", "sv"])
def test_the_sections_can_be_said_in_every_language(wave, projects, result, shown, language):
    page, names = open_page("registry", wave, language=language), Names(wave, language)
    registry_show.show_printed(page, result, names)
    registry_show.show_floor(page, result, names)
    registry_show.show_counts(page, result, names)
    registry_show.show_amounts(page, result, names)
    registry_show.show_list(page, result, names, units=UNITS, contacts=read_contacts(wave, projects))
    assert {"nb": "Gulvet under antallene", "sv": "Golvet under antalen"}[language] in "".join(shown)


def test_of_real_projects_none_is_shown_where_that_was_not_promised(wave, projects, result, shown):
    kept = real(wave, "aggregates_only")
    registry_show.show_list(
        open_page("registry", kept), result, Names(kept, "en"), units=UNITS, contacts=read_contacts(wave, projects)
    )
    text = "".join(shown)
    assert "not shown one by one" in text
    assert "contact.invalid" not in text
