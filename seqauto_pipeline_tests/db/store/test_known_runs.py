"""What a scan asks of all stored runs at once."""

from seqauto_pipeline_tests.core.runs import WHOLE, run_with
from seqauto_pipeline_tests.db.store.life import Life


def test_files_are_counted_where_they_are_there(life: Life):
    empty = {path: entry for path, entry in _entries().items() if path != "bam/S2.bam"}
    life.sees(run_with(empty))

    (run_id,) = (row.id for row in life.store.known.runs())
    assert life.store.known.counts_there() == {run_id: 7}
    assert ("bam", "bam/S1.bam") in life.store.known.files_there([run_id])[run_id]
    assert life.store.known.runs_with_file_errors() == frozenset()
    totals = life.store.known.totals()
    assert totals.runs == {"complete": 1}
    assert totals.files["bam", "non_existent"] == 1


def _entries():
    top = run_with()
    return {path: entry for path in WHOLE if (entry := top.find(path)) is not None}
