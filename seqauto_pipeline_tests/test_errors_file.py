"""What libraries print and log is kept in a file; people are told in sentences."""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from seqauto_pipeline.errors_file import (
    ERRORS_FILE,
    keep_in_errors_file,
    logged_lines_kept,
    printed_lines_kept,
)


def nobody_says_where_logs_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


def test_what_is_printed_and_logged_meanwhile_is_kept_and_not_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_says_where_logs_go(monkeypatch)

    with printed_lines_kept(tmp_path):
        sys.stderr.write("Traceback of a library\n")
        logging.getLogger("library").warning("Retrying %s", "it")
        os.write(sys.stderr.fileno(), b"by its descriptor\n")
        subprocess.run(["sh", "-c", "echo by a process below >&2"], check=True)
        sys.stderr.write("12:00 - dagster - DEBUG - an event\n")

    kept = (tmp_path / ERRORS_FILE).read_text()
    assert "Traceback of a library\nby its descriptor\nby a process below\n" in kept
    assert "an event" not in kept
    assert "WARNING library: Retrying it" in kept
    assert capfd.readouterr().err == ""


def test_where_nothing_is_printed_there_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_says_where_logs_go(monkeypatch)

    with printed_lines_kept(tmp_path), logged_lines_kept(tmp_path):
        logging.getLogger("library").info("all is well")

    assert list(tmp_path.iterdir()) == []


def test_what_is_logged_goes_where_somebody_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_says_where_logs_go(monkeypatch)
    ours = logging.NullHandler()
    logging.getLogger().addHandler(ours)

    with logged_lines_kept(tmp_path):
        assert logging.getLogger().handlers == [ours]


def test_an_error_is_raised_after_what_was_printed_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_says_where_logs_go(monkeypatch)

    def fail() -> None:
        with printed_lines_kept(tmp_path):
            sys.stderr.write("before it\n")
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        fail()

    assert (tmp_path / ERRORS_FILE).read_text() == "before it\n"
    assert logging.getLogger().handlers == []


def test_a_home_that_takes_nothing_has_its_lines_in_the_directory_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    kept = keep_in_errors_file("a traceback", tmp_path / "missing")

    assert kept == tmp_path / ERRORS_FILE
    assert kept.read_text() == "a traceback\n"


def test_lines_that_find_no_room_at_all_break_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    with printed_lines_kept(tmp_path / "missing"):
        sys.stderr.write("lost\n")

    assert keep_in_errors_file("lost", None) is None
    assert list(tmp_path.iterdir()) == []
