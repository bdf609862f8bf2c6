"""Whatever becomes of the files of a run over many scans."""

from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.file_list import Entry, EntryKind
from seqauto_pipeline.core.verdict.reconcile import (
    ScanIds,
    reconcile_files,
)
from seqauto_pipeline_tests.core.listings import refusal, run_listing
from seqauto_pipeline_tests.core.verdict.reconciling import Life, Stored, expected

NAMES = st.sampled_from(["S1", "S2", "S3"])
KINDS = st.sampled_from(EntryKind)
SCANS = st.lists(
    st.tuples(
        st.dictionaries(NAMES, st.tuples(NAMES, st.booleans()), max_size=3),  # wanted, at, skipped
        st.dictionaries(NAMES, st.builds(Entry, KINDS, st.integers(0, 2), st.integers(1, 2))),
        st.sampled_from([(), ("1_BAM",), ("1_BAM/S1.bam",), ("",)]),
        st.sets(NAMES),  # content errors
    ),
    max_size=5,
)


@given(SCANS)
def test_applying_the_changes_leaves_nothing_to_change(scans):
    stored: Stored = {}
    seen: set[str] = set()
    for number, (wanted, there, refuses, broken) in enumerate(scans, 1):
        want = [
            expected(name, f"1_BAM/{at}.bam", skipped=skipped)
            for name, (at, skipped) in wanted.items()
        ]
        listing = run_listing(
            {f"1_BAM/{name}.bam": entry for name, entry in there.items()},
            unreadable=[refusal(each) for each in refuses],
        )
        errors = {("bam", name): "BROKEN" for name in broken}
        ids = ScanIds(number, number - 1 or None)

        changes = reconcile_files(want, listing, stored, errors, ids)
        stored |= {change.new.key: change.new for change in changes}

        assert reconcile_files(want, listing, stored, errors, ids) == ()
        assert {key for key, file in stored.items() if not file.retired} <= {f.key for f in want}
        for file in stored.values():
            if file.data_state is DataState.NON_EXISTENT:
                assert file.was_seen_at is None
            if file.data_state is DataState.DELETED:
                assert file.was_seen_at in seen
        for file in stored.values():
            if file.data_state in (DataState.COMPLETE, DataState.ERROR):
                seen.add(file.path)


@given(SCANS)
def test_nothing_is_deleted_that_could_not_be_looked_at(scans):
    life = Life()
    for wanted, there, _, _ in scans:
        want = [expected(name) for name in wanted]
        life.goes_on({f"1_BAM/{name}.bam": entry for name, entry in there.items()}, want=want)
        before = {key: file.data_state for key, file in life.stored.items()}

        life.goes_on(want=want, refuses=("1_BAM",))

        assert {key: file.data_state for key, file in life.stored.items()} == before
