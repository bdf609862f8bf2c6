"""Faults of a PostgreSQL server while a scan works, or before it begins."""

import contextlib
import signal
from collections.abc import Callable
from functools import partial

import psycopg2

from seqauto_pipeline_tests.faults.bench import DATABASE, until
from seqauto_pipeline_tests.faults.home_kinds import filled
from seqauto_pipeline_tests.faults.server import Server
from seqauto_pipeline_tests.faults.trial import Fault, Trial

_WORKER = "FROM pg_stat_activity WHERE usename = 'worker'"
_CUT = f"SELECT pg_terminate_backend(pid) {_WORKER}"
_CANCEL = f"SELECT pg_cancel_backend(pid) {_WORKER}"
_CUT_LOCK = f"{_CUT} AND application_name LIKE 'seqauto scan%'"


def _server(trial: Trial) -> Server:
    if trial.bench.server is None:
        raise RuntimeError("this fault needs PostgreSQL")
    return trial.bench.server


def _stopped(mode: str, trial: Trial) -> None:
    child = trial.begun()
    server = _server(trial)
    server.stop(mode)
    child.wait(30)
    server.start()


def _restarted(mode: str, trial: Trial) -> None:
    trial.begun()
    server = _server(trial)
    server.stop(mode)
    server.start()


def _is_away_at_first(trial: Trial) -> None:
    server = _server(trial)
    server.stop("fast")
    trial.start().wait(60)
    server.start()


def _frozen(trial: Trial) -> None:
    trial.begun()
    server = _server(trial)
    server.freeze(signal.SIGSTOP)
    trial.pause(trial.chance.uniform(1, 4))
    server.freeze(signal.SIGCONT)


def _once(statement: str, trial: Trial) -> None:
    trial.begun()
    _server(trial).run(statement)


def _often(statement: str, trial: Trial) -> None:
    trial.begun()
    for _ in range(5):
        _server(trial).run(statement)
        trial.pause(0.2)


def _cut_with_another(trial: Trial) -> None:
    """Cut the lock's connection while another scan waits for the lock."""
    child = trial.begun()
    other = trial.start()
    trial.pause(1)
    _server(trial).run(_CUT_LOCK)
    child.wait(90)
    other.wait(90)


def _while(do: str, undo: str, trial: Trial) -> None:
    """Take something away before the scan begins, and give it back."""
    server = _server(trial)
    server.run(do, _CUT)
    trial.start().wait(90)
    server.run(undo, _CUT)


def _during(do: str, undo: str, trial: Trial) -> None:
    """Take something away at some moment of the scan, cut its connections, and give it back."""
    child = trial.begun()
    server = _server(trial)
    server.run(do, _CUT)
    child.wait(90)
    server.run(undo, _CUT)


def _table_locked(trial: Trial) -> None:
    holder = _server(trial).connect("work")
    try:
        holder.cursor().execute("LOCK TABLE sequencing_run IN ACCESS EXCLUSIVE MODE")
        trial.start()
        trial.pause(2)
    finally:
        holder.close()


def _rows_locked(trial: Trial) -> None:
    """Hold rows that the scan wants to change."""
    holder = _server(trial).connect("work")
    try:
        holder.cursor().execute("SELECT id FROM expected_file FOR UPDATE")
        trial.start()
        trial.pause(2)
    finally:
        holder.close()


def _deadlock(trial: Trial) -> None:
    """Wait for what the scan has while it waits for what we have: the server ends its statement.

    We are never the one that looks for deadlocks, so it is the scan that finds this one.
    """
    holder = _server(trial).connect("work")
    try:
        cursor = holder.cursor()
        cursor.execute("SET deadlock_timeout = '10min'")
        cursor.execute("LOCK TABLE expected_file IN SHARE ROW EXCLUSIVE MODE")
        child = trial.start()
        until(
            lambda: _is_waited_for(trial, holder.get_backend_pid()) or child.poll() is not None, 60
        )
        with contextlib.suppress(psycopg2.Error):  # where the scan has ended by itself
            cursor.execute("SET statement_timeout = '30s'")
            cursor.execute("LOCK TABLE scan_fence IN ACCESS EXCLUSIVE MODE")
    finally:
        holder.close()


def _is_waited_for(trial: Trial, pid: int) -> bool:
    found = _server(trial).ask(
        f"SELECT count(*) FROM pg_stat_activity WHERE {pid} = ANY (pg_blocking_pids(pid))"
    )
    return bool(found)


def _full(trial: Trial) -> None:
    """Leave the server's disk no room, at some moment of the scan."""
    server = _server(trial)
    child = trial.begun()
    with filled(server.disk, trial.chance.randrange(8) << 16):
        child.wait(60)
    server.start()


