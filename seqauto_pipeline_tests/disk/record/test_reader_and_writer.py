"""The record of a scan: what was listed comes back, and what is damaged is never believed."""

import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    InputRole,
    RunListing,
    Scope,
    SmallInput,
    Unreadable,
)
from seqauto_pipeline.disk.record.packing import pack_run
from seqauto_pipeline.disk.record.parts import ScanHeader
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.writer import ScanRecordWriter
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline_tests.core.listings import NS, file_of, refusal, run_listing
from seqauto_pipeline_tests.disk.record.records import (
    HEADER,
    HEADERS,
    IN_ONE_DIRECTORY,
    ROOT,
    ROOTS,
    RUN,
    RUNS,
    build_on,
    seen,
    write,
)


@IN_ONE_DIRECTORY
@given(header=HEADERS, roots=st.lists(ROOTS, max_size=2), runs=st.lists(RUNS, max_size=3))
def test_whatever_was_listed_comes_back(tmp_path: Path, header, roots, runs):
    path = tmp_path / "record.gz"

    with ScanRecordWriter(path, header) as record:
        for root in roots:
            record.add_root(root)
        for run in runs:
            record.add_run(pack_run(run, ["done"]))

    assert seen(path) == (header, tuple(roots), tuple(runs))


def digest(folder: Path, run: RunListing) -> str:
    return next(ScanRecord(write(folder / "record.gz", run)).index).digest


@IN_ONE_DIRECTORY
@given(run=RUNS)
def test_a_listing_has_the_digest_after_that_it_had_before(tmp_path: Path, run):
    path = write(tmp_path / "record.gz", run)

    (found,) = ScanRecord(path).runs()

    assert digest(tmp_path, found) == digest(tmp_path, run)


def test_a_digest_tells_every_difference_that_a_judgement_could_see(tmp_path: Path):
    sheet = SmallInput("SampleSheet.csv", b"a", NS)
    listing = run_listing(["1_BAM/S1.bam"], inputs={InputRole.SAMPLE_SHEET: sheet})
    others = [
        replace(listing, root="/other"),
        replace(listing, path="other"),
        replace(listing, skip_reason="skipped"),
        replace(listing, unreadable=(refusal("x"),)),
        replace(listing, inputs={InputRole.SAMPLE_SHEET: replace(sheet, data=b"b")}),
        replace(listing, inputs={InputRole.RUN_INFO: sheet}),
        replace(listing, used_sheets={"a/SampleSheet.csv": replace(sheet, path="a/b.csv")}),
        replace(run_listing({"1_BAM/S1.bam": file_of(11)}), inputs=listing.inputs),
        replace(run_listing({"1_BAM/S1.bam": file_of(10, NS + 1)}), inputs=listing.inputs),
        replace(run_listing(["1_BAM/S2.bam"]), inputs=listing.inputs),
    ]

    assert len({digest(tmp_path, each) for each in (listing, *others)}) == 11


def test_a_digest_is_the_same_for_the_same_facts_in_another_order(tmp_path: Path):
    one, other = run_listing(["a/1", "a/2", "b/1"]), run_listing(["b/1", "a/2", "a/1"])

    assert digest(tmp_path, one) == digest(tmp_path, other)


def test_a_digest_is_the_same_whenever_a_directory_was_listed(tmp_path: Path):
    listing = run_listing(["a/1", "b/1"])
    later = {
        path: replace(each, modified_ns=each.modified_ns + 1, listed_ns=each.listed_ns + 1)
        for path, each in listing.directories.items()
    }

    assert digest(tmp_path, listing) == digest(tmp_path, replace(listing, directories=later))


@IN_ONE_DIRECTORY
@given(runs=st.lists(RUNS, min_size=1, max_size=3))
def test_a_run_that_is_copied_is_the_same_in_the_next_record(tmp_path: Path, runs):
    first = ScanRecord(write(tmp_path / "first.gz", *runs))

    with ScanRecordWriter(tmp_path / "second.gz", HEADER) as record:
        record.add_root(ROOT)
        for run in reversed(list(first.recorded_runs())):
            record.copy_run(run, first)

    assert seen(tmp_path / "second.gz")[2] == tuple(reversed(runs))


def test_a_record_can_be_read_with_common_tools(tmp_path: Path):
    path = write(tmp_path / "record.gz", RUN)

    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]

    kinds = ["seqauto_scan", "root", "run", "watched", "index", "contents", "end"]
    assert [next(iter(line)) for line in lines] == kinds
    assert lines[2]["run"]["dirs"] == {"": {"done": ["f", 3, 4]}}
    assert lines[2]["times"]["dirs"] == {"": [1, 2]}


