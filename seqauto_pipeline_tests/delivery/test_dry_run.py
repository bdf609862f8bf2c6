"""What a dry run tells of, and what it asks the database for."""

from sqlalchemy import event

from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.delivery.delivering import checked_outbox
from seqauto_pipeline.delivery.dry_run import PlannedRequest, dry_run
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


def planned(lab: SendingLab) -> tuple[list[PlannedRequest], list[str]]:
    """Give the requests of a dry run, and the statements that it made."""
    engine = open_database(database_url_for(lab.settings, lab.home))
    checked_outbox(lab.settings).fill_rest(engine)
    requests: list[PlannedRequest] = []
    statements: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _, __, statement, *___: statements.append(statement)
    )
    assert dry_run(engine, lab.settings, requests.append) == len(requests)
    engine.dispose()
    return requests, statements


def test_many_runs_take_as_many_statements_as_one_and_what_they_share_is_sent_once(
    lab: SendingLab, api: Api
) -> None:
    lab.run(1).complete()
    assert lab.scan().error is None
    of_one, statements_of_one = planned(lab)
    lab.run(2).complete()
    lab.run(3).complete()
    assert lab.scan().error is None

    requests, statements = planned(lab)

    assert len(statements) == len(statements_of_one)
    assert len(of_one) < len(requests) < 3 * len(of_one)
    assert api.sent == []
    lab.deliver()
    told = [(each.method, each.url.rpartition("/api/v1/")[2]) for each in requests]
    assert told == api.sent
