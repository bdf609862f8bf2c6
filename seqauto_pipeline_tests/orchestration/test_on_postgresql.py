"""The same on PostgreSQL: Dagster's storage and the models database."""

import itertools
import re
from collections.abc import Callable

import dagster as dg
import pytest
from sqlalchemy import create_engine, text

from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.orchestration.history import ScanState, ScanStory, scan_stories
from seqauto_pipeline_tests.orchestration.conftest import JOB_EXECUTE, SCAN, Lab, eventually

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

_STORAGE = """storage:
  postgres:
    postgres_url:
      env: DAGSTER_DATABASE_URL
"""


@pytest.fixture
def lab_on_postgresql(
    lab: Lab,
    postgres_url: str,
    new_postgres_url: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Lab:
    """Change the home's dagster.yaml as docs/scans.md says, and the models database with it."""
    path = lab.home / "dagster.yaml"
    config, count = re.subn(r"storage:\n(  .*\n)+", _STORAGE, path.read_text(), count=1)
    assert count == 1
    path.write_text(config)
    monkeypatch.setenv("DAGSTER_DATABASE_URL", new_postgres_url())
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)
    upgrade(open_database(postgres_url))
    return lab


def _stories() -> tuple[ScanStory, ...]:
    with dg.DagsterInstance.get() as instance:
        return scan_stories(instance)


def _span(story: ScanStory) -> tuple[float, float]:
    last = story.steps[-1]
    return story.steps[0].began.timestamp(), last.began.timestamp() + (last.seconds or 0)


def _holds_the_lock(url: str) -> Callable[[], bool]:
    def asked() -> bool:
        engine = create_engine(url)
        with engine.connect() as connection:
            query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            held = connection.execute(text(query)).scalar_one()
        engine.dispose()
        return bool(held)

    return asked


def test_scans_on_postgresql_are_kept_apart_and_one_that_dies_makes_room(
    lab_on_postgresql: Lab, postgres_url: str
) -> None:
    lab = lab_on_postgresql
    first = lab.start(*SCAN)
    output = [first.communicate(timeout=120)[0]]
    assert first.returncode == 0, output

    started = [lab.start(*command) for command in (SCAN, JOB_EXECUTE, SCAN)]
    output = [process.communicate(timeout=180)[0] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], output
    spans = sorted(_span(story) for story in _stories())
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))

    engine = create_engine(postgres_url)
    with engine.begin() as connection:  # a scan stays where it is while this table is locked
        connection.execute(text("LOCK TABLE scan IN ACCESS EXCLUSIVE MODE"))
        victim = lab.start(*SCAN)
        eventually(_holds_the_lock(postgres_url))
        eventually(lambda: len(_stories()) == 5)
        waiting = lab.start(*SCAN)
        eventually(lambda: len(_stories()) == 6)
        victim.kill()
        victim.communicate()
    output = [waiting.communicate(timeout=120)[0]]
    engine.dispose()

    newest, killed = _stories()[:2]
    assert newest.state is ScanState.FINISHED, output
    assert killed.state is ScanState.ERROR
    assert killed.failure is not None
    assert f"its process {victim.pid} on" in killed.failure.message
