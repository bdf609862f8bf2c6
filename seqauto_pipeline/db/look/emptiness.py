"""Whether a models database holds anything at all."""

from pathlib import Path

from sqlalchemy import Engine, inspect, select

from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.session import read_connection


def holds_no_scan(engine: Engine) -> bool:
    """Whether no scan has ever begun there. A file that is not there is not made."""
    if engine.dialect.name == "sqlite" and is_nothing(Path(engine.url.database or "")):
        return True
    with read_connection(engine) as connection:
        if not inspect(connection).has_table(Scan.__tablename__):
            return True
        return connection.scalar(select(Scan.id).limit(1)) is None


def is_nothing(file: Path) -> bool:
    """Whether a file is not there, or was cut to nothing."""
    try:
        return file.stat().st_size == 0
    except FileNotFoundError:
        return True
    except OSError:
        return False  # what keeps us from it is told when it is opened
