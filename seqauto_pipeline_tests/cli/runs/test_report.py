"""`seqauto report`: pages on models of every kind, and the words of refusals."""

import re
from pathlib import Path

import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, MISEQ, ModelsDb, Run


def test_pages_are_written_for_all_runs_but_hidden_ones(
    seqauto: Run, models_db: ModelsDb, tmp_path: Path
) -> None:
    told = seqauto("report", str(tmp_path / "report"))

    assert told.exit_code == 0, told.output
    assert "3 runs, 3 pages of runs written" in told.output
    names = [each.name for each in (tmp_path / "report/runs").iterdir()]
    assert any(name.startswith(EXOME) for name in names)
    assert not any(name.startswith(MISEQ) for name in names)


def test_a_page_tells_all_that_is_known_of_a_run(
    seqauto: Run, models_db: ModelsDb, tmp_path: Path
) -> None:
    seqauto("report", str(tmp_path / "report"))

    (page,) = (tmp_path / "report/runs").glob(f"{EXOME}-*.html")
    text = page.read_text(encoding="utf-8")
    assert "151, 8 (index), 8 (index), 151 cycles" in text
    assert "gold standard" in text
    assert "acknowledged by Ann: as ordered" in text
    assert "1 more file lies in the folder" in text
    assert 'title="R1 there, R2 missing"' in text
    assert "no longer asked for" in text
    assert "2026-01-04 16:30:00" in text  # scan 4, in Adelaide
    assert "\x1b" not in text
    assert re.search(r"=2\+5\\x1b\[31m\[red\]", text)


@pytest.mark.parametrize("words", ["", "report_directory"])
def test_the_directory_is_named_or_set(
    seqauto: Run, models_db: ModelsDb, tmp_path: Path, monkeypatch, words: str
) -> None:
    if words:
        monkeypatch.setenv("SEQAUTO_REPORT_DIRECTORY", str(tmp_path / "set"))

    told = seqauto("report")

    assert (told.exit_code, (tmp_path / "set").exists()) == ((0, True) if words else (2, False))
    if not words:
        assert "Name the directory, or set report_directory" in told.output


def test_a_directory_of_something_else_is_refused_in_one_message(
    seqauto: Run, models_db: ModelsDb, tmp_path: Path
) -> None:
    told = seqauto("report", str(tmp_path))

    assert told.exit_code == 1
    assert "holds other files" in told.output
    assert "Name another directory" in told.output


@pytest.mark.sqlite
def test_before_the_first_scan_nothing_is_written(seqauto: Run, tmp_path: Path) -> None:
    told = seqauto("report", str(tmp_path / "report"))

    assert told.exit_code == 1
    assert "No scan has run yet" in told.output
    assert not (tmp_path / "report").exists()


def test_the_report_is_the_same_on_postgresql(
    seqauto: Run, models_db: ModelsDb, models_on_postgres, tmp_path: Path
) -> None:
    seqauto("report", str(tmp_path / "sqlite"))
    models_on_postgres()
    seqauto("report", str(tmp_path / "postgres"))

    one, other = (_pages(tmp_path / name) for name in ("sqlite", "postgres"))
    assert one.keys() == other.keys()
    assert all(one[name] == other[name] for name in one)


def _pages(report: Path) -> dict[str, str]:
    written = re.compile(r"written at [-0-9: ]+")
    return {
        each.name: written.sub("", each.read_text(encoding="utf-8"))
        for each in report.rglob("*.html")
    }
