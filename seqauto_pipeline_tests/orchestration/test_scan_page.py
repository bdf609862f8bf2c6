"""What the page of a scan says without a click."""

import shutil

import dagster as dg
import pytest

from seqauto_pipeline.orchestration.telling_tags import telling_tags
from seqauto_pipeline_tests.orchestration.conftest import NAME, RUN, write_run_folder


def said(instance, scan):
    """The messages of the page, oldest first."""
    return [each.message or "" for each in events(instance, scan)]


def events(instance, scan):
    return [each.dagster_event for each in instance.all_logs(scan) if each.dagster_event]


def test_the_result_of_a_scan_is_the_last_it_says(lab, scan, instance):
    story = scan()

    messages = said(instance, story.id)
    assert messages[-2].startswith("Scan 1 finished: 1 of 1 sequencing run changed, ")
    assert "; 1 wait.\nIt covered all sequencing disks; every directory listed anew" in messages[-2]
    assert messages[-3].startswith(
        "Changed, 1 to 1 of 1, worst first:\n" + NAME + ": Lacks 7 of 8 "
    )
    problem = next(each for each in messages if each.startswith("New problem: "))
    assert "\nWhat to do: " in problem
    links = events(instance, story.id)[-2].engine_event_data.metadata
    assert links["which runs wait"].value == dg.AssetKey("waiting_runs")


def test_a_scan_that_changed_nothing_says_so(lab, scan, instance):
    scan()

    messages = said(instance, scan(runs=[NAME]).id)

    assert "Scan 2 finished: nothing changed in 1 sequencing run; 1 wait." in messages[-2]
    assert f"It covered only {NAME}; " in messages[-2]
    assert not any(each.startswith(("Changed, ", "New problem")) for each in messages)


def test_an_error_of_ours_is_shown_with_what_to_launch_and_without_a_traceback(lab, scan, instance):
    for number in range(5):
        write_run_folder(lab.root / RUN.replace("0007", f"001{number}"))
    scan()
    shutil.rmtree(lab.root / "idt_haem")

    story = scan()

    failures = [each for each in events(instance, story.id) if each.is_failure]
    assert [each.event_type_value for each in failures] == ["STEP_FAILURE", "PIPELINE_FAILURE"]
    shown = failures[0].step_failure_data
    assert "with accept_vanished: [" in shown.user_failure_data.description
    assert not shown.error.stack
    assert shown.error.cause is None
    assert "Stack Trace" not in str(failures[1].job_failure_data.error)
    assert any("ended with an error, told above" in each for each in said(instance, story.id))
    # Who has a shell reads it in the words of the shell, and how it came about.
    assert "--accept-vanished" in story.failure.message
    assert "VanishedError" in story.failure.traceback


@pytest.mark.parametrize(
    ("options", "covers"),
    [
        ({}, "everything"),
        ({"full": True}, "everything, full"),
        ({"runs": ["a", "b"], "roots": ["/data"]}, "narrowed to 2 runs below 1 root"),
        ({"reuse_prev_scan_id": "0123456789"}, "file list of scan 01234567"),
    ],
)
def test_tags_tell_what_a_scan_covers(options, covers):
    config = {"resources": {"options": {"config": options}}}
    run = dg.DagsterRun(job_name="seqauto_scan", run_config=config)

    assert telling_tags(run) == {"seqauto/covers": covers, "seqauto/started_by": "command line"}


def test_a_retry_names_the_scan_that_it_is_a_retry_of():
    tags = {"dagster/retry_number": "1", "dagster/schedule_name": "scheduled_scan"}
    run = dg.DagsterRun(
        job_name="seqauto_scan",
        tags=tags,
        parent_run_id="7d80ceb8-6823-400b-a298-38ef1227458a",
        root_run_id="7d80ceb8-6823-400b-a298-38ef1227458a",
    )

    assert telling_tags(run)["seqauto/started_by"] == "retry of scan 7d80ceb8"
