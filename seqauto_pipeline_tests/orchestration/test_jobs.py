from pathlib import Path

import dagster as dg
import pytest
from dagster._core.workspace.load import location_origins_from_yaml_paths as origins_of

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.errors import UnknownScanError
from seqauto_pipeline.orchestration.history import ScanState, find_scan, scan_story
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.resources import LAUNCH_FIELDS
from seqauto_pipeline.orchestration.tags import MAX_RETRIES_TAG, SCAN_TAG
from seqauto_pipeline_tests.orchestration.conftest import RUN, Lab, Scan, write_run_folder

_CHECKOUT = Path(__file__).parents[2]
STEPS = ["scan_files", "parse_sample_sheets", "create_models", "scripts_and_jobs"]


def test_a_scan_goes_through_its_steps_and_reports_what_it_found(
    scan: Scan, instance: dg.DagsterInstance
) -> None:
    story = scan()

    assert story.state is ScanState.FINISHED
    assert [step.name for step in story.steps] == STEPS
    assert story.number("run_folders") == 1
    assert story.number("samples") == 1
    files = {
        (row["file_type"], row["state"]): row["count"] for row in story.steps[2].tables["files"]
    }
    assert files["bam", "complete"] == 1
    assert files["vcf", "non_existent"] == 1
    assert str(story.number("jobs")).startswith("No jobs are configured: to have ")
    assert all(step.seconds is not None for step in story.steps)
    outputs = instance.all_logs(story.id, of_type=dg.DagsterEventType.STEP_OUTPUT)
    names = [
        name
        for entry in outputs
        for name in entry.get_dagster_event().step_output_data.metadata  # which people read
    ]
    assert "run folders" in names
    assert not [name for name in names if "_" in name]


def test_a_second_scan_of_an_unchanged_disk_changes_nothing(scan: Scan) -> None:
    scan()

    story = scan()

    assert (story.number("files_changed"), story.number("runs_changed")) == (0, 0)


def test_a_scan_of_the_command_line_names_the_code_location_that_web_servers_know(
    scan: Scan, instance: dg.DagsterInstance
) -> None:
    files = [str(_CHECKOUT / each) for each in ("workspace.yaml", "deploy/workspace.yaml")]
    known = [each.location_name for file in files for each in origins_of([file])]

    run = instance.get_run_by_id(scan().id)

    assert run is not None
    assert run.remote_job_origin is not None
    assert known == [run.remote_job_origin.location_name] * 2
    assert run.remote_job_origin.repository_origin.repository_name == "__repository__"
    assert run.tags[SCAN_TAG] == "true"


def test_the_job_runs_from_its_default_config(lab: Lab) -> None:
    with dg.DagsterInstance.get() as instance:
        result = seqauto_scan.execute_in_process(instance=instance)

    assert result.success


def test_every_launch_option_has_a_default_and_explains_itself() -> None:
    assert set(LAUNCH_FIELDS) == {
        "roots",
        "runs",
        "accept_vanished",
        "reuse_prev_scan_id",
        "force",
        "full",
        "start_over",
        "only_launch_types",
        "dry_run_jobs",
    }
    assert all(len(str(each.description)) > 40 for each in LAUNCH_FIELDS.values())
    assert not any(each.is_required for each in LAUNCH_FIELDS.values())
    assert dg.validate_run_config(seqauto_scan, {})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("roots", [{"env": "HOME"}]),
        ("runs", [{"env": "HOME"}]),
        ("reuse_prev_scan_id", {"env": "HOME"}),
    ],
)
def test_a_launch_cannot_name_an_environment_variable_to_have_it_shown(
    option: str, value: object
) -> None:
    config = {"resources": {"options": {"config": {option: value}}}}

    with pytest.raises(dg.DagsterInvalidConfigError, match=r"Invalid scalar|Value.*must be"):
        dg.validate_run_config(seqauto_scan, config)


@pytest.mark.parametrize("root", ["/etc", "/", "../disk"])
def test_a_root_that_the_settings_do_not_name_is_refused(lab: Lab, scan: Scan, root: str) -> None:
    story = scan(roots=[root])

    assert story.state is ScanState.ERROR
    assert story.failure is not None
    assert story.failure.message == (
        f"{root!r} is not a configured root; configured are: {lab.root}. "
        "Name one of these, or add it to scan_roots in the settings."
    )


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "..", ".", "%2e%2e", "a\0b", "*", ""]
)
def test_a_scan_to_reuse_is_an_id_and_no_path(instance: dg.DagsterInstance, name: str) -> None:
    with pytest.raises(UnknownScanError):
        find_scan(instance, name)


def test_a_scan_can_be_narrowed_to_a_root_and_a_run(lab: Lab, scan: Scan) -> None:
    other = "idt_haem/220202_M00123_0008_000000000-BBBBB"
    write_run_folder(lab.root / other)

    story = scan(roots=[f"{lab.root}/"], runs=[other.rpartition("/")[2]])

    assert story.state is ScanState.FINISHED
    assert story.number("run_folders") == 1


