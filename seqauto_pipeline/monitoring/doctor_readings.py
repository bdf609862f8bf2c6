"""Judge what scans found, beside the server: directories, clocks, file lists, messages."""

import datetime as dt
from collections.abc import Iterator, Sequence

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.monitoring.checks import CHECK_OF_MESSAGE, CHECKS
from seqauto_pipeline.monitoring.facts import DatabaseFacts, MessageFacts, RootFacts, ServerFacts
from seqauto_pipeline.monitoring.readings import (
    NAMED_OF_A_KIND,
    Reading,
    Standing,
    reading_of,
    well,
    wrong,
)
from seqauto_pipeline.monitoring.server_readings import server_readings
from seqauto_pipeline.monitoring.words import age_words

_FUTURE_SECONDS = 300  # clocks of different machines differ by less


def doctor_readings(facts: ServerFacts, now: dt.datetime) -> tuple[Reading, ...]:
    """Judge the server and what scans found: what `seqauto doctor` checks."""
    return (
        *server_readings(facts, now),
        *(each for root in facts.roots for each in _below_root(root)),
        *_clock_of_database(facts.database),
        *_clock_of_scans(facts.last_scan_ahead),
        *_check_of_database(facts.database),
        *_backups(facts, now),
        *_records(facts),
        *(_temporary_home(path) for path in facts.temporary_homes),
        *map(_message, facts.messages),
        *_metadata(facts.without_run_info),
        *_unknown_kits(facts.settings.kits, facts.known_kits),
    )


def _below_root(root: RootFacts) -> Iterator[Reading]:
    for path, advice in root.refused[:NAMED_OF_A_KIND]:
        yield wrong("root", "unreadable_directory", f"{path} cannot be read", advice=advice)
    if len(root.refused) > NAMED_OF_A_KIND:
        others = len(root.refused) - NAMED_OF_A_KIND
        text = f"{others} more directories below {root.path} cannot be read"
        yield wrong("root", "unreadable_directory", text, advice=root.refused[NAMED_OF_A_KIND][1])
    if root.future_seconds > _FUTURE_SECONDS:
        ahead = age_words(root.future_seconds)
        text = f"{root.future_path} was changed {ahead} in the future"
        yield wrong("clock", "clock_wrong", text, where=f"the server of {root.path}")
    if root.untrusted:
        text = f"{root.untrusted[0]} changed, and its time did not move"
        more = f"; so did {len(root.untrusted) - 1} more" if len(root.untrusted) > 1 else ""
        yield wrong("root", "directory_times", text + more)
    elif root.directories_tested:
        tested = counted(root.directories_tested, "directory", "directories")
        text = f"{root.path}: the times of {tested} hold"
        yield well("root", text)


def _clock_of_database(database: DatabaseFacts | None) -> Iterator[Reading]:
    if database is None or abs(database.clock_ahead) <= _FUTURE_SECONDS:
        return
    apart = age_words(abs(database.clock_ahead))
    side = "ahead of" if database.clock_ahead > 0 else "behind"
    text = f"{database.where} has a time {apart} {side} ours"
    yield wrong("clock", "clock_wrong", text, where="the database server")


def _check_of_database(database: DatabaseFacts | None) -> Iterator[Reading]:
    if database is None or database.trouble or not database.is_there:
        return
    if database.damage is None:
        text = f"{database.where}: too large to be looked through for damage in a few seconds"
        yield well("database", f"{text}; each backup is checked whole")
    else:
        yield well("database", f"{database.where}: looked through, and nothing is damaged")


def _backups(facts: ServerFacts, now: dt.datetime) -> Iterator[Reading]:
    backups, database = facts.backups, facts.database
    if backups is None or database is None or not database.is_there:
        return
    if not backups.hours:
        yield well("backups", "scans make none: backup_hours is 0")
        return
    if backups.made_at is None:
        text = f"there is no backup of the models in {backups.directory}"
        yield wrong("backups", "backup_old", text)
        return
    age = now - backups.made_at
    text = f"the newest of {backups.count}, {backups.newest}, was made"
    text = f"{text} {age_words(age.total_seconds())} ago"
    if age > dt.timedelta(hours=backups.hours) + facts.limits.max_scan_age:
        yield wrong("backups", "backup_old", f"{text}, in {backups.directory}")
    else:
        yield well("backups", text)


def _clock_of_scans(ahead: tuple[int, float] | None) -> Iterator[Reading]:
    if ahead is not None:
        number, seconds = ahead
        text = f"scan {number}, the last one, is dated {age_words(seconds)} in the future"
        yield wrong("clock", "clock_wrong", text, where="the host that made it")


def _records(facts: ServerFacts) -> Iterator[Reading]:
    if facts.newest_record_missing:
        text = f"the file list of scan {facts.newest_record_missing} is not in {facts.home}/scans"
        yield wrong("storage", "record_missing", text)


def _temporary_home(path: str) -> Reading:
    text = f"{path} was left behind"
    return reading_of(Standing.NOTE, "storage", "temporary_home", text, path=path)


def _message(message: MessageFacts) -> Reading:
    check = CHECK_OF_MESSAGE[message.code]
    more = f", and {message.count - 1} more" if message.count > 1 else ""
    text = f"{_within_sentence(CHECKS[check].title)}: {message.example}{more}"
    names = {"path": message.example, "code": message.code, "advice": message.advice}
    standing = Standing.NOTE if check == "root_not_configured" else Standing.WRONG
    return reading_of(standing, "last scan", check, text, **names)


def _within_sentence(title: str) -> str:
    """Begin with a small letter, unless the first word is a name such as RunInfo.xml."""
    first = title.split(maxsplit=1)[0]
    return title[0].lower() + title[1:] if first == first.capitalize() else title


def _metadata(without: Sequence[str]) -> Iterator[Reading]:
    if without:
        more = f", and {len(without) - 1} more" if len(without) > 1 else ""
        yield wrong("last scan", "metadata_missing", f"no RunInfo.xml in {without[0]}{more}")


def _unknown_kits(
    in_settings: Sequence[tuple[str, str]], known: Sequence[str]
) -> Iterator[Reading]:
    """Tell of kits that settings name and nothing is of. Before the first scan none is known."""
    folded = {kit.casefold() for kit in known}
    for setting, kit in in_settings:
        if known and kit.casefold() not in folded:
            meant = did_you_mean(kit, known, f"; there are {', '.join(known)}")
            text = f"{setting} is about the kit {kit!r}, and no run or sample is of it{meant}"
            yield reading_of(Standing.NOTE, "settings", "kit_unknown", text)
