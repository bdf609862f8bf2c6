import dagster as dg
import pytest
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin
from dagster_shared.error import SerializableErrorInfo

from seqauto_pipeline.errors import UnknownScanError
from seqauto_pipeline.orchestration.history import (
    ScanState,
    find_scan,
    scan_stories,
    scan_story,
)
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    EngineEventData,
    JobFailureData,
    RemoteRepositoryOrigin,
)
from seqauto_pipeline.orchestration.tags import (
    RETRY_NUMBER_TAG,
    SCAN_JOB,
    SCHEDULE_TAG,
    SENSOR_TAG,
)
from seqauto_pipeline_tests.orchestration.conftest import Lab, Scan


def test_the_most_recent_scan_comes_first_and_pages_follow_on(
    scan: Scan, instance: dg.DagsterInstance
) -> None:
    ids = [scan().id for _ in range(3)]

    pages = [scan_stories(instance, 2), scan_stories(instance, 2, offset=2)]

    assert [[story.id for story in page] for page in pages] == [[ids[2], ids[1]], [ids[0]]]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (dg.DagsterRunStatus.NOT_STARTED, ScanState.CREATED),
        (dg.DagsterRunStatus.STARTED, ScanState.CREATED),
        (dg.DagsterRunStatus.CANCELED, ScanState.CANCELLED),
        (dg.DagsterRunStatus.FAILURE, ScanState.ERROR),
        (dg.DagsterRunStatus.SUCCESS, ScanState.FINISHED),
    ],
)
def test_a_scan_without_steps_has_the_state_of_its_dagster_run(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus, state: ScanState
) -> None:
    created = instance.create_run_for_job(seqauto_scan, status=status)

    assert scan_story(instance, created.run_id).state is state


def test_a_finished_scan_says_when_each_step_began_and_how_long_it_took(
    scan: Scan, instance: dg.DagsterInstance
) -> None:
    story = scan_story(instance, scan().id)

    began = [step.began for step in story.steps]
    assert began == sorted(began)
    assert story.ended is not None
    assert story.created <= began[0] <= began[-1] <= story.ended
    assert story.seconds is not None
    assert sum(step.seconds or 0 for step in story.steps) <= story.seconds
    assert [step.state for step in story.steps] == [
        ScanState.SCANNING_FILES,
        ScanState.CREATE_MODELS,
        ScanState.CREATE_MODELS,
        ScanState.SCRIPTS_AND_JOBS,
    ]


@pytest.mark.parametrize(
    ("tags", "launcher"),
    [
        ({SCHEDULE_TAG: "scheduled_scan"}, "schedule"),
        ({SENSOR_TAG: "new_runs"}, "sensor"),
        ({RETRY_NUMBER_TAG: "1", SCHEDULE_TAG: "scheduled_scan"}, "retry"),
        ({}, "command line"),
    ],
)
def test_who_launched_a_scan_is_told(
    instance: dg.DagsterInstance, tags: dict[str, str], launcher: str
) -> None:
    created = instance.create_run_for_job(seqauto_scan, tags=tags)

    assert scan_story(instance, created.run_id).launched_by == launcher


def test_a_scan_that_a_code_server_ran_is_told_from_one_that_only_names_it(
    scan: Scan, instance: dg.DagsterInstance
) -> None:
    server = GrpcServerCodeLocationOrigin("localhost", socket="/run/code.sock")
    origin = RemoteRepositoryOrigin(server, "__repository__").get_job_origin(SCAN_JOB)
    served = instance.create_run_for_job(seqauto_scan, remote_job_origin=origin)

    assert scan_story(instance, served.run_id).launched_by == "web UI"
    assert scan().launched_by == "command line"


