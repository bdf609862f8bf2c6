"""What a person wants tried again."""

from collections.abc import Collection, Iterable

from seqauto_pipeline.db.outbox.sending import SentThings
from seqauto_pipeline.db.session import Engine


def retry_things(engine: Engine, receivers: Iterable[str], run_ids: Collection[int] | None) -> int:
    """Have what failed, is parked or differs tried again; give the number. None: of all runs."""
    return sum(SentThings(engine, name).retry(run_ids) for name in receivers)
