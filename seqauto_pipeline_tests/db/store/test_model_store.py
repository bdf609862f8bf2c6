"""What a scan reads from and writes to the models: whole, and all or nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.file_contents import ContentResult, Contents, JsonText
from seqauto_pipeline.core.verdict.messages import MessageChanges, OpenMessage
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_plan import plan_deleted_run
from seqauto_pipeline_tests.cli.conftest import scan_time
from seqauto_pipeline_tests.core.runs import SHEET, WHOLE, run_with
from seqauto_pipeline_tests.db.store.life import Life

GENES = ("genes", "S1")
WARNING = Problem("GENE_LIST_DUPLICATE", Severity.WARNING, "twice", "Nothing.", "genes/S1.txt", 3)
CONTENT = ContentResult("signature", JsonText('{"genes": ["A", "B"]}'), (WARNING,))


def test_what_was_planned_is_what_is_loaded(life: Life):
    contents = Contents({GENES: CONTENT}, {GENES: (WARNING,)})

    plan = life.sees(run_with([*WHOLE, "fq/stray"]), contents)

    stored = life.loaded.stored
    assert stored.record == plan.record
    assert stored.samples == plan.sheet.samples
    assert stored.sheet_md5 == plan.sheet.md5
    assert set(stored.files.values()) == {change.new for change in plan.files}
    assert stored.signatures == {GENES: "signature"}
    assert stored.content_problems == {GENES: (WARNING,)}
    assert stored.genes == {"S1": {"A", "B"}}
    assert {message.problem for message in stored.messages} == {p for _, p in plan.messages.opened}
    assert list(stored.unexpected) == ["fq/stray"]


def test_a_run_that_is_as_it_was_has_nothing_to_store(life: Life):
    life.sees(run_with([*WHOLE, "fq/stray"]))

    plan = life.sees(run_with([*WHOLE, "fq/stray"]))

    assert not plan.changes_something


def test_sheets_are_versions_and_the_current_one_is_marked(life: Life, engine: Engine):
    other = SHEET.replace("id2,S2", "id3,S3")
    for sheet in (SHEET, other, SHEET):
        life.sees(run_with(sheet=sheet))

    with engine.connect() as connection:
        query = text("SELECT version, is_current FROM sample_sheet ORDER BY version")
        assert [(row.version, bool(row.is_current)) for row in connection.execute(query)] == [
            (1, True),
            (2, False),
        ]
    assert [each.sample.sample_name for each in life.loaded.stored.samples] == ["S1", "S2"]


def test_content_is_replaced_when_it_is_read_again(life: Life):
    life.sees(run_with(), Contents({GENES: CONTENT}, {GENES: (WARNING,)}))

    life.sees(run_with(), Contents({GENES: ContentResult("new", None, ())}))

    assert life.loaded.stored.signatures == {GENES: "new"}
    assert life.loaded.stored.genes == {}


def test_messages_are_reworded_and_closed(life: Life):
    life.sees(run_with([*WHOLE, "fq/a"]))
    life.sees(run_with([*WHOLE, "fq/a", "fq/b"]))
    (message,) = life.loaded.stored.messages
    assert message.problem.message.startswith("2 files")

    life.sees(run_with())
    assert life.loaded.stored.messages == ()


def test_a_run_that_is_gone_is_kept_with_the_scan_that_last_saw_it(life: Life, engine: Engine):
    life.sees(run_with())
    ids = life.begin()
    loaded = life.loaded

    life.store.save([(loaded, plan_deleted_run(loaded.stored, ids))], ids, scan_time(2))

    assert life.loaded.stored.record.data_state is RunState.DELETED
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT last_seen_scan_id FROM sequencing_run")) == 1
        events = connection.execute(text("SELECT old_state, new_state FROM run_event ORDER BY id"))
        assert [tuple(row) for row in events] == [(None, "complete"), ("complete", "deleted")]


def test_a_run_that_moves_says_where_from(life: Life, engine: Engine):
    life.sees(run_with())

    life.sees(run_with(path="kit_b/200920_NB501009_0410_AHNLYFBGXG"))

    with engine.connect() as connection:
        detail = connection.scalar(text("SELECT detail FROM run_event ORDER BY id DESC LIMIT 1"))
    assert detail == "moved from /disk/idt_exome/200920_NB501009_0410_AHNLYFBGXG"


def test_the_ledger_keeps_the_path_that_a_file_had_before(life: Life, engine: Engine):
    life.sees(run_with())
    ids = life.begin()
    loaded = life.loaded
    old = loaded.stored.files["bam", "S1"]
    plan = plan_deleted_run(loaded.stored, ids)
    change = plan.files[0]._replace(old=old, new=old._replace(path="bam/new.bam"))

    life.store.save([(loaded, replace(plan, files=(change,)))], ids, scan_time(2))

    with engine.connect() as connection:
        paths = connection.scalars(text("SELECT path FROM file_event ORDER BY id")).all()
    assert paths[-1] == "bam/S1.bam"


def test_a_batch_is_stored_together_or_not_at_all(life: Life, engine: Engine):
    life.sees(run_with())
    loaded, ids = life.loaded, life.begin()
    plan = plan_deleted_run(loaded.stored, ids)
    broken = replace(plan, record=replace(plan.record, name=None))  # type: ignore[arg-type]

    with pytest.raises(Exception, match=r"(?i)null"):
        life.store.save([(loaded, plan), (loaded, broken)], ids, scan_time(2))

    assert life.loaded.stored == loaded.stored


def test_numbers_that_a_failed_batch_took_are_given_again(life: Life, engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE file_event RENAME TO away"))
    with pytest.raises(Exception, match="file_event"):
        life.sees(run_with())
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO file_event"))

    life.sees(run_with())

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT min(id) FROM expected_file")) == 1


def test_messages_about_no_run_are_kept_apart(life: Life):
    life.sees(run_with([*WHOLE, "fq/a"]))
    ids = ScanIds(1, None)
    root = Problem("UNREADABLE", Severity.ERROR, "x", "y", "/disk")
    twice = Problem("DUPLICATE_FLOWCELL", Severity.ERROR, "x", "y")
    run_id = life.store.known.runs()[0].id

    life.store.save_messages([(None, MessageChanges(opened=(("key", root),)))], ids, scan_time(1))
    life.store.save_messages([(run_id, MessageChanges(opened=(("k", twice),)))], ids, scan_time(1))

    (about_root,) = life.store.known.open_messages()[None]
    assert (about_root.key, about_root.problem) == ("key", root)
    (about_run,) = life.store.known.open_messages({"DUPLICATE_FLOWCELL"})[run_id]
    assert isinstance(about_run, OpenMessage)

    changes = MessageChanges(closed=(about_root.id,))
    life.store.save_messages([(None, changes)], ids, scan_time(1))
    assert life.store.known.open_messages() == {}
