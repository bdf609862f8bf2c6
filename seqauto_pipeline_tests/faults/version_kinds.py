"""Faults of an upgrade: migrations that are cut short, and two versions on one home."""

import atexit
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from alembic import command

from seqauto_pipeline.db.migrate import alembic_config
from seqauto_pipeline.db.schema_check import newest_revision
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.settings import database_url_for, load_settings
from seqauto_pipeline_tests.faults.bench import DATABASE, Bench
from seqauto_pipeline_tests.faults.trial import LEDGERS, Fault, Trial

CHECKOUT = Path(__file__).parents[2]
_MIGRATIONS = "seqauto_pipeline/db/migrations/versions"
_OLDER = ("0003", "0004")  # schemas that a migration can begin from
_UNKNOWN = "9999"
_RUN_OLD = "import sys; from seqauto_pipeline.cli.main import main; main(sys.argv[1:])"


def _downgraded(bench: Bench, revision: str) -> None:
    """Give the models the schema that an older version left."""

    def downgrade() -> None:
        url = database_url_for(load_settings(), bench.home)
        command.downgrade(alembic_config(open_database(url)), revision)

    bench.do(downgrade)


def _migration(prepare: Callable[[random.Random], None], kill_after: float, trial: Trial) -> None:
    """Cut a migration short; then do what the message says: migrate again."""
    _downgraded(trial.bench, trial.chance.choice(_OLDER))
    child = trial.bench.command("migrate", prepare=lambda: prepare(trial.chance))
    if kill_after:
        time.sleep(trial.chance.uniform(0, kill_after))
        child.signal_all(signal.SIGKILL)
    child.wait(60)
    trial.bench.command("migrate").wait(60)


def _little_memory(chance: random.Random) -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = used + chance.randrange(1 << 20, 24 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _scan_meets_migration(trial: Trial) -> None:
    _downgraded(trial.bench, trial.chance.choice(_OLDER))
    trial.bench.command("migrate")
    trial.start()
    trial.ends()
    trial.bench.command("migrate").wait(60)


def _set_revision(bench: Bench, revision: str) -> None:
    statement = f"UPDATE alembic_version SET version_num = '{revision}'"
    if bench.server is not None:
        bench.server.run(statement, database=DATABASE)
        return

    def write() -> None:
        with sqlite3.connect(bench.home / "seqauto.db", timeout=30) as models:
            models.execute(statement)

    bench.do(write)  # not here: a fork would share the locks of a connection


def _newer_was_here(trial: Trial) -> None:
    """Scan models that a newer version has migrated."""
    _set_revision(trial.bench, _UNKNOWN)
    trial.start().wait(60)
    _set_revision(trial.bench, newest_revision())


def _newer_comes(trial: Trial) -> None:
    """Have a newer version migrate the models while the scan works."""
    child = trial.begun()
    _set_revision(trial.bench, _UNKNOWN)
    child.wait(60)
    _set_revision(trial.bench, newest_revision())


def _old_scan(trial: Trial) -> None:
    """Scan with the program as it was before the newest migration."""
    trial.bench.program(sys.executable, "-c", _RUN_OLD, "scan", PYTHONPATH=str(_old_program()))


def _older_refused(trial: Trial) -> None:
    _old_scan(trial)
    trial.ends()


def _older_beside_newer(trial: Trial) -> None:
    _old_scan(trial)
    trial.pause(trial.chance.uniform(0, 3))
    trial.start()
    trial.ends()


def _older_first(trial: Trial) -> None:
    """Scan with the older program and its schema; the newer one takes over."""
    before = f"{int(newest_revision()) - 1:04}"
    _downgraded(trial.bench, before)
    _old_scan(trial)
    trial.ends()
    trial.bench.command("migrate").wait(60)


@cache
def _old_program() -> Path:
    """Check out the last commit before the newest migration, once for a campaign."""
    folder = Path(tempfile.mkdtemp(prefix="faults-old-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (newest,) = CHECKOUT.glob(f"{_MIGRATIONS}/{newest_revision()}_*.py")
    log = ("log", "--diff-filter=A", "-1", "--format=%H", "--", str(newest.relative_to(CHECKOUT)))
    commit = _git(*log).decode().strip()
    tree = _git("archive", f"{commit}^", "seqauto_pipeline", "dagster.yaml", "workspace.yaml")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=tree, check=True)
    return folder


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(CHECKOUT), *arguments], capture_output=True, check=True
    ).stdout


VERSION_FAULTS = (
    Fault("migration: killed", partial(_migration, lambda _: None, 0.4)),
    Fault("migration: out of memory", partial(_migration, _little_memory, 0.0)),
    Fault("migration: a scan begins meanwhile", _scan_meets_migration),
    Fault("versions: a newer one was here", _newer_was_here),
    Fault("versions: a newer one comes during the scan", _newer_comes),
    Fault("versions: an older one scans", _older_refused, "git", every=4),
    Fault("versions: an older one scans at the same time", _older_beside_newer, "git", every=4),
    Fault("versions: an older one, then this one", _older_first, "git", LEDGERS, every=4),
)
