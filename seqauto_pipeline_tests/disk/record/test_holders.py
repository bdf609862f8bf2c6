"""Runs that have not changed are referred to in the one record that holds their lines."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import (
    InputRole,
    SmallInput,
)
from seqauto_pipeline.disk.record import writer as writer_module
from seqauto_pipeline.disk.record.cold_runs import cold_runs
from seqauto_pipeline.disk.record.packing import pack_run
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.writer import ScanRecordWriter
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline_tests.disk.record.records import (
    HEADER,
    IN_ONE_DIRECTORY,
    RUN,
    RUNS,
    build_on,
    write,
)


@IN_ONE_DIRECTORY
@given(runs=st.lists(RUNS, min_size=1, max_size=5))
def test_unchanged_runs_are_referred_to_and_read_where_they_were_written_first(
    tmp_path: Path, runs
):
    first = ScanRecord(write(tmp_path / "first.jsonl.gz", *runs))

    second = build_on(first, tmp_path / "second.jsonl.gz")
    third = build_on(second, tmp_path / "third.jsonl.gz")

    assert (second.header.holder, third.header.holder) == ("first", "first")
    for record in (second, third):
        assert tuple(record.runs()) == tuple(runs)
        assert {each.in_holder for each in record.index} == {True}
    assert list(third.recorded_runs()) == list(second.recorded_runs())


def test_many_runs_that_are_referred_to_take_little_room(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(writer_module, "_RUNS_PER_CHUNK", 7)
    sheet = SmallInput("SampleSheet.csv", b"[Data]" * 100, 5)
    runs = [
        replace(RUN, path=f"kit/{n}", inputs={InputRole.SAMPLE_SHEET: sheet}) for n in range(40)
    ]
    first = ScanRecord(write(tmp_path / "first.jsonl.gz", *runs))
    cold = cold_runs(first, lambda _: True)["/disk"]

    second = build_on(first, tmp_path / "second.jsonl.gz")

    assert len(second.chunks) == 6
    assert [each.path for each in second.index] == [each.path for each in runs]
    assert tuple(second.runs()) == tuple(runs)
    assert sum(each.length for each in second.index) > 2 * (
        (tmp_path / "second.jsonl.gz").stat().st_size
    )
    assert [cold[each.path] for each in runs] == list(first.recorded_runs())


def test_lines_that_the_holder_does_not_have_are_copied_and_no_references_are_chained(
    tmp_path: Path,
):
    most, few, young = (replace(RUN, path=each) for each in ("most", "few", "young"))
    first = ScanRecord(write(tmp_path / "first.jsonl.gz", *[most] * 3))
    header = replace(HEADER, holder="first", holder_sha256=sha256_of(first))
    with ScanRecordWriter(tmp_path / "second.jsonl.gz", header) as writer:
        for run in first.recorded_runs():
            writer.copy_run(run, first)
        writer.add_run(pack_run(few))
    second = ScanRecord(tmp_path / "second.jsonl.gz")

    third = build_on(second, tmp_path / "third.jsonl.gz")

    assert third.header.holder == "first"
    assert [each.in_holder for each in third.index] == [True] * 3 + [False]
    (tmp_path / "second.jsonl.gz").unlink()
    assert tuple(ScanRecord(tmp_path / "third.jsonl.gz").runs()) == (most, most, most, few)
    write(tmp_path / "fourth.jsonl.gz", young)
    assert ScanRecord(tmp_path / "fourth.jsonl.gz").next_holder(lambda _: False) == ("", "")


def test_the_holder_of_the_next_record_is_that_of_most_bytes(tmp_path: Path):
    first = ScanRecord(write(tmp_path / "first.jsonl.gz", RUN))
    header = replace(HEADER, holder="first", holder_sha256=sha256_of(first))
    with ScanRecordWriter(tmp_path / "second.jsonl.gz", header) as writer:
        for run in first.recorded_runs():
            writer.copy_run(run, first)
        for path in ("a", "b"):
            writer.add_run(pack_run(replace(RUN, path=path)))

    third = build_on(ScanRecord(tmp_path / "second.jsonl.gz"), tmp_path / "third.jsonl.gz")

    assert third.header.holder == "second"
    assert [each.in_holder for each in third.index] == [False, True, True]


def sha256_of(record: ScanRecord) -> str:
    return record.next_holder(lambda _: True)[1]


def test_a_holder_that_is_gone_or_another_is_told_when_the_record_is_opened(tmp_path: Path):
    first, second = tmp_path / "first.jsonl.gz", tmp_path / "second.jsonl.gz"
    build_on(ScanRecord(write(first, RUN)), second)

    write(first, RUN, RUN)
    with pytest.raises(ScanRecordError) as caught:
        ScanRecord(second)
    assert str(caught.value) == (
        f"Cannot use the scan record {second}: what it says of unchanged runs is in the record "
        "first, and of that: it was written anew since. Choose another scan with `seqauto scans`, "
        "or scan the disks again with `seqauto scan`."
    )

    first.unlink()
    with pytest.raises(
        ScanRecordError, match="in the record first, and of that: it cannot be read"
    ):
        ScanRecord(second)


def test_a_holder_elsewhere_is_read_there_and_stays_readable_when_it_is_deleted(tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    first = write(home / "first.jsonl.gz", RUN)
    build_on(ScanRecord(first), home / "second.jsonl.gz")
    (tmp_path / "second.jsonl.gz").write_bytes((home / "second.jsonl.gz").read_bytes())

    record = ScanRecord(tmp_path / "second.jsonl.gz", home)
    first.unlink()

    assert tuple(record.runs()) == (RUN,)


def test_a_damaged_byte_of_the_holder_is_an_error_or_does_no_harm_wherever_it_is(tmp_path: Path):
    first, second = tmp_path / "first.jsonl.gz", tmp_path / "second.jsonl.gz"
    build_on(ScanRecord(write(first, RUN)), second)
    whole, harmless = first.read_bytes(), 0

    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        first.write_bytes(damaged)
        try:
            record = ScanRecord(second)
            assert tuple(record.runs()) == (RUN,)
        except ScanRecordError:
            with pytest.raises(ScanRecordError, match="in the record first, and of that"):
                ScanRecord(second).check_holder()
            continue
        harmless += 1

    # Nothing reads time, flags and system in the last gzip header, and the padding at its end.
    assert harmless <= 8


def test_the_index_of_many_runs_never_stands_in_memory_whole(tmp_path: Path):
    packed, path = pack_run(RUN), tmp_path / "record.jsonl.gz"

    def most_memory(runs: int) -> int:
        with ScanRecordWriter(path, HEADER) as writer:
            for _ in range(runs):
                writer.add_run(packed)
        tracemalloc.start()
        try:
            record = ScanRecord(path)
            assert sum(1 for _ in record.index) == runs
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert most_memory(20_000) < 1.3 * most_memory(10_000)
