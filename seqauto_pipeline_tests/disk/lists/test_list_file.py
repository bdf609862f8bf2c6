"""Lists that another machine wrote, damaged or hostile: refused in words, and never obeyed."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqauto_pipeline.core.file_list import LATEST_NS, RunListing
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.lists.contents import ListedContents
from seqauto_pipeline.disk.lists.lines import ListError
from seqauto_pipeline.disk.lists.list_file import open_list
from seqauto_pipeline.disk.lists.listed_disk import ListedDisk
from seqauto_pipeline.disk.read import ReadRefused
from seqauto_pipeline.list_files.listing import write_list
from seqauto_pipeline.list_files.writing import ListWriter
from seqauto_pipeline.scan.list_requests import list_request
from seqauto_pipeline_tests.disk.conftest import MakeTree
from seqauto_pipeline_tests.disk.walk.walks import AT, MARKER, RUN, TAU, walk_options, walked

FLAGSTAT = "1_BAM/flagstats/S1.hg38.flagstat.txt"
Line = dict[str, Any]
OTHER = f"idt_exome/{RUN[:-1]}X"


@pytest.fixture
def root(make_tree: MakeTree) -> Path:
    return make_tree(
        {
            f"{AT}/{MARKER}": "",
            f"{AT}/SampleSheet.csv": "[Data]\n",
            f"{AT}/{FLAGSTAT}": "statistics",
            f"{AT}/0_fastq/S1_R1.fastq.gz": "reads",
            f"{OTHER}/{MARKER}": "",
        }
    )


@pytest.fixture
def path(root: Path, tmp_path: Path) -> Path:
    path = tmp_path / "list.gz"
    request = list_request(str(root), TAU, walk_options(), ContentOptions())
    with path.open("wb") as stream:
        write_list(str(root), request, stream)
    return path


def disk_of(root: Path, path: Path) -> ListedDisk:
    return ListedDisk.of_root(str(root), open_list(path), follows_links_out=False)


def rewritten(path: Path, change: Callable[[Line], object]) -> None:
    """Change lines of a list as somebody would who knows its format, its checksum included."""
    *lines, end = map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    at: dict[str, tuple[int, int]] = {}
    with path.open("wb") as stream:
        writer = ListWriter(stream)
        for line in lines[:-1]:  # the index is made anew
            name = str(line.get("content", line.keys() & {"levels"}))
            change(line)
            if "run" in line:
                run = line.pop("run")
                contents = {
                    each: at.get(f"{run}/{each}", it) for each, it in line["contents"].items()
                }
                writer.run(run, {**line, "contents": contents})
            else:
                at[name] = writer.line(line)
        writer.end(at["{'levels'}"], end["ended"])


def of_run(change: Callable[[Line], object]) -> Callable[[Line], object]:
    """Change the line of one run folder only."""
    return lambda line: change(line) if line.get("run") == AT else None


def content(change: Callable[[Line], object]) -> Callable[[Line], object]:
    return lambda line: change(line) if "content" in line else None


def test_a_list_that_was_written_again_as_it_was_tells_the_same(root: Path, path: Path):
    rewritten(path, lambda line: None)

    assert walked(root, disk=disk_of(root, path)) == walked(root)


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a\0b", "bad\\escape", "\\x2f", "\\x0"])
def test_a_name_that_no_file_can_have_makes_its_run_unreadable(root: Path, path: Path, name: str):
    rewritten(
        path, of_run(lambda run: run["directories"][""]["entries"].update({name: ["f", 1, 1]}))
    )

    _, runs = walked(root, disk=disk_of(root, path))

    assert [run.path for run in runs if not run.unreadable] == [OTHER]
    assert reason(runs) == f"it names {name!r}, which no file can be called; " + ANEW


ANEW = "make the list anew with the request of `seqauto list-files --print-request`"


def reason(runs: tuple[RunListing, ...]) -> str:
    (refusal,) = next(run for run in runs if run.path == AT).unreadable
    assert (refusal.errno_name, refusal.below) == ("EBADLIST", "")
    return refusal.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda run: run["directories"].update({"../../../etc": {}}), "it names '..', which no"),
        (lambda run: run["directories"].update({"/etc": {}}), "it names '', which no file"),
        (lambda run: run["inputs"].update({"a/../b": {}}), "it names '..', which no file"),
        (
            lambda run: run["contents"].update({"../../../b": [0, 1]}),
            "it names '..', which no file",
        ),
        (lambda run: run["looked_at"].update({"a//b": None}), "it names '', which no file"),
        (lambda run: entry(run, ["f", -1, 0]), "it gives 'x' a size of -1 bytes"),
        (lambda run: entry(run, ["f", 2**63, 0]), "it gives 'x' a size of 9223372036854775808"),
        (lambda run: entry(run, ["z", 1, 0]), "a line of it is not in the format of this program"),
        (lambda run: entry(run, ["f", "1", 0]), "a line of it is not in the format of this"),
        (lambda run: entry(run, ["f", 1]), "a line of it is not in the format of this program"),
        *(
            (
                lambda run, it=it: run["directories"].update({"0_fastq": {"refused": it}}),
                "a line of",
            )
            for it in (
                {"errno": "EACCES", "path": "/a", "owner": "0:0; id"},
                {"errno": "EACCES", "path": "/a", "mode": -1},
                {"errno": "EIO", "path": "/a", "said": "x" * 300},
                {"errno": "EIO", "path": "/a", "said": "\x1b[2J"},
            )
        ),
        (lambda run: run.update(directories=[]), "a line of it is not in the format of this"),
    ],
)
def test_a_hostile_line_makes_its_run_unreadable_and_no_other(
    root: Path, path: Path, change: Callable[[Line], object], said: str
):
    rewritten(path, of_run(change))

    _, runs = walked(root, disk=disk_of(root, path))

    assert [run.path for run in runs if not run.unreadable] == [OTHER]
    assert reason(runs).startswith(said)


def entry(run: Line, facts: list[object]) -> None:
    run["directories"][""]["entries"]["x"] = facts


def test_times_beyond_what_a_database_holds_are_the_last_ones_that_it_does(root: Path, path: Path):
    rewritten(path, of_run(lambda run: entry(run, ["f", 1, 10**30])))

    _, runs = walked(root, disk=disk_of(root, path))

    run = next(run for run in runs if run.path == AT)
    found = run.find("x")
    assert found is not None
    assert found.modified_ns == LATEST_NS


def test_what_a_list_does_not_tell_of_is_unreadable_and_not_missing(root: Path, path: Path):
    rewritten(path, of_run(lambda run: run["directories"].pop("0_fastq")))

    _, runs = walked(root, disk=disk_of(root, path))

    run = next(run for run in runs if run.path == AT)
    assert [(each.below, each.errno_name) for each in run.unreadable] == [("0_fastq", "ENOTLISTED")]
    assert ANEW in run.unreadable[0].reason


def test_an_error_that_no_system_has_is_one_of_the_disk(root: Path, path: Path):
    refused = {"refused": {"errno": "errorcode", "path": "/there/0_fastq", "said": "odd"}}
    rewritten(path, of_run(lambda run: run["directories"].update({"0_fastq": refused})))

    _, runs = walked(root, disk=disk_of(root, path))

    run = next(run for run in runs if run.path == AT)
    assert [(each.path, each.errno_name) for each in run.unreadable] == [("/there/0_fastq", "EIO")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: line.update(content=f"{OTHER}/{FLAGSTAT}"), "stand for those of"),
        (lambda line: (line.pop("text"), line.update(base64="?")), "Only base64 data is allowed"),
        (lambda line: line.update(text=3), "not in the format of this program"),
        (lambda line: line.update(text="x" * 5000), "larger than the limit of 1000 bytes"),
        (lambda line: line.update(text="x" * 200_000), "unpacks to more than"),
    ],
)
def test_the_bytes_of_a_file_are_doubted(
    root: Path, path: Path, change: Callable[[Line], object], said: str
):
    rewritten(path, content(change))

    with pytest.raises(ReadRefused) as caught:
        ListedContents(open_list(path), AT).read(f"{root}/{AT}/x", FLAGSTAT, max_bytes=1000)

    assert said in caught.value.refusal.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: line.update(run="/etc/x") if line.get("run") == AT else None, "it names ''"),
        (
            lambda line: line.update(run="a/../b") if line.get("run") == AT else None,
            "it names '..'",
        ),
        (
            lambda line: line.update(run="deep/er/b") if line.get("run") == AT else None,
            "is not where run",
        ),
        (lambda line: line.update(seqauto_list=2) if "root" in line else None, "format is 2, and"),
        (lambda line: line.update(user="x;id") if "root" in line else None, "it is of 'x;id' on"),
        (lambda line: line.update(host="a\nb") if "root" in line else None, "on 'a\\nb': no such"),
        (lambda line: line.update(depth="2") if "root" in line else None, "not in the format"),
    ],
)
def test_a_hostile_list_is_refused_whole(path: Path, change: Callable[[Line], object], said: str):
    rewritten(path, change)

    with pytest.raises(ListError) as caught:
        open_list(path)

    assert said in str(caught.value)


def test_a_list_that_is_cut_off_or_damaged_anywhere_is_refused(path: Path):
    whole, chance = path.read_bytes(), random.Random(1)

    for _ in range(200):
        place = chance.randrange(len(whole))
        cut = chance.random() < 0.5
        changed = whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))])
        path.write_bytes(whole[:place] if cut else changed + whole[place + 1 :])
        if path.read_bytes() != whole:
            _is_refused_or_equal(path, whole)


def _is_refused_or_equal(path: Path, whole: bytes) -> None:
    """Bits of gzip headers of the last line are in no sum: the same is read without them."""
    try:
        found = open_list(path)
    except ListError:
        return
    assert len(path.read_bytes()) == len(whole)
    assert found.runs.keys() == {AT, OTHER}


def test_a_kept_list_that_is_damaged_since_says_so_where_it_is_read(root: Path, path: Path):
    offset, length = open_list(path).runs[AT]
    data = bytearray(path.read_bytes())
    data[offset + length // 2] ^= 1
    path.write_bytes(data)

    found = open_list(path, was_checked=True)

    with pytest.raises(ListError, match="a line of it is damaged"):
        found.run(AT)
    assert found.run(OTHER).run == OTHER


def test_a_list_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(ListError, match="it cannot be read: No such file"):
        open_list(tmp_path / "none")