LINES_OF_FORMAT_3 = [
    (
        '{"seqauto_scan":3,"started_at":"2026-01-01T06:00:00+00:00",'
        '"scope":{"roots":["/disk"],"runs":["run"]},"scanner":"0.1.0","basis":"b","full_since":""}'
    ),
    (
        '{"root":{"path":"/disk","layout":"tau","kits":["kit"],"run_paths":["kit/run"],"unreadable":'
        '[{"path":"/disk/kit","errno_name":"EACCES","reason":"why","below":"kit"}],'
        '"unavailable":null}}'
    ),
    (
        '{"run":{"root":"/disk","path":"kit/run","named":false,"skip":null,"dirs":{"":{},'
        '"b":{"\\"\\t\x7f":["f",1180591620717411303424,1],"é\u2028\\\\xff":["b",0,-1]}},"inputs":'
        '{"run_info":["RunInfo.xml",6,{"text":"<Ä/>"}],'
        '"sample_sheet":["SampleSheet.csv",5,{"base64":"/wBbRGF0YV0="}]},'
        '"unreadable":[["/disk/kit/run/x","EACCES","why","x"]],"links":false},'
        '"times":{"dirs":{"b":[1,2],"":[3,4]},"passed":{"way":8}}}'
    ),
    (
        '{"index":[["/disk","kit/run","f4c9e480a0596fe20b8336af32640398",[AT],{"b":1,"":3,"way":8},'
        '{"b/\\"\\t\x7f":[1180591620717411303424,1]},[2,8],false,[2,1180591620717411303424,1]]]}'
    ),
]


# Since format 4 the index stands in parts, apart from what is watched of runs.
LINES_OF_FORMAT_4 = [
    LINES_OF_FORMAT_3[0]
    .replace('"seqauto_scan":3', '"seqauto_scan":4')
    .replace('"full_since":""', '"full_since":"","holder":"","holder_sha256":""'),
    *LINES_OF_FORMAT_3[1:3],
    ('{"watched":[[{"b":1,"":3,"way":8},{"b/\\"\\t\x7f":[1180591620717411303424,1]}]]}'),
    (
        '{"index":[["/disk","kit/run","f4c9e480a0596fe20b8336af32640398",AT,false,2,8,false,3,2,'
        "1180591620717411303424,1]]}"
    ),
]
_LONG_AGO = {"é\u2028\\xff": Entry(EntryKind.BROKEN_LINK, 0, -1)}
_ENTRIES = {**_LONG_AGO, '"\t\x7f': Entry(EntryKind.FILE, 2**70, 1)}
RUN_OF_LINES = replace(
    RUN,
    directories={"b": DirectoryListing(1, 2, _ENTRIES), "": DirectoryListing(3, 4, {})},
    inputs={**RUN.inputs, InputRole.RUN_INFO: SmallInput("RunInfo.xml", "<Ä/>".encode(), 6)},
    passed_through={"way": 8},
)
ROOT_OF_LINES = replace(ROOT, unreadable=(Unreadable("/disk/kit", "EACCES", "why", "kit"),))
HEADER_OF_LINES = replace(HEADER, basis="b")


def test_the_lines_are_those_of_format_4(tmp_path: Path):
    with ScanRecordWriter(tmp_path / "record.gz", HEADER_OF_LINES) as record:
        record.add_root(ROOT_OF_LINES)
        record.add_run(pack_run(RUN_OF_LINES, ['b/"\t\x7f']))

    lines = gzip.decompress((tmp_path / "record.gz").read_bytes()).decode().split("\n")
    lines[4] = re.sub(r"\d+,\d+(?=,false)", "AT", lines[4], count=1)  # as zlib compresses
    assert lines[:5] == LINES_OF_FORMAT_4


def test_a_record_of_format_3_is_read_and_built_on(tmp_path: Path):
    old, new = tmp_path / "old.jsonl.gz", tmp_path / "new.jsonl.gz"
    header, root, run, index = (f"{line}\n".encode() for line in LINES_OF_FORMAT_3)
    members = [gzip.compress(each) for each in (header, root, run)]
    at = f"{len(members[0] + members[1])},{len(members[2])}".encode()
    old.write_bytes(ended(b"".join(members), gzip.compress(index.replace(b"AT", at))))
    found = (HEADER_OF_LINES, (ROOT_OF_LINES,), (RUN_OF_LINES,))

    record = ScanRecord(old)

    assert seen(old) == found
    packed = pack_run(RUN_OF_LINES, ['b/"\t\x7f'])
    [recorded] = record.recorded_runs()
    assert recorded.watched == packed.watched
    assert recorded.entry.digest == packed.entry.digest
    assert recorded.entry.directories == packed.entry.directories
    build_on(record, new)
    assert seen(new)[2] == found[2]


def ended(before: bytes, last: bytes) -> bytes:
    """Give the bytes of a record that has its end, with a checksum that fits."""
    data = before + last
    end = {"end": {"index_at": len(before), "sha256": hashlib.sha256(data).hexdigest()}}
    return data + gzip.compress(json.dumps(end).encode())


