"""The declarative base of all models, and the column types that the two databases share."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

# Alembic can only change or drop a constraint that has a name it can work out again.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

JsonValue = dict[str, Any] | list[Any]  # JSON has no narrower type that SQLAlchemy can map


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment with its zone; SQLite keeps none, so it is stored and given back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _: Dialect) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(value)
        return value.astimezone(dt.UTC) if value else None

    def process_result_value(self, value: dt.datetime | None, _: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it off the class
        dt.datetime: UtcDateTime(),
        # Plain JSON on PostgreSQL, too: JSONB would lose the order of a sheet's columns.
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }
