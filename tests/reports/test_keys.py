import os
import subprocess

import pytest

from analysis import paths
from analysis.errors import InputError
from analysis.reports import keys
from tests.workspace import ROOT


@pytest.fixture
def project(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    return tmp_path


def test_the_keyed_hash_is_hmac_sha_256():
    # RFC 4231, test case 1
    expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    assert keys.keyed_hash(b"\x0b" * 20, "Hi There") == expected


def test_a_key_is_made_once_for_its_owner_alone(project):
    first = keys.load_key(keys.CARDS)
    file = project / "outputs" / "restricted" / "key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(first) == 32
    assert keys.load_key(keys.CARDS) == first


def test_no_seed_makes_a_key(project, monkeypatch, tmp_path_factory):
    first = keys.load_key(keys.CARDS)
    assert keys.load_key(keys.SCIENTIFIC) != first
    monkeypatch.setattr(paths, "root", lambda: tmp_path_factory.mktemp("another"))
    assert keys.load_key(keys.CARDS) != first


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_key_that_others_can_read_is_refused(project):
    keys.load_key(keys.CARDS)
    (project / "outputs" / "restricted" / "key").chmod(0o644)
    with pytest.raises(InputError, match="others can read the key"):
        keys.load_key(keys.CARDS)


def test_a_broken_key_is_refused(project):
    keys.load_key(keys.CARDS)
    (project / "outputs" / "restricted" / "key").write_bytes(b"short")
    with pytest.raises(InputError, match="no key of 32 bytes"):
        keys.load_key(keys.CARDS)


def test_git_ignores_keys_cards_and_exports():
    names = ["outputs/restricted/key", "outputs/restricted/scorecards/x.html", "outputs/restricted/scientific/x.csv"]
    run = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.splitlines() == names