def test_an_error_is_told_with_the_traceback_of_where_it_arose(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    lab.configure("layout = '/nowhere/layout.toml'")

    story = scan_story(instance, scan().id)

    assert story.state is ScanState.ERROR
    assert story.failure is not None
    assert "/nowhere/layout.toml" in story.failure.message
    assert "Traceback" not in story.failure.message
    assert "load_layout" in story.failure.traceback


def _fail(instance: dg.DagsterInstance, error: SerializableErrorInfo) -> str:
    """Store that a scan failed as Dagster's own executor does; give what people are told."""
    run = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.STARTED)
    event = dg.DagsterEvent(
        dg.DagsterEventType.RUN_FAILURE.value,
        SCAN_JOB,
        event_specific_data=JobFailureData(error=error),
    )
    instance.report_dagster_event(event, run.run_id)
    failure = scan_story(instance, run.run_id).failure
    assert failure is not None
    return failure.message


def test_a_scan_whose_events_could_not_be_stored_is_told_so(instance: dg.DagsterInstance) -> None:
    cut_off = SerializableErrorInfo("GeneratorExit\n", [], "GeneratorExit")

    message = _fail(instance, cut_off)

    assert message.startswith("Dagster's storage could not be reached or written to")
    assert "`seqauto doctor`" in message


def test_our_own_error_is_told_before_what_caused_it(instance: dg.DagsterInstance) -> None:
    cut_off = SerializableErrorInfo("GeneratorExit\n", [], "GeneratorExit")
    lost = SerializableErrorInfo(
        "psycopg2.OperationalError: gone\n", [], "OperationalError", cut_off
    )
    ours = SerializableErrorInfo(
        "seqauto_pipeline.errors.ScanLockError: Cannot lock\n", [], "ScanLockError", lost
    )
    outer = SerializableErrorInfo("DagsterExecutionError: op failed\n", [], "X", ours)

    assert _fail(instance, outer) == "Cannot lock"
    assert _fail(instance, lost) == "psycopg2.OperationalError: gone"


def test_a_scan_that_could_not_even_be_loaded_tells_why(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.STARTING)
    error = SerializableErrorInfo("SyntaxError: invalid syntax", ["line 1"], "SyntaxError")
    instance.report_engine_event(
        "Could not load job definition.", run, EngineEventData(error=error)
    )
    instance.report_run_failed(run)

    failure = scan_story(instance, run.run_id).failure

    assert failure is not None
    assert failure.message == "SyntaxError: invalid syntax"
    assert "line 1" in failure.traceback


def test_an_id_may_be_shortened_as_long_as_it_is_one_scans(
    instance: dg.DagsterInstance,
) -> None:
    ids = ["aaaa0000-0000-4000-8000-000000000001", "aaaa1111-0000-4000-8000-000000000002"]
    for each in ids:
        instance.create_run_for_job(seqauto_scan, run_id=each)

    assert find_scan(instance, "aaaa1") == ids[1]
    with pytest.raises(UnknownScanError, match="2 scans have an id that starts so: aaaa1111, aaaa"):
        find_scan(instance, "aaaa")
    with pytest.raises(UnknownScanError, match="no scan of this DAGSTER_HOME"):
        find_scan(instance, "bbbb")
    with pytest.raises(UnknownScanError, match="List the scans with `seqauto scans`"):
        find_scan(instance, "")


def test_the_latest_scan_and_the_latest_that_finished_have_names(
    instance: dg.DagsterInstance,
) -> None:
    finished = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.SUCCESS)
    failed = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.FAILURE)
    asking = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.STARTED)

    assert find_scan(instance, "latest") == asking.run_id
    assert find_scan(instance, "latest", but=asking.run_id) == failed.run_id
    assert find_scan(instance, "latest-finished") == finished.run_id


def test_where_there_was_no_scan_there_is_no_latest(instance: dg.DagsterInstance) -> None:
    with pytest.raises(UnknownScanError, match="there was none yet"):
        find_scan(instance, "latest")
    with pytest.raises(UnknownScanError, match="no scan has finished yet"):
        find_scan(instance, "latest-finished")
