import pytest

from analysis.errors import InputError
from analysis.inputs import glossary
from analysis.reports.display import words
from tests.workspace import ROOT


def test_every_term_is_defined_in_three_languages_and_says_how_sure_its_wording_is():
    terms = glossary.read_glossary()
    assert len({term.term_id for term in terms}) == len(terms)
    assert all("native" in term.checked_by for term in terms)
    assert all(term.remark for term in terms if term.standing == "doubtful")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_form_leads_to_two_terms_and_the_pages_use_every_one(language):
    linked = [term for term in glossary.read_glossary() if term.linked == "y"]
    names = [name.casefold() for term in linked for name in term.names(language)]
    assert len(names) == len(set(names))
    notebooks = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "notebooks").glob("*.ipynb"))
    said = f"{[entry.get(language, '') for entry in words.catalogue().values()]}{notebooks}".casefold()
    assert [name for term in linked for name in term.names(language)[1:] if name.casefold() not in said] == []


def test_a_term_without_a_definition_is_refused(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    header = "term_id,en,nb,sv,definition_en,definition_nb,definition_sv,standing,checked_by,remark"
    row = "frame,frame,ramme,ram,A list.,,En lista.,established,nobody,"
    (tmp_path / "docs" / "glossary.csv").write_text(f"{header}\n{row}\n")
    monkeypatch.setattr(glossary.paths, "root", lambda: tmp_path)
    with pytest.raises(InputError, match="row 2, column 'definition_nb'"):
        glossary.read_glossary()