def _full_from_the_start(trial: Trial) -> None:
    server = _server(trial)
    with filled(server.disk, trial.chance.randrange(8) << 16):
        trial.start().wait(60)
    server.start()


def _standby_answers(trial: Trial) -> None:
    """Have a standby answer, which takes no changes, until it is promoted."""
    server = _server(trial)
    standby = server.started_standby()
    server.replaced_by(standby, is_promoted=False)
    trial.start().wait(90)
    server.promote()


def _promoted(trial: Trial) -> None:
    """Lose the server at some moment of the scan, and promote its standby."""
    server = _server(trial)
    standby = server.started_standby()
    child = trial.begun()
    server.replaced_by(standby, is_promoted=True)
    child.wait(90)


def _restored_after(trial: Trial) -> None:
    """Restore what was there before the last scan."""
    trial.start().wait(90)
    trial.bench.database_back()


def _restored_during(trial: Trial) -> None:
    """Restore an older dump into the database that a scan uses."""
    server = _server(trial)
    dump = server.disk / "dump"
    server.dump(DATABASE, dump)
    child = trial.begun()
    server.restore(DATABASE, dump)
    child.wait(90)
    dump.unlink()


def _made_anew_during(trial: Trial) -> None:
    """Drop the database of a scan, and make it anew from an older copy."""
    child = trial.begun()
    trial.bench.database_back()
    child.wait(90)


def _rights_taken(trial: Trial) -> None:
    server = _server(trial)
    change = "ON ALL TABLES IN SCHEMA public"
    server.run(
        "ALTER TABLE expected_file OWNER TO seqauto",
        f"REVOKE ALL {change} FROM worker",
        database="work",
    )
    trial.start().wait(60)
    server.run(
        "ALTER TABLE expected_file OWNER TO worker",
        f"GRANT ALL {change} TO worker",
        database="work",
    )


def _setting(name: str, value: str) -> tuple[str, str]:
    return f"ALTER ROLE worker SET {name} = '{value}'", f"ALTER ROLE worker RESET {name}"


_READ_ONLY = _setting("default_transaction_read_only", "on")
_FEW = "ALTER ROLE worker CONNECTION LIMIT {}"
_KINDS: dict[str, Callable[[Trial], None]] = {
    "stopped (fast)": partial(_stopped, "fast"),
    "stopped (immediate)": partial(_stopped, "immediate"),
    "restarted (fast)": partial(_restarted, "fast"),
    "restarted (immediate)": partial(_restarted, "immediate"),
    "away when the scan begins": _is_away_at_first,
    "frozen for seconds": _frozen,
    "connections cut": partial(_once, _CUT),
    "connections cut again and again": partial(_often, _CUT),
    "connection of the lock cut": partial(_once, _CUT_LOCK),
    "connection of the lock cut while another waits": _cut_with_another,
    "statements cancelled": partial(_often, _CANCEL),
    "login refused": partial(_while, "ALTER ROLE worker NOLOGIN", "ALTER ROLE worker LOGIN"),
    "login refused during the scan": partial(
        _during, "ALTER ROLE worker NOLOGIN", "ALTER ROLE worker LOGIN"
    ),
    "one connection allowed": partial(_while, _FEW.format(1), _FEW.format(-1)),
    "two connections allowed": partial(_while, _FEW.format(2), _FEW.format(-1)),
    "three connections allowed": partial(_while, _FEW.format(3), _FEW.format(-1)),
    "read-only": partial(_while, *_READ_ONLY),
    "read-only during the scan": partial(_during, *_READ_ONLY),
    "statement timeout": partial(_while, *_setting("statement_timeout", "5ms")),
    "lock timeout": partial(_while, *_setting("lock_timeout", "1ms")),
    "idle sessions ended": partial(_while, *_setting("idle_session_timeout", "200ms")),
    "idle transactions ended": partial(
        _while, *_setting("idle_in_transaction_session_timeout", "5ms")
    ),
    "table locked": _table_locked,
    "rows locked": _rows_locked,
    "deadlock forced": _deadlock,
    "disk full": _full,
    "disk full from the start": _full_from_the_start,
    "a standby answers, and is promoted": _standby_answers,
    "standby promoted during the scan": _promoted,
    "restored from an older dump": _restored_after,
    "restored from an older dump during the scan": _restored_during,
    "made anew from an older copy during the scan": _made_anew_during,
    "rights taken away": _rights_taken,
}
POSTGRES_FAULTS = tuple(
    Fault(f"PostgreSQL: {name}", inject, "postgres") for name, inject in _KINDS.items()
)
