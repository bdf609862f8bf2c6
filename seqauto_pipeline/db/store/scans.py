"""Scans as the models know them: begun, listed, applied."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, Row, Select, Subquery, func, insert, select, type_coerce, update

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.models.scans import scope_of
from seqauto_pipeline.db.session import read_connection, write_connection
from seqauto_pipeline.db.store.values import ScanRow


class StoredScans:
    """Scans, read and written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self, dagster_run_id: str, started_at: dt.datetime, scope: Scope, *, full: bool
    ) -> int:
        """Store that a scan has begun; give its number, which is the same when asked again."""
        with write_connection(self._engine) as connection:
            known = connection.scalar(select(Scan.id).where(Scan.dagster_run_id == dagster_run_id))
            if known is not None:
                return known
            row = {
                "dagster_run_id": dagster_run_id,
                "started_at": started_at,
                "is_everything": scope.is_everything,
                "scope": asdict(scope),
                "is_full": full,
            }
            result = connection.execute(insert(Scan).values(row).returning(Scan.id))
            return result.scalar_one()

    def set_record(self, scan_id: int, record_id: str, as_of: dt.datetime) -> None:
        with write_connection(self._engine) as connection:
            connection.execute(
                update(Scan).where(Scan.id == scan_id).values(record_id=record_id, as_of=as_of)
            )

    def finish(self, scan_id: int, at: dt.datetime, counts: Mapping[str, Any]) -> None:
        with write_connection(self._engine) as connection:
            connection.execute(
                update(Scan).where(Scan.id == scan_id).values(applied_at=at, counts=dict(counts))
            )

    def before(self, scan_id: int) -> ScanRow | None:
        """Find the scan that began before this one."""
        query = _scan_query().where(Scan.id < scan_id).order_by(Scan.id.desc()).limit(1)
        with read_connection(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _scan_row(row)

    def numbers_of_records(self) -> dict[str, int]:
        """Give each file list the number of the scan that made it."""
        made_by = _made_by()
        with read_connection(self._engine) as connection:
            rows = connection.execute(select(made_by.c.record_id, made_by.c.scan_id))
            return {each.record_id: each.scan_id for each in rows}

    def find(self, dagster_run_id: str) -> ScanRow | None:
        """Find a scan by its Dagster run id."""
        query = _scan_query().where(Scan.dagster_run_id == dagster_run_id)
        with read_connection(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _scan_row(row)

    def newest_record_id(self) -> str | None:
        """Id of the record of the last scan of everything that listed the disks itself."""
        query = (
            select(Scan.record_id)
            .where(Scan.record_id == Scan.dagster_run_id, Scan.is_everything.is_(True))
            .order_by(Scan.id.desc())
            .limit(1)
        )
        with read_connection(self._engine) as connection:
            return connection.scalar(query)

    def recent_applied(self, before: int) -> tuple[ScanRow, ...]:
        """Applied scans back to the last one of everything, newest first."""
        last = (
            select(func.max(Scan.id))
            .where(Scan.applied_at.is_not(None), Scan.is_everything.is_(True), Scan.id < before)
            .scalar_subquery()
        )
        query = (
            _scan_query()
            .where(
                Scan.applied_at.is_not(None), Scan.id < before, Scan.id >= func.coalesce(last, 0)
            )
            .order_by(Scan.id.desc())
        )
        with read_connection(self._engine) as connection:
            return tuple(_scan_row(row) for row in connection.execute(query))

    def later_than(self, record_id: str) -> frozenset[int]:
        """Applied scans whose file lists were made after this one.

        The order is that of the numbers of the scans that made the lists: clocks go wrong. A list
        that no scan here has made or used counts as the newest.
        """
        made_by = _made_by()
        this = select(made_by.c.scan_id).where(made_by.c.record_id == record_id).scalar_subquery()
        query = (
            select(Scan.id)
            .join(made_by, made_by.c.record_id == Scan.record_id)
            .where(Scan.applied_at.is_not(None), made_by.c.scan_id > this)
        )
        with read_connection(self._engine) as connection:
            return frozenset(connection.scalars(query))

    def days(self, zone: dt.tzinfo) -> dict[int, dt.date]:
        """On which day in a zone each applied scan listed the disks."""
        when = func.coalesce(Scan.as_of, Scan.started_at)
        query = select(Scan.id, type_coerce(when, Scan.started_at.type)).where(
            Scan.applied_at.is_not(None)
        )
        with read_connection(self._engine) as connection:
            rows = connection.execute(query)
            return {number: moment.astimezone(zone).date() for number, moment in rows}

    def newest_as_of(self) -> dt.datetime | None:
        """When the disks were listed, by the clock of that scan, that the models show now."""
        made_by = _made_by()
        query = (
            select(Scan.as_of)
            .join(made_by, made_by.c.record_id == Scan.record_id)
            .where(Scan.applied_at.is_not(None))
            .order_by(made_by.c.scan_id.desc())
            .limit(1)
        )
        with read_connection(self._engine) as connection:
            return connection.scalar(query)


def _made_by() -> Subquery:
    """Give each file list with the scan that made it: the first that has it."""
    return (
        select(Scan.record_id, func.min(Scan.id).label("scan_id"))
        .where(Scan.record_id.is_not(None))
        .group_by(Scan.record_id)
        .subquery()
    )


def _scan_query() -> Select[Any]:
    columns = ("id", "dagster_run_id", "started_at", "record_id", "as_of", "scope", "applied_at")
    return select(*(Scan.__table__.c[name] for name in columns))


def _scan_row(row: Row[Any]) -> ScanRow:
    return ScanRow(**{**row._mapping, "scope": scope_of(row.scope)})