def test_the_same_listing_makes_the_same_bytes(tmp_path: Path):
    one, other = write(tmp_path / "one.gz", RUN), write(tmp_path / "other.gz", RUN)

    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_damaged_byte_is_an_error_or_does_no_harm_wherever_it_is(tmp_path: Path, mask: int):
    path = write(tmp_path / "record.gz", RUN, RUN)
    whole, before = path.read_bytes(), seen(path)
    harmless = 0

    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= mask
        path.write_bytes(damaged)
        try:
            assert seen(path) == before
        except ScanRecordError:
            continue
        harmless += 1

    # Nothing reads time, flags and system in the last gzip header, and the padding at its end.
    assert harmless <= 8


def test_a_record_that_was_cut_is_not_whole_wherever_it_was_cut(tmp_path: Path):
    path = write(tmp_path / "record.gz", RUN)
    whole = path.read_bytes()

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ScanRecordError, match=r"it is not whole|checksum does not fit"):
            ScanRecord(path)


def test_two_records_in_one_file_are_none(tmp_path: Path):
    path = write(tmp_path / "record.gz", RUN)
    path.write_bytes(path.read_bytes() * 2)

    with pytest.raises(ScanRecordError, match="its checksum does not fit"):
        ScanRecord(path)


def test_a_record_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(ScanRecordError) as caught:
        ScanRecord(tmp_path / "gone.gz")

    assert str(caught.value) == (
        f"Cannot use the scan record {tmp_path}/gone.gz: it cannot be read: No such file or "
        "directory. Choose another scan with `seqauto scans`, or scan the disks again with "
        "`seqauto scan`."
    )


def signed(path: Path, *lines: object) -> Path:
    """Write lines as a record has them, with a checksum that fits."""
    *before, last = (gzip.compress(json.dumps(line).encode() + b"\n") for line in lines)
    path.write_bytes(ended(b"".join(before), last))
    return path


def test_a_record_of_another_format_says_which(tmp_path: Path):
    path = signed(tmp_path / "record.gz", {"seqauto_scan": 99}, {"index": []})

    with pytest.raises(ScanRecordError, match="its format is 99, and this program reads 4"):
        ScanRecord(path)


@pytest.mark.parametrize(
    "lines",
    [
        [[], {"index": []}],
        [{"seqauto_scan": 3, "scope": 3}, {"index": []}],
        [{"seqauto_scan": 3}, {"index": []}],
        [{"seqauto_scan": 3}, {"index": {}}],
        [{"seqauto_scan": 3}, {"index": [["/disk"]]}],
        [{"seqauto_scan": 3}, {"index": [["r", "p", "d", ["0", 1], {}, {}, 0, True, [0, 0, 0]]]}],
        [{"seqauto_scan": 3}, {"other": []}],
        [{"seqauto_scan": 4, "scope": 3}, {"contents": {"head": 60, "chunks": []}}],
        [{"seqauto_scan": 4}, {"contents": {"head": 60}}],
        ["x"],
    ],
)
def test_a_record_that_only_looks_like_one_is_refused(tmp_path: Path, lines):
    with pytest.raises(ScanRecordError, match="it is not in the format of this program"):
        ScanRecord(signed(tmp_path / "record.gz", *lines))


def test_a_file_that_is_no_record_is_refused(tmp_path: Path):
    for content in (b"", b"hello", gzip.compress(b"[]"), gzip.compress(b'{"end": 3}')):
        (tmp_path / "record.gz").write_bytes(content)
        with pytest.raises(ScanRecordError, match="it has no end: it is not whole"):
            ScanRecord(tmp_path / "record.gz")


def test_a_large_damaged_record_is_told(tmp_path: Path):
    path = write(tmp_path / "record.gz", *[RUN] * 3000)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(ScanRecordError):
        ScanRecord(path)


def test_a_scan_that_dies_leaves_nothing_under_the_records_name(tmp_path: Path):
    def dies() -> None:
        with ScanRecordWriter(tmp_path / "a/record.gz", HEADER) as record:
            record.add_run(pack_run(RUN))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        dies()

    assert list((tmp_path / "a").iterdir()) == []


def test_a_record_replaces_the_one_before_when_it_is_whole(tmp_path: Path):
    path = write(tmp_path / "record.gz")

    with ScanRecordWriter(path, HEADER) as record:
        record.add_run(pack_run(RUN))
        assert seen(path)[2] == ()

    assert seen(path)[2] == (RUN,)


def test_a_scan_is_full_when_it_listed_everything_itself():
    def full(since: str) -> bool:
        return ScanHeader("2026-01-02", Scope(), "0", full_since=since).full

    assert full("")
    assert full("2026-01-02")
    assert not full("2026-01-01")
