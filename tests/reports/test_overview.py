from analysis.reports.overview import printed_only


def test_a_survey_without_answers_has_an_entry_from_what_is_printed():
    entry = printed_only("se-2011", publisher="SKL", count=24)
    assert (entry["state"], entry["country"], entry["year"]) == ("printed", "sweden", 2011)
    assert (entry["frame"], entry["answered"], entry["figures"]) == (290, 236, 24)
    assert all("SKL" in entry[f"title_{language}"] for language in ("en", "nb", "sv"))


def test_what_is_not_printed_stays_open():
    entry = printed_only("no-2020", publisher="Visma", count=3)
    assert (entry["frame"], entry["answered"]) == (None, None)
