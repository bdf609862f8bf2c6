"""The models in PostgreSQL, dumped and put back by the server's own programs.

Only our tables, and the views on them: Dagster's are left as they are, and so is what others keep
in the same database. No password is given on a command line, where `ps` would show it.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from seqauto_pipeline.db.look.server import CONNECT_OPTIONS
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.session import driver_words, shown_url
from seqauto_pipeline.errors import BackupError, DatabaseUnavailableError

_HOURS = 3600
_SHOWN_CHARACTERS = 400
_BINARIES = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin")  # of Debian and of Red Hat
# Our tables and, since they would be lost with them, all views that rest on them.
_RELATIONS = text(
    "WITH RECURSIVE ours(oid) AS ("
    " SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    " AND relkind IN ('r', 'p') AND relname = ANY(:names)"
    " UNION SELECT rule.ev_class FROM ours"
    " JOIN pg_depend depends ON depends.refobjid = ours.oid"
    " AND depends.refclassid = 'pg_class'::regclass AND depends.classid = 'pg_rewrite'::regclass"
    " JOIN pg_rewrite rule ON rule.oid = depends.objid)"
    " SELECT quote_ident(space.nspname) || '.' || quote_ident(relation.relname),"
    " relation.relkind IN ('r', 'p') FROM ours JOIN pg_class relation USING (oid)"
    " JOIN pg_namespace space ON space.oid = relation.relnamespace ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class ServerModels:
    """What of ours is in a database on a server, and which of the server's programs fit it."""

    url: URL
    major: int  # version of the server
    tables: tuple[str, ...]  # as SQL names them, with their schema
    views: tuple[str, ...]

    def dump(self, target: Path) -> None:
        """Write all of it to a file as it is at one moment. Raises BackupError."""
        options = [f"--table={_as_pattern(each)}" for each in (*self.tables, *self.views)]
        self._run(
            "pg_dump", "--format=custom", "--lock-wait-timeout=60s", "--no-password",
            f"--file={target}", f"--dbname={self._address()}", *options,
        )  # fmt: skip

    def revision_of(self, dump: Path) -> str | None:
        """Read the schema's revision out of a dump; None where it has none."""
        said = self._run(
            "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(dump)
        )
        lines = iter(said.splitlines())
        started = any(line.startswith("COPY ") for line in lines)
        return next(lines, "").strip() or None if started else None

    def damage_of(self, dump: Path) -> str:
        """Say what keeps a dump from being read to its end; nothing where it is whole."""
        try:
            self._run("pg_restore", "--list", str(dump))
            self._run("pg_restore", "--file=/dev/null", str(dump))
        except BackupError as error:
            return error.reason
        return ""

    def put_back(self, dump: Path, folder: Path) -> None:
        """Put a dump in the place of what is there, whole or not at all. Raises BackupError."""
        script, drops = folder / "restore.sql", folder / "drop.sql"
        self._run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-acl",
            f"--file={script}", str(dump),
        )  # fmt: skip
        # Tables of a newer schema than the dump's would be in the way of its migration.
        dropped = "".join(f"DROP TABLE {each} CASCADE;\n" for each in self.tables)
        quiet = "SET client_min_messages = warning;\n"
        limits = "SET lock_timeout = '60s';\nSET statement_timeout = 0;\n"
        drops.write_text(f"{quiet}{limits}{dropped}")
        self._run(
            "psql", "--no-psqlrc", "--quiet", "--no-password", "--single-transaction",
            "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={self._address()}",
            f"--file={drops}", f"--file={script}",
        )  # fmt: skip

    def _address(self) -> str:
        """Give the connection as libpq's programs take it, without passwords."""
        escaped = {
            name: value.replace("\\", "\\\\").replace("'", "\\'")
            for name, value in self._arguments().items()
            if "password" not in name
        }
        return " ".join(f"{name}='{value}'" for name, value in escaped.items())

    def _arguments(self) -> dict[str, str]:
        given = self.url.get_dialect()().create_connect_args(self.url)[1]
        return {name: str(value) for name, value in given.items()}

    def _run(self, program: str, *arguments: str) -> str:
        password = self._arguments().get("password")
        environ = {**os.environ, **({} if password is None else {"PGPASSWORD": password})}
        where = shown_url(self.url)
        try:
            done = subprocess.run(  # noqa: S603  (no shell, and nothing of a disk)
                [_program(program, self.major), *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=_HOURS,
            )
        except FileNotFoundError as error:
            reason = f"{program} is not installed here (it comes with PostgreSQL's client)"
            raise BackupError(where, reason) from error
        except subprocess.TimeoutExpired as error:
            raise BackupError(where, f"{program} did not end within an hour") from error
        if done.returncode:
            said = " ".join(done.stderr.split()).removeprefix(f"{program}: error: ")
            raise BackupError(where, f"{program} says: {said[:_SHOWN_CHARACTERS]}")
        return done.stdout


def models_on_server(url: URL) -> ServerModels:
    """Ask a server what of ours it holds. Raises DatabaseUnavailableError."""
    where = shown_url(url)
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=CONNECT_OPTIONS)
        with engine.connect() as connection:
            return _asked(connection, url)
    except (SQLAlchemyError, ImportError) as error:
        raise DatabaseUnavailableError(where, driver_words(error)) from error


def _asked(connection: Connection, url: URL) -> ServerModels:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    names = [*Scan.metadata.tables, "alembic_version"]
    rows = connection.execute(_RELATIONS, {"names": names}).all()
    tables = tuple(name for name, is_table in rows if is_table)
    views = tuple(name for name, is_table in rows if not is_table)
    return ServerModels(url, version // 10_000, tables, views)


def _as_pattern(name: str) -> str:
    """Write a name so that pg_dump takes no character of it for a pattern."""
    parts: Sequence[str] = name.split(".")
    return ".".join(each if each.startswith('"') else f'"{each}"' for each in parts)


def _program(name: str, major: int) -> str:
    """Find a program of the server's own version: an older one refuses, and a newer may not fit."""
    folders = [Path(each.format(major)) for each in _BINARIES]
    found = next((str(each / name) for each in folders if (each / name).exists()), None)
    return found or shutil.which(name) or name
