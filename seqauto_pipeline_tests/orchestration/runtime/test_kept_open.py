"""Dagster's storage on a server: called once by a scan that works, and again when it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import pytest
from sqlalchemy import Engine, create_engine, event, text

from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.orchestration.runtime.kept_open import kept_open

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@contextmanager
def _counted() -> Iterator[list[object]]:
    """Note each connection that this process makes to a server until the block ends."""
    made: list[object] = []

    def note(connection: object, _: object) -> None:
        made.append(connection)

    event.listen(Engine, "connect", note)
    try:
        yield made
    finally:
        event.remove(Engine, "connect", note)


@pytest.mark.postgres
def test_a_server_is_called_once_while_a_scan_works_and_left_alone_then(
    tmp_path, monkeypatch, postgres_url
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)
    write_default_instance_config(tmp_path)
    run = dg.DagsterRun(job_name="a_scan")
    administrator = create_engine(postgres_url, isolation_level="AUTOCOMMIT")

    with dg.DagsterInstance.get() as instance, administrator.connect() as server:
        with kept_open(instance), _counted() as made:
            instance.add_run(run)
            for number in range(5):
                instance.report_engine_event(f"event {number}", run)
            assert len(made) == 2  # for runs, and for events

            server.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {OTHERS}")).all()
            instance.report_engine_event("after the server was gone", run)
            assert len(made) in (3, 4)

        assert server.scalar(text(f"SELECT count(*) {OTHERS}")) == 0
        messages = [each.message for each in instance.all_logs(run.run_id)]
        assert messages[0].startswith("event 0")
        assert messages[-1].startswith("after the server was gone")
    administrator.dispose()
