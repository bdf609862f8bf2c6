"""Contents of runs that are asked for together, and a mistake of the code in one of them."""

import pytest

from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.disk.contents.reading import ContentReader
from seqauto_pipeline.disk.parallel.workers import Watch
from seqauto_pipeline_tests.scan.lab import Lab


def test_a_mistake_in_reading_one_run_fails_that_run_alone(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [lab.run(number).complete() for number in (1, 2, 3)]
    load = ContentReader.load

    def mistaken(reader: ContentReader, watch: Watch) -> Contents:
        if reader._folder.endswith(runs[1].path):
            raise KeyError("nobody thought of this")
        return load(reader, watch)

    monkeypatch.setattr(ContentReader, "load", mistaken)

    summary = lab.scan().summary

    assert summary.changes.failed_runs == [f"{lab.root}/{runs[1].path}"]
    assert [lab.run_states()[run.path] for run in runs] == ["complete", "error", "complete"]
    assert summary.changes.contents == 2 * 6