@pytest.mark.parametrize("setting", ["scan_disks", "upload_enabled"])
def test_a_person_may_scan_although_the_schedule_may_not(
    lab: Lab, scan: Scan, setting: str
) -> None:
    lab.configure(f"{setting} = false")

    assert scan().state is ScanState.FINISHED


def test_nobody_may_scan_when_seqauto_is_not_enabled(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    lab.configure("enabled = false")

    story = scan()

    assert story.state is ScanState.ERROR
    assert story.failure is not None
    assert story.failure.message == (
        "SEQAUTO_ENABLED is false: nothing scans, not even by hand. "
        "Set it to true, then scan again."
    )
    assert story.steps == ()


def test_settings_that_cannot_be_read_end_the_scan_with_their_line(lab: Lab, scan: Scan) -> None:
    lab.configure("brake_fractoin = 0.5")

    story = scan()

    assert story.failure is not None
    assert f"{lab.home}/seqauto.toml:3" in story.failure.message
    assert "did you mean brake_fraction" in story.failure.message


def test_an_error_of_our_own_is_never_retried(lab: Lab, instance: dg.DagsterInstance) -> None:
    lab.configure("enabled = false")

    with dg.execute_job(dg.reconstructable(seqauto_scan), instance) as result:
        failed = instance.get_run_by_id(result.run_id)

    assert failed is not None
    assert failed.tags[MAX_RETRIES_TAG] == "0"


def test_a_scan_that_may_not_wait_says_for_whom_it_would_have_to(lab: Lab, scan: Scan) -> None:
    lock = scan_lock(lab.database_url, "0d6f0b5c-8f6e-4a0e-9d57-2d1c0f0a7b11")
    lock.take()

    story = scan(waits=False)
    lock.close()

    assert story.state is ScanState.ERROR
    assert story.failure is not None
    assert story.failure.message == (
        "Another scan is running: 0d6f0b5c-8f6e-4a0e-9d57-2d1c0f0a7b11. "
        "Scan again when it has ended, or leave out --no-wait to wait for it."
    )


def test_a_scan_gives_the_lock_back_however_it_ends(lab: Lab, scan: Scan) -> None:
    for options in ({}, {"roots": ["/etc"]}):
        scan(**options)
        lock = scan_lock(lab.database_url, "next")

        assert lock.take() is None
        lock.close()


def test_the_model_step_alone_can_be_run_again_with_the_options_of_the_scan(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    first = scan(runs=[RUN])
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()

    again = dg.ReexecutionOptions(parent_run_id=first.id, step_selection=["create_models*"])
    with dg.execute_job(
        dg.reconstructable(seqauto_scan), instance, reexecution_options=again
    ) as result:
        story = scan_story(instance, result.run_id)

    assert story.state is ScanState.FINISHED
    assert [step.name for step in story.steps] == ["create_models", "scripts_and_jobs"]
    assert story.config == {"runs": [RUN]}
    assert story.number("files_changed") == 0


def test_an_earlier_file_list_is_used_in_place_of_the_disks(lab: Lab, scan: Scan) -> None:
    first = scan()
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()

    story = scan(reuse_prev_scan_id=first.short_id)

    assert story.state is ScanState.FINISHED
    assert story.number("files_changed") == 0


def test_an_older_file_list_is_applied_only_when_forced(lab: Lab, scan: Scan) -> None:
    first = scan()
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()
    scan()

    refused = scan(reuse_prev_scan_id=first.id)
    forced = scan(reuse_prev_scan_id=first.id, force=True)

    assert refused.state is ScanState.ERROR
    assert refused.failure is not None
    assert "older than the one last applied" in refused.failure.message
    assert forced.state is ScanState.FINISHED
    assert forced.number("files_changed") == 1


def test_a_file_list_that_is_not_kept_any_more_is_refused_in_words(lab: Lab, scan: Scan) -> None:
    first = scan()
    (lab.home / "scans" / f"{first.id}.jsonl.gz").unlink()

    story = scan(reuse_prev_scan_id="latest-finished")

    assert story.failure is not None
    assert "past retention" in story.failure.message


def test_the_scans_beyond_the_number_to_keep_are_deleted_with_their_outputs(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    lab.configure("keep_scans = 2")

    stories = [scan() for _ in range(4)]

    kept = {story.id for story in stories[1:]}  # the last one had not ended when it cleared away
    assert set(instance.get_run_ids()) == kept
    assert {path.name for path in (lab.home / "storage").iterdir()} == kept
    records = {path.name.removesuffix(".jsonl.gz") for path in (lab.home / "scans").iterdir()}
    assert records == {story.id for story in stories[2:]}
