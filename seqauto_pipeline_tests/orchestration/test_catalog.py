"""The catalog of the web UI: told what changed, and nothing else."""

import datetime as dt
import gzip
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.monitoring.readings import Reading, Standing
from seqauto_pipeline.orchestration.catalog import after_scan, publish
from seqauto_pipeline.orchestration.catalog.publish import opened, untold
from seqauto_pipeline.orchestration.catalog.publish_job import pages_of_runs, publish_runs
from seqauto_pipeline.orchestration.catalog.specs import RUN_KEYS, RUNS, WAITING, WAITING_KEYS
from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline.orchestration.launch import tell_catalog_again
from seqauto_pipeline.orchestration.runtime.event_retention import forget_old_events
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.status_asset import status_events
from seqauto_pipeline.views.findings import QUESTIONS
from seqauto_pipeline_tests.orchestration.conftest import NAME, RUN, write_run_folder

_GENES = "Name\tSize\tMean\tStdDev\tMax\tMin\t% >=20X\nTP53;NM_1\t9\t9\t9\t9\t9\t9\n"
FILES = {
    "0_fastq/S1_R1.fastq.gz": b"reads",
    "0_fastq/S1_R2.fastq.gz": b"reads",
    "0_goi/{name}_S1.txt": b"TP53\n",
    "2_variants/gatk_per_sample/S1.gatk.hg38.vcf.gz": b"calls",
    "2_variants/{name}.gatk.hg38.vcf.gz": b"calls",
    "4_QC/exec_stats/S1_qc_summary.txt": b"fine",
    "4_QC/exec_stats/S1_stats.tsv": b"Name\tValue\nSample\tS1\n%ReadEnrich\t71.5\n",
    "4_QC/bam_stats/samples/S1.per_gene_coverage.tsv.gz": gzip.compress(_GENES.encode()),
}


def make_whole(folder: Path) -> None:
    for name, content in FILES.items():
        path = folder / name.format(name=folder.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def told(instance, asset, run=None):
    """The events of an asset, newest first."""
    found = records(instance, asset)
    return [each.asset_materialization for each in found if run in (None, each.run_id)]


def records(instance, asset):
    return instance.fetch_materializations(dg.AssetKey(asset), limit=100).records


def checks(instance, name):
    found = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey(RUNS), name), limit=10
    )
    return [each.event.dagster_event.event_specific_data for each in found]


def test_a_run_is_told_with_its_samples_messages_and_remedies_and_waits(lab, scan, instance):
    story = scan()

    [page] = told(instance, RUNS, story.id)
    [waiting] = told(instance, WAITING, story.id)
    key = f"{NAME} in {lab.root}/idt_haem"
    assert instance.get_dynamic_partitions(RUN_KEYS) == [key] == [page.partition]
    assert instance.get_dynamic_partitions(WAITING_KEYS) == [key] == [waiting.partition]
    assert page.description.startswith("Lacks 7 of 8 expected files: 2 FASTQ missing, ")
    assert page.metadata["files"].value.startswith("FASTQ 0/2, gene list 0/1, BAM 1/1, ")
    assert "| S1 | ✘✘ | ✘ | ✔ |" in page.metadata["samples"].value
    assert "**What to do:**" in page.metadata["messages"].value
    [change] = page.metadata["last changes"].value.splitlines()
    assert ", scan 1: The run folder is complete. 1 BAM: there. 1 exec summary: missing." in change
    folder = (page.metadata["folder"].value, page.metadata["in it"].value)
    assert "/".join(folder) == str(lab.root / RUN)  # in two parts, for it is long
    assert f"](/runs/{story.id})" in page.metadata["links"].value
    assert "2 FASTQ missing" in waiting.metadata["waits for"].value
    for text in (*page.metadata.values(), *waiting.metadata.values()):
        assert "non_existent" not in str(text.value)
        assert "`seqauto" not in str(text.value)
        assert not isinstance(text.value, str) or len(text.value) < 1000  # shown in place


def test_only_what_changed_is_told_and_a_run_that_is_whole_waits_no_more(lab, scan, instance):
    other = RUN.replace("0007", "0008")
    write_run_folder(lab.root / other)
    scan()
    unchanged = scan()
    make_whole(lab.root / RUN)

    whole = scan(full=True)

    assert told(instance, RUNS, unchanged.id) == []
    pages = {each.partition: each for each in told(instance, RUNS, whole.id)}
    assert [key.split(" in ")[0] for key in pages] == [NAME]
    [page] = pages.values()
    assert page.description == "Complete: all 8 expected files are there."
    newest, oldest = page.metadata["last changes"].value.splitlines()
    assert ", scan 3: 1 exec summary: there (before: missing). 2 FASTQ: there" in newest
    assert ", scan 1: The run folder is complete." in oldest
    assert [key.split(" in ")[0] for key in instance.get_dynamic_partitions(WAITING_KEYS)] == [
        other.rpartition("/")[2]
    ]


