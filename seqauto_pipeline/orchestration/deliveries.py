"""Deliveries in Dagster: a job, after each finished scan and by schedule, and what it shows."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from seqauto_pipeline.db.look.session import looking
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.delivery.configured import RECEIVER_SETTINGS, receiver_names
from seqauto_pipeline.errors import DatabaseUnavailableError, SettingsError
from seqauto_pipeline.orchestration.catalog.specs import OWNERS, SERVER_GROUP
from seqauto_pipeline.orchestration.failures import as_failure
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.site import Site, open_site, read_site
from seqauto_pipeline.settings import Settings

if TYPE_CHECKING:
    from seqauto_pipeline.delivery.delivering import Delivery
    from seqauto_pipeline.delivery.report import DeliveryReport

DELIVER_JOB = "deliver"
DELIVERIES = dg.AssetKey("deliveries")

_COLUMNS = ("receiver", "kind", "state", "count")
_SWITCHES = ("enabled", "upload_enabled")
_WHERE = f"where enabled and upload_enabled are true and a receiver is set by {RECEIVER_SETTINGS}"
_TROUBLE = ("blocked", "parked", "differs")
_GOING_ON = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
)

deliveries = dg.AssetSpec(
    DELIVERIES,
    group_name=SERVER_GROUP,
    owners=OWNERS,
    kinds={"table"},
    description="What receivers were told: things by kind and state. Made anew by each delivery; "
    "`seqauto deliveries` shows more.",
)


@dg.op(out=dg.Out(dg.Nothing))
def deliver_what_is_due(
    context: dg.OpExecutionContext,
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Send to each receiver what is due, and show how far that has come."""
    with as_failure():
        site = open_site()
        with _delivery(site, context) as delivery:
            reports = delivery.run()
    counts = _counts(site)
    for report in reports:
        context.log.info(f"{report.receiver}: {report.in_words()}. {report.stopped}")
    yield dg.AssetMaterialization(DELIVERIES, metadata=_metadata(reports, counts))
    yield _evaluation(reports, counts)


@dg.asset_check(
    asset=DELIVERIES,
    name="everything_was_taken",
    description="Whether the last delivery reached each receiver, and nothing waits for a person.",
)
def everything_was_taken() -> dg.AssetCheckResult:
    """Judge the outbox as it is now; each delivery does the same."""
    return dg.AssetCheckResult(passed=not _in_trouble(_counts(read_site())))


@dg.job(
    name=DELIVER_JOB,
    description="Sends to each receiver what is due. One delivery sends at a time: another one "
    "that is started meanwhile ends at once.",
    executor_def=dg.in_process_executor,
    tags={"seqauto/deliver": "true"},
)
def deliver() -> None:
    deliver_what_is_due()


@contextmanager
def _delivery(site: Site, context: dg.OpExecutionContext) -> "Iterator[Delivery]":
    from seqauto_pipeline.delivery.delivering import Delivery  # noqa: PLC0415  (not for scans)

    engine = open_database(site.database_url)
    try:
        yield Delivery(engine, site.database_url, site.settings, context.log.info)
    finally:
        engine.dispose()


def _counts(site: Site) -> Mapping[tuple[str, str, str], int]:
    from seqauto_pipeline.db.outbox.queries import count_things  # noqa: PLC0415  (not for scans)

    with looking(site.database_url) as session:
        return count_things(session)


def _in_trouble(counts: Mapping[tuple[str, str, str], int]) -> int:
    return sum(count for (_, _, state), count in counts.items() if state in _TROUBLE)


def _metadata(
    reports: "Sequence[DeliveryReport]", counts: Mapping[tuple[str, str, str], int]
) -> dict[str, dg.MetadataValue]:
    """Show counts by kind and state, and what became of this delivery."""
    rows = [
        dg.TableRecord(dict(zip(_COLUMNS, (*key, count), strict=True)))
        for key, count in sorted(counts.items())
    ]
    schema = dg.TableSchema([dg.TableColumn(name) for name in _COLUMNS])
    told = "; ".join(f"{each.receiver}: {each.in_words()}" for each in reports)
    stopped = "; ".join(f"{each.receiver}: {each.stopped}" for each in reports if each.stopped)
    return {
        "delivered_now": dg.MetadataValue.int(sum(each.counts["delivered"] for each in reports)),
        "waits_for_a_person": dg.MetadataValue.int(_in_trouble(counts)),
        "this_delivery": dg.MetadataValue.text(told),
        **({"ended_early": dg.MetadataValue.text(stopped)} if stopped else {}),
        **({"things": dg.MetadataValue.table(rows, schema)} if rows else {}),
    }


def _evaluation(
    reports: "Sequence[DeliveryReport]", counts: Mapping[tuple[str, str, str], int]
) -> dg.AssetCheckEvaluation:
    stopped = [f"{each.receiver}: {each.stopped}" for each in reports if each.stopped]
    by_state = {
        state: dg.MetadataValue.int(sum(n for key, n in counts.items() if key[2] == state))
        for state in _TROUBLE
    }
    return dg.AssetCheckEvaluation(
        asset_key=DELIVERIES,
        check_name="everything_was_taken",
        passed=not stopped and not _in_trouble(counts),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**by_state, "ended_early": dg.MetadataValue.text("; ".join(stopped) or "no")},
    )


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[seqauto_scan],
    request_job=deliver,
    name="deliver_after_scans",
    description=f"Asks for a delivery when a scan has finished, {_WHERE}.",
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,  # the settings decide, without a restart
)
def deliver_after_scans(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    reason = _reason_not_to_deliver(context.instance, read_site())
    if reason:
        return dg.SkipReason(f"No delivery: {reason}.")
    return dg.RunRequest(run_key=f"after {context.dagster_run.run_id}")


def delivery_schedule() -> dg.ScheduleDefinition:
    """Build the schedule that looks for what waits, as often as the settings say now."""
    try:
        settings = read_site().settings
    except SettingsError:  # which the ticks, that read them again, say
        settings = Settings()

    @dg.schedule(
        job=deliver,
        name="deliver_what_waits",
        description="Looks every delivery_retry_minutes for what could not be delivered and is due "
        f"again, {_WHERE}. Reload the code location after a change of delivery_retry_minutes.",
        cron_schedule=_cron(settings.delivery_retry_minutes),
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def deliver_what_waits(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        reason = _reason_not_to_deliver(context.instance, read_site())
        if reason:
            return dg.SkipReason(f"No delivery: {reason}.")
        return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())

    return deliver_what_waits


def _cron(minutes: int) -> str:
    """Write every so many minutes as cron can say it: within an hour, or every so many hours."""
    return f"*/{minutes} * * * *" if minutes < 60 else f"0 */{min(minutes // 60, 23)} * * *"


def _reason_not_to_deliver(instance: dg.DagsterInstance, site: Site) -> str:
    settings = site.settings
    names = receiver_names(settings)
    if not names:
        return f"no receiver is configured: {RECEIVER_SETTINGS} are empty"
    off = [f"{name} is false" for name in _SWITCHES if not getattr(settings, name)]
    if off:
        return "; ".join(off)
    going_on = dg.RunsFilter(job_name=DELIVER_JOB, statuses=list(_GOING_ON))
    if instance.get_run_ids(going_on, limit=1):
        return "one is going on"
    from seqauto_pipeline.db.outbox.queries import has_work  # noqa: PLC0415  (not for scans)

    try:
        with looking(site.database_url) as session:
            is_due = has_work(session, names, dt.datetime.now(dt.UTC))
    except DatabaseUnavailableError as error:
        return f"the models cannot be read: {error.reason}"
    return "" if is_due else "nothing is due"
