import pytest

from analysis.errors import InputError
from analysis.inputs import glossary


def test_every_term_is_defined_in_three_languages_and_says_how_sure_its_wording_is():
    terms = glossary.read_glossary()
    assert len({term.term_id for term in terms}) == len(terms)
    assert all("native" in term.checked_by for term in terms)
    assert all(term.remark for term in terms if term.standing == "doubtful")


def test_a_term_without_a_definition_is_refused(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    header = "term_id,en,nb,sv,definition_en,definition_nb,definition_sv,standing,checked_by,remark"
    row = "frame,frame,ramme,ram,A list.,,En lista.,established,nobody,"
    (tmp_path / "docs" / "glossary.csv").write_text(f"{header}\n{row}\n")
    monkeypatch.setattr(glossary.paths, "root", lambda: tmp_path)
    with pytest.raises(InputError, match="row 2, column 'definition_nb'"):
        glossary.read_glossary()