def test_of_a_page_that_there_is_a_newer_one_of_description_and_numbers_stay(lab, scan, instance):
    scan()
    [whole], [waited] = told(instance, RUNS), told(instance, WAITING)
    make_whole(lab.root / RUN)

    scan(full=True)

    newest, before = told(instance, RUNS)
    assert newest.metadata.keys() >= {"verdict", "samples", "messages", "links", "folder"}
    assert (before.description, before.partition) == (whole.description, newest.partition)
    assert before.metadata == {"lacking": whole.metadata["lacking"]}
    [left] = told(instance, WAITING)  # a list that the run has left
    assert (left.description, left.metadata) == (waited.description, {})


def test_qc_is_told_at_the_day_of_the_sequencing_whatever_scan_finds_it(lab, scan, instance):
    older = RUN.replace("210101", "200302").replace("ABCDE", "OLDER")
    make_whole(lab.root / RUN)
    scan()
    write_run_folder(lab.root / older)
    make_whole(lab.root / older)
    scan()

    found = records(instance, "qc_idt_haem")
    days = [dt.datetime.fromtimestamp(each.timestamp, dt.UTC).date() for each in found]
    assert days == [dt.date(2020, 3, 2), dt.date(2021, 1, 1)]
    assert found[0].asset_materialization.metadata["%ReadEnrich"].value == 71.5
    assert all(each.run_id == "" for each in found)

    (lab.root / RUN / "1_BAM" / "S1.hg38.bam").unlink()
    scan()
    assert len(told(instance, RUNS)) == 3
    assert len(records(instance, "qc_idt_haem")) == 2  # whose figures are what they were

    stats = lab.root / RUN / "4_QC" / "exec_stats" / "S1_stats.tsv"
    stats.write_text("Name\tValue\nSample\tS1\n%ReadEnrich\t72.5\n")
    scan()
    assert len(records(instance, "qc_idt_haem")) == 3


@pytest.mark.sqlite  # where Dagster writes each event twice
def test_the_page_of_a_scan_has_the_verdicts_and_not_every_page_of_a_run_once_more(
    lab, scan, instance
):
    story = scan()

    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    events = [each.dagster_event for each in instance.all_logs(story.id, of_type=kind)]
    [page] = [each for each in events if each.asset_key == dg.AssetKey(RUNS)]
    shown = page.step_materialization_data.materialization
    [whole] = told(instance, RUNS, story.id)
    assert (page.message, shown.partition) == (whole.description, whole.partition)
    assert shown.metadata == {}
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    rows = [each.dagster_event for each in instance.all_logs(story.id, of_type=kind)]
    assert [each.event_specific_data.check_name for each in rows] == [q.name for q in QUESTIONS]
    [said] = [each.event_specific_data for each in rows if each.message.startswith("Fails for 1")]
    [whole] = checks(instance, said.check_name)
    assert whole.metadata.keys() == {"answer", "failing"}
    assert said.metadata == {"answer": whole.metadata["answer"]}


def test_checks_name_what_fails_with_the_remedy_and_turn_again(lab, scan, instance):
    (lab.root / RUN / "SampleSheet.csv").unlink()
    scan()
    write_run_folder(lab.root / RUN)
    make_whole(lab.root / RUN)
    scan(full=True)

    now, before = checks(instance, "sample_sheets_are_valid")
    assert (before.passed, now.passed) == (False, True)
    assert before.severity is dg.AssetCheckSeverity.ERROR
    [row] = before.metadata["failing"].value.records
    line = row.data["what fails, and what to do"]
    assert line.startswith(f"{NAME} in {lab.root}/idt_haem: the run folder has no SampleSheet.csv")
    assert "Copy" in line
    assert now.metadata.keys() == {"answer"}
    assert all(len(checks(instance, each.name)) == 2 for each in QUESTIONS)


