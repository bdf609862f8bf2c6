"""Dagster's storage on a server: called once by a scan that works, and again when it is lost."""

import dagster as dg
import pytest
from sqlalchemy import create_engine, text

from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.orchestration.runtime.kept_open import kept_open

_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


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

        def connected() -> set[int]:
            return set(server.scalars(text(f"SELECT pid {_OTHERS}")))

        with kept_open(instance):
            instance.add_run(run)
            instance.report_engine_event("first", run)
            first = connected()
            instance.report_engine_event("second", run)
            assert len(first) == 2  # for runs, and for events
            assert connected() == first

            server.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {_OTHERS}")).all()
            instance.report_engine_event("after the server was gone", run)
            assert connected().isdisjoint(first)

        assert connected() == set()
        told = [each.message.partition(" [")[0] for each in instance.all_logs(run.run_id)]
    administrator.dispose()
    assert [message.split(" (")[0] for message in told] == [
        "first",
        "second",
        "after the server was gone",
    ]
