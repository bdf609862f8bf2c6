"""Settings as values."""

import pickle
from pathlib import Path

import pytest

from seqauto_pipeline.settings import (
    ScanRoot,
    load_settings,
)


def test_roots_next_to_each_other_with_a_common_start_are_fine():
    settings = load_settings({"SEQAUTO_SCAN_ROOTS": "/data/run:/data/run2"})

    assert len(settings.scan_roots) == 2


def test_a_root_can_have_a_layout_of_its_own(with_file):
    text = '[[scan_roots]]\npath = "/a"\n[[scan_roots]]\npath = "/b"\nlayout = "illumina"\n'

    settings = load_settings(with_file(text))

    assert settings.scan_roots == (
        ScanRoot(path=Path("/a")),
        ScanRoot(path=Path("/b"), layout="illumina"),
    )


def test_a_root_can_be_listed_elsewhere(with_file):
    text = (
        '[[scan_roots]]\npath = "/a"\nlist_command = ["ssh", "storage1"]\nroot_there = "/e/a"\n'
        "list_timeout_seconds = 60.0\n"
        '[[scan_roots]]\npath = "/b"\nlist_file = "/lists/b.gz"\nlist_max_age_hours = 12.0\n'
        '[[scan_roots]]\npath = "/c"\n'
    )

    by_command, by_file, here = load_settings(with_file(text)).scan_roots

    assert (by_command.list_command, by_command.root_there) == (("ssh", "storage1"), Path("/e/a"))
    assert (by_file.list_file, by_file.list_max_age_hours) == (Path("/lists/b.gz"), 12)
    assert [each.is_listed_here for each in (by_command, by_file, here)] == [False, False, True]


def test_a_password_does_not_show_in_the_settings_themselves():
    settings = load_settings({"SEQAUTO_DATABASE_URL": "postgresql://u:geheim@h/d"})

    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_settings_cannot_be_changed_and_survive_pickling():
    settings = load_settings({"SEQAUTO_SCAN_ROOTS": "/a"})

    with pytest.raises(ValueError, match="frozen"):
        settings.enabled = False
    assert pickle.loads(pickle.dumps(settings)) == settings
