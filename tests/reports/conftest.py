"""Pages that are shown to a test and written to a folder of its own."""

import pytest

from analysis.reports.display.page import Page


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path) -> list[str]:
    """The markup that pages show in the test, piece by piece; a made-up wave is no stage that has hashes."""
    monkeypatch.setenv("ANALYSIS_STAGING", str(tmp_path))
    monkeypatch.setattr("analysis.reports.display.provenance.hashes", lambda stage, wave: {})
    markup: list[str] = []
    monkeypatch.setattr(Page, "_show", lambda self, text, lab=None: markup.append(text))
    return markup
