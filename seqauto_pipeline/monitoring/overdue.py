"""Sequencing runs whose files are overdue or lost, as conditions that alerts tell of."""

import datetime as dt
from collections.abc import Iterator

from seqauto_pipeline.db.look.session import looking
from seqauto_pipeline.db.queries.overdue import (
    OverdueLimits,
    OverdueRun,
    overdue_runs,
    runs_with_losses,
)
from seqauto_pipeline.errors import DatabaseUnavailableError
from seqauto_pipeline.monitoring.alerts import Condition, Findings, Kind
from seqauto_pipeline.monitoring.database import database_facts
from seqauto_pipeline.monitoring.words import age_words
from seqauto_pipeline.settings import Settings

# The checks in the web UI that list the same runs, each with what to do.
CHECKS = {Kind.OVERDUE: "nothing_is_overdue", Kind.LOST: "no_file_is_lost"}


def with_overdue(
    found: tuple[Condition, ...], settings: Settings, database_url: str, now: dt.datetime
) -> Findings:
    """Add what is overdue to what else was found, or why nobody could look for it."""
    trouble = _models_trouble(settings, database_url)
    if trouble:
        return Findings(found, trouble)
    try:
        return Findings((*found, *_overdue(settings, database_url, now)))
    except DatabaseUnavailableError as error:
        return Findings(found, error.reason)


def _models_trouble(settings: Settings, database_url: str) -> str:
    """Say why the models cannot be read, if they cannot; before the first scan there are none."""
    database = database_facts(database_url, settings.slow_query_seconds)
    if not database.is_there:
        return "no scan has made the models database yet"
    return (database.reason or database.trouble) if database.trouble else ""


def _overdue(settings: Settings, database_url: str, now: dt.datetime) -> Iterator[Condition]:
    limits = OverdueLimits(
        settings.overdue_hours, settings.overdue_hours_for_kit, settings.overdue_file_types
    )
    with looking(database_url) as session:
        runs = overdue_runs(session, limits, now)
        lossy = runs_with_losses(session, now)
    for run in runs:
        yield _condition(run, _page(settings, Kind.OVERDUE), now)
    for each in lossy:
        text = "; ".join(each.texts)
        key = f"{Kind.LOST}:{each.folder}"
        page = _page(settings, Kind.LOST)
        yield Condition(key, Kind.LOST, each.name, text, each.enrichment_kit or "", page)


def _page(settings: Settings, kind: Kind) -> str:
    url = settings.web_server_url.rstrip("/")
    return f"{url}/assets/sequencing_runs?view=checks&checkDetail={CHECKS[kind]}" if url else ""


def _condition(run: OverdueRun, page: str, now: dt.datetime) -> Condition:
    age = age_words((now - run.complete_since).total_seconds())
    missing = ", ".join(f"{count} {kind}" for kind, count in run.missing)
    return Condition(
        f"{Kind.OVERDUE}:{run.folder}",
        Kind.OVERDUE,
        run.name,
        f"complete for {age}, missing {missing}",
        run.enrichment_kit or "",
        page,
    )
