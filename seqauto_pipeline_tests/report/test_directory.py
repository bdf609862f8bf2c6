"""Where a report may be written, and what of it may be removed."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline.errors import NotPermittedError, ReportDirectoryError
from seqauto_pipeline.report.directory import MARKER, ReportDirectory
from seqauto_pipeline.report.names import qc_slug, run_page_name


def test_a_directory_that_holds_something_else_is_refused_and_left_as_it_was(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")

    with (
        pytest.raises(ReportDirectoryError, match=r"holds other files, such as 'thesis\.tex'"),
        ReportDirectory.opened(tmp_path, []),
    ):
        pass

    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("below", ["", "report"])
def test_nothing_is_written_below_a_scanned_root(tmp_path, below):
    root = tmp_path / "root"
    root.mkdir()

    with (
        pytest.raises(ReportDirectoryError, match="below the scanned root"),
        ReportDirectory.opened(root / below, [root]),
    ):
        pass

    assert list(root.iterdir()) == []


def test_a_link_that_leads_below_a_scanned_root_is_refused(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "link").symlink_to(root)

    with (
        pytest.raises(ReportDirectoryError, match="below the scanned root"),
        ReportDirectory.opened(tmp_path / "link" / "report", [root]),
    ):
        pass

    assert list(root.iterdir()) == []


def test_a_place_that_is_no_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(ReportDirectoryError, match="File exists"),
        ReportDirectory.opened(tmp_path / "file", []),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_of_somebody_else_says_who_may(tmp_path):
    tmp_path.chmod(0o500)

    with (
        pytest.raises(NotPermittedError),
        ReportDirectory.opened(tmp_path / "report", []),
    ):
        pass


def test_what_others_put_beside_our_pages_stays(tmp_path):
    path = tmp_path / "report"
    with ReportDirectory.opened(path, []) as directory:
        for name in ("notes.html", "a-0123456789.html", "b-0123456789.html.partial-7"):
            (path / "runs" / name).write_text("x")

        removed = directory.remove_others("runs", {"runs/none-0000000000.html"})

    assert removed == 2
    assert [each.name for each in (path / "runs").iterdir()] == ["notes.html"]
    assert (path / MARKER).exists()


def test_a_link_in_the_place_of_a_page_is_replaced_and_not_followed(tmp_path):
    path, victim = tmp_path / "report", tmp_path / "victim"
    victim.write_text("untouched")
    with ReportDirectory.opened(path, []) as directory:
        (path / "index.html").symlink_to(victim)
        (path / "runs" / "a-0123456789.html").symlink_to(victim)

        assert directory.sizes("runs") == {}
        directory.write("index.html", b"ours")

    assert victim.read_text() == "untouched"
    assert (path / "index.html").read_bytes() == b"ours"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a/b", "x" * 300, "\udcff", "", "..", "<script>", "é", "CON", "a\0b"],
)
def test_names_of_pages_are_harmless_whatever_a_run_is_called(name):
    page = run_page_name(name, "/data", f"kit/{name}")

    directory, _, file = page.partition("/")
    assert directory == "runs"
    assert Path(file).name == file
    assert file.isascii()
    assert len(file) <= 80
    assert set(file) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")


def test_runs_of_one_name_in_two_places_have_pages_of_their_own():
    assert run_page_name("a", "/data", "x/a") != run_page_name("a", "/data", "y/a")
    assert qc_slug("kit", "a b") != qc_slug("kit", "a_b")
