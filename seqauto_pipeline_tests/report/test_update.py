"""What an update writes, leaves alone and removes; and what a reader finds meanwhile."""

import datetime as dt

import pytest
from sqlalchemy import text

from seqauto_pipeline.db.session import open_database, write_session
from seqauto_pipeline.errors import ReportDirectoryError
from seqauto_pipeline.report import update as update_module
from seqauto_pipeline.report.directory import ReportDirectory
from seqauto_pipeline.settings import database_url_for


def changed_names(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {
        name.partition("-")[0] if name.startswith("data/") else name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }


def test_a_report_has_a_page_for_each_run_and_its_lists(lab, report):
    for number in (1, 2, 3):
        lab.run(number).complete()
    lab.scan()

    written = report.update()

    assert (written.runs, written.pages, written.removed) == (3, 3, 0)
    assert len(report.rows()) == 3
    names = set(report.files())
    assert {"index.html", "problems.html", "samples.html", "qc.html"} <= names
    assert all(row[1] in names for row in report.rows().values())


def test_an_update_without_changes_writes_no_page_of_a_run(lab, report):
    lab.run(1).complete()
    lab.scan()
    report.update()
    report.now += dt.timedelta(hours=1)

    assert report.update().pages == 0


def test_an_update_writes_the_pages_of_the_runs_that_changed_and_no_other(lab, report):
    runs = [lab.run(number).complete() for number in (1, 2, 3)]
    lab.scan()
    report.update()
    before = report.files()
    runs[1].place("vcf", "S2").unlink()
    lab.scan()
    report.now += dt.timedelta(hours=1)

    written = report.update()

    assert written.pages == 1
    pages = {name for name in changed_names(before, report.files()) if name.startswith("runs/")}
    assert pages == {report.rows()[runs[1].name][1]}
    assert "1 VCF gone" in report.page_of(runs[1].name)


def test_a_page_that_was_damaged_or_removed_is_written_again(lab, report):
    runs = [lab.run(number).complete() for number in (1, 2, 3)]
    lab.scan()
    report.update()
    whole = report.files()
    pages = [report.path / report.rows()[run.name][1] for run in runs]
    pages[0].write_bytes(b"")  # as a crash of the machine may leave it
    pages[1].unlink()

    assert report.update().pages == 2
    assert report.files()[f"runs/{pages[0].name}"] == whole[f"runs/{pages[0].name}"]


def test_the_page_of_a_run_that_is_hidden_or_moved_is_removed(lab, report):
    runs = [lab.run(number).complete() for number in (1, 2)]
    lab.scan()
    report.update()
    old_pages = {row[1] for row in report.rows().values()}
    engine = open_database(database_url_for(lab.settings, lab.home))
    with write_session(engine) as session:
        session.execute(
            text("UPDATE sequencing_run SET hidden = true WHERE name = :name"),
            {"name": runs[0].name},
        )
    engine.dispose()
    (lab.root / "kit_b").mkdir()
    runs[1].folder.rename(lab.root / "kit_b" / runs[1].name)
    lab.scan()

    written = report.update()

    (row,) = report.rows().values()
    assert (row[0], written.runs) == (runs[1].name, 1)
    assert written.removed >= 2
    there = {name for name in report.files() if name.startswith("runs/")}
    assert there == {row[1]}
    assert row[1] not in old_pages
    assert "moved from" in report.page_of(runs[1].name)


def test_other_settings_have_all_pages_written_anew(lab, report):
    lab.run(1).complete()
    lab.scan()
    report.update()
    lab.environ["SEQAUTO_WEB_SERVER_URL"] = "https://dagster.example.org"

    assert report.update().pages == 1
    assert "https://dagster.example.org" in report.page_of(lab.run(1).name)


def test_another_database_has_all_pages_written_anew(lab, report, tmp_path):
    lab.run(1).complete()
    lab.scan()
    report.update()
    lab.home = tmp_path / "another home"
    lab.home.mkdir()
    lab.set_up_like(lab)  # with the database of the other home
    lab.run(1).place("bam").unlink()
    lab.scan()

    assert report.update().pages == 1
    assert "1 BAM missing" in report.page_of(lab.run(1).name)


def test_files_that_turn_archived_with_time_change_their_page(lab, report):
    run = lab.run(1).complete()
    rule = '{file_type = "fastq", older_than_days = 2000}'
    (lab.home / "seqauto.toml").write_text(f"archived = [{rule}]")
    lab.scan()
    for read in (1, 2):
        run.place("fastq", "S1", read).unlink()
    lab.scan()
    report.now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    report.update()
    assert "2 FASTQ gone" in report.page_of(run.name)

    report.now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

    assert report.update().pages == 1
    assert "archived" in report.page_of(run.name)
    assert report.rows()[run.name][10] == ""


def test_what_a_person_says_changes_the_page(lab, report):
    run = lab.run(1).complete()
    run.place("bam").write_bytes(b"")
    lab.scan()
    report.update()
    assert report.rows()[run.name][8] == 1
    engine = open_database(database_url_for(lab.settings, lab.home))
    with write_session(engine) as session:
        session.execute(
            text(
                "UPDATE message SET acknowledged_by = 'Ann', acknowledged_why = 'as ordered', "
                "acknowledged_at = :now"
            ),
            {"now": dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(" ")},
        )
    engine.dispose()

    assert report.update().pages == 1
    assert report.rows()[run.name][8] == 0
    assert "as ordered" in report.page_of(run.name)


def test_a_crash_in_the_middle_leaves_a_whole_report_and_the_next_update_mends_it(
    lab, report, monkeypatch
):
    runs = [lab.run(number).complete() for number in (1, 2, 3)]
    lab.scan()
    report.update()
    for run in runs:
        run.place("vcf").unlink()
    new = lab.run(4).complete()
    lab.scan()
    report.now += dt.timedelta(hours=1)
    real, written = ReportDirectory.write, []

    def write(self: ReportDirectory, name: str, content: bytes) -> None:
        if len(written) == 5:  # two assets, and three of four pages
            (self.path / f"{name}.partial-1").write_bytes(content[:10])
            raise KeyboardInterrupt
        written.append(name)
        real(self, name, content)

    with monkeypatch.context() as context:
        context.setattr(ReportDirectory, "write", write)
        with pytest.raises(KeyboardInterrupt):
            report.update()

    assert new.name not in report.rows()
    assert all((report.path / row[1]).stat().st_size > 2000 for row in report.rows().values())
    assert report.text("index.html").endswith("</html>")

    report.update()

    assert new.name in report.rows()
    assert not [name for name in report.files() if "partial" in name]
    assert all("1 VCF gone" in report.page_of(run.name) for run in runs)


def test_a_second_writer_waits_and_then_says_who_is_in_its_way(lab, report):
    lab.run(1).complete()
    lab.scan()
    report.update()

    with (
        ReportDirectory.opened(report.path, []),
        pytest.raises(ReportDirectoryError, match="another process has been writing it for 0 s"),
        ReportDirectory.opened(report.path, [], wait_seconds=0.3),
    ):
        pass

    assert report.update().pages == 0


def test_many_runs_are_written_by_two_processes_as_by_one(lab, report, monkeypatch, tmp_path):
    for number in range(1, 7):
        lab.run(number).complete()
    lab.scan()
    report.update()
    one = report.files()
    monkeypatch.setattr("seqauto_pipeline.report.run_pages._RUNS_OF_A_REQUEST", 2)
    monkeypatch.setattr("seqauto_pipeline.report.run_pages._RUNS_FOR_SECOND_PROCESS", 3)

    report.path = tmp_path / "of two"
    written = report.update()

    assert written.pages == 6
    assert report.files() == one


def test_a_report_can_be_written_anew(lab, report):
    lab.run(1).complete()
    lab.scan()
    report.update()

    assert report.update(anew=True).pages == 1


def test_a_report_without_any_run_says_so(lab, report):
    lab.scan()

    assert report.update().runs == 0
    assert "No sequencing run is known yet." in report.text("index.html")


def test_the_words_of_an_update_are_counted():
    assert update_module.Written(1200, 1, 0).words == "1,200 runs, 1 page of runs written"
    assert update_module.Written(1, 0, 2).words.endswith(", 2 files removed")