def test_many_changed_runs_are_told_by_a_job_of_their_own_in_batches(
    lab, scan, instance, monkeypatch
):
    monkeypatch.setattr(publish, "MAX_RUNS", 2)
    monkeypatch.setattr(after_scan, "MAX_RUNS", 2)
    for number in range(5):
        write_run_folder(lab.root / RUN.replace("0007", f"001{number}"))
    story = scan()
    assert told(instance, RUNS) == []
    asked = pages_of_runs(dg.build_sensor_context(instance=instance))

    done = publish_runs.execute_in_process(instance=instance)

    assert [each.run_key for each in asked.run_requests] == [story.id]
    assert done.success
    by_run = Counter(each.run_id for each in records(instance, RUNS))
    assert sorted(by_run.values()) == [2, 2, 2]
    later = pages_of_runs(dg.build_sensor_context(instance=instance))
    assert not later.run_requests
    assert later.skip_reason.skip_message == "The pages of all sequencing runs are up to date."


def test_what_people_say_is_told_after_the_next_scan(lab, scan, instance):
    scan()
    assert CliRunner().invoke(main, ["flag", NAME, "bad", "--on", "--by", "Ann"]).exit_code == 0

    scan()

    assert instance.get_dynamic_partitions(WAITING_KEYS) == []
    assert "flags: bad" in told(instance, RUNS)[0].metadata["about the run"].value


def test_all_that_people_say_is_told_however_many_runs_it_is_about(
    lab, scan, instance, monkeypatch
):
    names = [NAME.replace("0007", f"001{number}") for number in range(4)]
    for name in names:
        write_run_folder(lab.root / RUN.replace(NAME, name))
    scan()
    monkeypatch.setattr(publish, "MAX_RUNS", 2)
    for name in names:
        done = CliRunner().invoke(main, ["flag", name, "bad", "--on", "--by", "Ann"])
        assert done.exit_code == 0

    publish_runs.execute_in_process(instance=instance)

    flagged = [
        each.partition
        for each in told(instance, RUNS)
        if "about the run" in each.metadata and "flags: bad" in each.metadata["about the run"].value
    ]
    assert len(flagged) == len(set(flagged)) == 4
    by_run = Counter(each.run_id for each in records(instance, RUNS)[: len(flagged)])
    assert sorted(by_run.values()) == [2, 2]
    with opened(read_site()) as models:
        assert untold(instance, models) == 0


def test_a_run_that_moved_has_one_page(lab, scan, instance):
    (lab.root / RUN / "4_QC/sequencing_stats/RunInfo.xml").write_text(
        '<?xml version="1.0"?><RunInfo Version="2"><Run Id="X" Number="7">'
        "<Flowcell>ABCDE</Flowcell><Instrument>M00123</Instrument><Date>210101</Date><Reads/></Run></RunInfo>"
    )
    scan()
    (lab.root / "other_kit").mkdir()
    (lab.root / RUN).rename(lab.root / "other_kit" / NAME)

    scan()

    assert instance.get_dynamic_partitions(RUN_KEYS) == [f"{NAME} in {lab.root}/other_kit"]


@pytest.mark.sqlite
def test_models_made_anew_are_told_from_the_start(lab, scan, instance):
    scan()
    for file in lab.home.glob("seqauto.db*"):
        file.unlink()

    again = scan(start_over=True)

    assert len(told(instance, RUNS, again.id)) == 1
    with opened(read_site()) as models:
        assert untold(instance, models) == 0


def test_models_that_were_put_back_are_told_from_the_start(lab, scan, instance):
    scan()
    tell_catalog_again()

    again = scan()

    assert len(told(instance, RUNS, again.id)) == 1


def test_a_catalog_that_cannot_be_told_fails_no_scan(lab, scan, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(after_scan, "publish_next", refuse)

    assert scan().state is ScanState.FINISHED
    monkeypatch.undo()


def test_the_page_of_a_run_does_not_go_with_the_old_scan_that_told_of_it(lab, scan, instance):
    first = scan()
    scan()
    instance.delete_run(first.id)
    assert told(instance, RUNS) == []

    publish.tell_again_what_went(instance)
    scan()

    assert len(told(instance, RUNS)) == 1


def test_old_events_of_no_run_and_old_answers_are_forgotten(lab, scan, instance):
    scan()
    for event in status_events((Reading("daemon", Standing.OK, "running"),)):
        instance.report_runless_asset_event(event)
    assert len(records(instance, "server_status")) == 1
    assert checks(instance, QUESTIONS[0].name)
    now = dt.datetime.now(dt.UTC)

    forget_old_events(instance, "server_status", now - dt.timedelta(hours=1))
    assert len(records(instance, "server_status")) == 1
    assert checks(instance, QUESTIONS[0].name)

    forget_old_events(instance, "server_status", now + dt.timedelta(hours=1))
    assert records(instance, "server_status") == []
    assert checks(instance, QUESTIONS[0].name) == []
    assert len(told(instance, RUNS)) == 1
