"""What a scan reads from and writes to the models: whole, and in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing, Scope
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.file_contents import ContentResult, Contents, JsonText
from seqauto_pipeline.core.verdict.messages import MessageChanges, OpenMessage
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_judgement import judge_run
from seqauto_pipeline.core.verdict.run_plan import RunPlan, plan_deleted_run, plan_run
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.cli.conftest import scan_time
from seqauto_pipeline_tests.core.runs import LAB, SHEET, WHOLE, parsed, run_with
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import samples

GENES = ("genes", "S1")
WARNING = Problem("GENE_LIST_DUPLICATE", Severity.WARNING, "twice", "Nothing.", "genes/S1.txt", 3)
CONTENT = ContentResult("signature", JsonText('{"genes": ["A", "B"]}'), (WARNING,))


class Life:
    """One run as it is judged, stored and loaded again."""

    def __init__(self, engine: Engine) -> None:
        self.store = ModelStore(engine)
        self.scan = 0

    def sees(self, listing: RunListing, contents: Contents | None = None) -> RunPlan:
        run = parsed(listing)
        return self.stores(listing, run, contents or Contents())

    def stores(self, listing: RunListing, run: ParsedRun, contents: Contents) -> RunPlan:
        ids = self.begin()
        loaded = self.loaded
        stored = None if loaded is None else loaded.stored
        judgement = judge_run(listing, run, LAB, None if stored is None else stored.known)
        plan = plan_run(
            judgement=judgement,
            parsed=run,
            listing=listing,
            stored=stored,
            contents=contents,
            scan=ids,
            fingerprint="fingerprint",
        )
        self.store.save([(loaded, plan)], ids, scan_time(self.scan))
        return plan

    def begin(self) -> ScanIds:
        self.scan += 1
        number = self.store.begin_scan(str(self.scan), scan_time(self.scan), Scope(), full=True)
        return ScanIds(number, self.scan - 1 or None)

    @property
    def loaded(self) -> LoadedRun | None:
        ids = [row.id for row in self.store.known_runs()]
        return next(iter(self.store.load(ids).values()), None)


@pytest.fixture
def life(engine: Engine) -> Life:
    return Life(engine)


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
    change = replace(plan.files[0], old=old, new=replace(old, path="bam/new.bam"))

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


def test_a_scan_that_begins_again_has_the_number_it_had(life: Life):
    store = life.store

    one = store.begin_scan("a", scan_time(1), Scope(runs=("x",)), full=False)
    again = store.begin_scan("a", scan_time(2), Scope(), full=True)
    other = store.begin_scan("b", scan_time(2), Scope(), full=True)

    assert (one, again, other) == (1, 1, 2)
    assert store.scan("a").scope == Scope(runs=("x",))
    assert store.scan("c") is None


def test_scans_are_known_back_to_the_last_of_everything(life: Life):
    store = life.store
    for number, scope in enumerate((Scope(), Scope(), Scope(runs=("x",)), Scope()), 1):
        store.begin_scan(str(number), scan_time(number), scope, full=True)
    for number in (1, 2, 3):
        store.set_record(number, f"record-{number}", scan_time(number))
        store.finish_scan(number, scan_time(number), {"files": number})

    found = store.recent_applied_scans(before=4)

    assert [scan.id for scan in found] == [3, 2]
    assert (found[0].record_id, found[0].applied_at) == ("record-3", scan_time(3))
    assert store.newest_as_of() == scan_time(3)


def test_a_scan_of_a_part_covers_that_part(life: Life):
    life.store.begin_scan("a", scan_time(1), Scope(roots=("/disk",), runs=("run",)), full=True)

    scan = life.store.scan("a")

    assert scan.covers("/disk", "kit/run")
    assert not scan.covers("/other", "kit/run")
    assert not scan.covers("/disk", "kit/other")


def test_files_are_counted_where_they_are_there(life: Life):
    empty = {path: entry for path, entry in _entries().items() if path != "bam/S2.bam"}
    life.sees(run_with(empty))

    (run_id,) = (row.id for row in life.store.known_runs())
    assert life.store.counts_there() == {run_id: 7}
    assert ("bam", "bam/S1.bam") in life.store.files_there([run_id])[run_id]
    assert life.store.runs_with_file_errors() == frozenset()
    totals = life.store.totals()
    assert totals.runs == {"complete": 1}
    assert totals.files["bam", "non_existent"] == 1


def _entries():
    top = run_with()
    return {path: entry for path in WHOLE if (entry := top.find(path)) is not None}


def test_messages_about_no_run_are_kept_apart(life: Life):
    life.sees(run_with([*WHOLE, "fq/a"]))
    ids = ScanIds(1, None)
    root = Problem("UNREADABLE", Severity.ERROR, "x", "y", "/disk")
    twice = Problem("DUPLICATE_FLOWCELL", Severity.ERROR, "x", "y")
    run_id = life.store.known_runs()[0].id

    life.store.save_many_messages(
        [(None, MessageChanges(opened=(("key", root),)))], ids, scan_time(1)
    )
    life.store.save_many_messages(
        [(run_id, MessageChanges(opened=(("k", twice),)))], ids, scan_time(1)
    )

    (about_root,) = life.store.open_messages()[None]
    assert (about_root.key, about_root.problem) == ("key", root)
    (about_run,) = life.store.open_messages({"DUPLICATE_FLOWCELL"})[run_id]
    assert isinstance(about_run, OpenMessage)

    changes = MessageChanges(closed=(about_root.id,))
    life.store.save_many_messages([(None, changes)], ids, scan_time(1))
    assert life.store.open_messages() == {}


def test_nothing_to_save_opens_no_connection(engine: Engine):
    with counted() as statements:
        ModelStore(engine).save_many_messages([], ScanIds(1, None), scan_time(1))

    assert statements == []


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the SQL of every statement that any database is sent."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("PRAGMA"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def statements_of(lab: Lab) -> tuple[int, int]:
    """How many statements a first scan takes, and one of the same disk after it."""
    counts = []
    for _ in range(2):
        with counted() as statements:
            lab.scan().summary  # noqa: B018 - it asserts that the scan finished
        counts.append(len(statements))
    return counts[0], counts[1]


def lab_of(folder: Path, *, runs: int = 1, rows: int = 2) -> Lab:
    lab = Lab(folder)
    for number in range(1, runs + 1):
        lab.run(number, rows=samples(*(f"S{n}" for n in range(rows)))).complete()
    engine = open_database(database_url_for(lab.settings, lab.home))
    upgrade(engine)  # what that costs is no part of a scan
    engine.dispose()
    return lab


def test_the_number_of_statements_does_not_grow_with_files(tmp_path: Path):
    few = statements_of(lab_of(tmp_path / "few", rows=2))
    many = statements_of(lab_of(tmp_path / "many", rows=12))

    assert few == many


def test_an_unchanged_disk_costs_the_same_few_statements_however_many_runs(tmp_path: Path):
    _, few = statements_of(lab_of(tmp_path / "few", runs=1))
    _, many = statements_of(lab_of(tmp_path / "many", runs=6))

    assert few == many <= 60


def test_one_run_that_cannot_be_stored_is_that_runs_error(tmp_path: Path):
    lab = lab_of(tmp_path / "lab", runs=3)
    engine = create_engine(database_url_for(lab.settings, lab.home))
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON expected_file "
                f"WHEN NEW.path LIKE '%{lab.run(2).name}%' "
                "BEGIN SELECT RAISE(ABORT, 'the database refuses this one'); END"
            )
        )
    engine.dispose()

    summary = lab.scan().summary

    states = lab.run_states()
    assert [states[lab.run(number).path] for number in (1, 2, 3)] == [
        "complete",
        "error",
        "complete",
    ]
    assert summary.changes.failed_runs == [f"{lab.root}/{lab.run(2).path}"]
    assert lab.files(lab.run(2).path) == {}
    assert lab.messages(lab.run(2).path) == ("PROCESSING_FAILED",)
    assert "the database refuses this one" in lab.texts("PROCESSING_FAILED")[0]
    assert len(lab.files(lab.run(3).path)) == 15
