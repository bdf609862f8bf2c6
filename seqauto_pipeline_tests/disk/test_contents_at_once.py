"""Contents of many files, large ones, and ones that do not answer."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.disk.contents import ContentOptions, loading, reading
from seqauto_pipeline.disk.contents.loading import ContentRequests
from seqauto_pipeline.disk.parallel import workers
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.read import decompressed, read_through_link
from seqauto_pipeline_tests.disk.contents_reader import COVERAGE, SUMMARY, Reader
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name, samples


@pytest.fixture
def large(disk: Path) -> Reader:
    """A run with several times as many files as one thread takes at a time."""
    run = RunFolder(disk, "kit", run_name(1), samples(*(f"S{number}" for number in range(1, 9))))
    run.complete()
    return Reader(run)


def test_files_of_a_disk_that_makes_wait_are_read_side_by_side(
    large: Reader, monkeypatch: pytest.MonkeyPatch
):
    readers: set[int] = set()
    two = threading.Event()

    def read(*arguments: object, **options: object) -> tuple[bytes, int]:
        readers.add(threading.get_ident())
        if len(readers) > 1:
            two.set()
        assert two.wait(10), "a second thread takes other files while this one waits"
        return read_through_link(*arguments, **options)

    monkeypatch.setattr(reading, "read_through_link", read)
    large.options = ContentOptions(threads=2)

    found = large.reads()

    assert ("gene_coverage", "S8") in found.read


def test_a_disk_that_makes_wait_is_begun_with_as_many_threads_as_the_last_run_had(
    large: Reader, monkeypatch: pytest.MonkeyPatch
):
    def read(*arguments: object, **options: object) -> tuple[bytes, int]:
        time.sleep(0.02)
        return read_through_link(*arguments, **options)

    monkeypatch.setattr(reading, "read_through_link", read)
    large.options = ContentOptions(threads=8)

    large.reads()

    assert large.roots.threads(str(large.run.root)) > 2


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], threading.Event]]:
    """Let files below a path not answer until an event is set."""
    events = []

    def fall_silent(below: str) -> threading.Event:
        events.append(over := threading.Event())

        def read(path: str, *arguments: object, **options: object) -> tuple[bytes, int]:
            if path.startswith(below):
                over.wait(60)
            return read_through_link(path, *arguments, **options)

        monkeypatch.setattr(reading, "read_through_link", read)
        return over

    yield fall_silent
    for each in events:
        each.set()


@pytest.mark.parametrize(("threads", "stuck"), [(1, 2), (8, 4)])
def test_a_run_whose_file_server_is_down_does_not_wait_for_each_of_its_files(
    threads: int, stuck: int, large: Reader, silence: Callable[[str], threading.Event]
):
    large.options = ContentOptions(seconds_per_file=0.4, threads=threads)
    over = silence("/")

    found, again = large.reads(), large.reads()
    over.set()
    answered = large.reads()

    assert found.pending
    assert not found.read
    assert list(found.error_codes.values()) == ["CONTENT_REFUSED"] * stuck
    assert list(again.error_codes.values()) == ["CONTENT_REFUSED"]  # asked one at a time by now
    assert not answered.pending
    assert len(answered.read) == 24


@pytest.mark.parametrize("threads", [1, 8])
def test_all_but_a_file_that_does_not_answer_are_read(
    threads: int, large: Reader, silence: Callable[[str], threading.Event]
):
    large.options = ContentOptions(seconds_per_file=0.4, threads=threads)
    silence(str(large.run.place("exec_summary", "S1")))

    found = large.reads()

    assert found.pending
    assert found.error_codes == {SUMMARY: "CONTENT_REFUSED"}
    assert len(found.read) == 23


@pytest.fixture
def three(disk: Path) -> list[Reader]:
    """Runs whose contents are asked for together."""
    runs = [RunFolder(disk, "kit", run_name(number), samples("S1")) for number in (1, 2, 3)]
    for run in runs:
        run.complete()
    return [Reader(run) for run in runs]


def _read_together(runs: list[Reader], roots: KnownRoots) -> list[Contents]:
    return ContentRequests(tuple(each.request() for each in runs)).load(roots)


@pytest.mark.parametrize("threads", [1, 2])
def test_runs_read_together_say_what_each_says_alone(threads: int, three: list[Reader]):
    alone = [each.reads() for each in three]
    for each in three:
        each.stored = None

    assert _read_together(three, KnownRoots(threads)) == alone
    assert len({len(each.read) for each in alone}) == 1
    assert alone[0].read


def test_a_thread_that_is_enough_goes_through_all_runs(
    three: list[Reader], monkeypatch: pytest.MonkeyPatch
):
    requests = ContentRequests(tuple(each.request() for each in three))
    begun: list[int] = []
    work = workers._Pool._work

    def note(pool: workers._Pool[object, object]) -> None:
        begun.append(threading.get_ident())
        work(pool)

    monkeypatch.setattr(workers._Pool, "_work", note)

    requests.load(KnownRoots(threads_at_first=1))

    assert len(begun) == 1


def test_directories_of_runs_that_have_been_read_stay_open_for_no_other(
    three: list[Reader], monkeypatch: pytest.MonkeyPatch
):
    requests = ContentRequests(tuple(each.request() for each in three))
    is_open: dict[str, set[str]] = {}

    def read(path: str, *arguments: object, **options: object) -> tuple[bytes, int]:
        run = next(str(each.run.folder) for each in three if path.startswith(f"{each.run.folder}/"))
        is_open.setdefault(run, set()).update(_open_directories(three[0].run.root))
        return read_through_link(path, *arguments, **options)

    monkeypatch.setattr(reading, "read_through_link", read)

    requests.load(KnownRoots(threads_at_first=1))

    assert len(is_open) == 3
    assert any(is_open.values())
    for run, directories in is_open.items():
        assert all(directory.startswith(f"{run}/") for directory in directories)
    assert not _open_directories(three[0].run.root)


def _open_directories(root: Path) -> list[str]:
    handles = Path("/proc/self/fd").iterdir()
    targets = [str(each.readlink()) for each in handles if each.is_symlink()]
    return [each for each in targets if each.startswith(f"{root}/") and Path(each).is_dir()]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("types", [("exec_summary",), ("exec_summary", "gene_coverage")])
def test_files_of_a_run_that_do_not_answer_leave_the_runs_read_beside_it_whole(
    types: tuple[str, ...], threads: int, three: list[Reader], monkeypatch: pytest.MonkeyPatch
):
    stuck = {str(three[1].run.place(name)) for name in types}
    over = threading.Event()

    def read(path: str, *arguments: object, **options: object) -> tuple[bytes, int]:
        if path in stuck:
            over.wait(60)
        return read_through_link(path, *arguments, **options)

    whole = len(three[0].reads().read)
    three[0].stored = None
    monkeypatch.setattr(reading, "read_through_link", read)
    for each in three:
        each.options = ContentOptions(seconds_per_file=0.4, threads=8)
    roots = KnownRoots(threads)

    first, held, last = _read_together(three, roots)
    over.set()

    assert [(len(each.read), each.pending) for each in (first, last)] == [(whole, False)] * 2
    assert held.pending
    assert set(held.error_codes) == {(name, "S1") for name in types}
    assert not roots.silent  # the run after it answered


def test_large_files_are_held_one_at_a_time(large: Reader, monkeypatch: pytest.MonkeyPatch):
    readers = set()

    def read(path: str, *arguments: object, **options: object) -> tuple[bytes, int]:
        readers.add(threading.get_ident())
        time.sleep(0.02)
        return read_through_link(path, *arguments, **options)

    monkeypatch.setattr(reading, "read_through_link", read)
    monkeypatch.setattr(loading, "_LARGE_BYTES", 0)
    large.options = ContentOptions(threads=8)

    assert len(large.reads().read) == 24
    assert len(readers) == 1


def test_what_is_not_read_now_is_as_wrong_as_it_was(
    large: Reader, silence: Callable[[str], threading.Event]
):
    path = large.run.place("gene_coverage", "S8")
    path.write_text("garbage")
    was = large.reads().problems
    path.write_text("more garbage")
    large.options = ContentOptions(seconds_per_file=0.2, gene_rows="all")  # all is read anew
    silence("/")

    found = large.reads()

    assert was["gene_coverage", "S8"]
    assert found.problems["gene_coverage", "S8"] == was["gene_coverage", "S8"]


def test_a_file_that_changes_while_it_is_read_is_as_wrong_as_it_was(reader: Reader):
    path = reader.run.place("gene_coverage")
    path.write_text("garbage")
    was = reader.reads().problems
    path.write_text("more garbage")
    listing = reader.listed()
    path.write_text("still more garbage")

    found = reader.reads(listing)

    assert found.pending
    assert was[COVERAGE]
    assert found.problems[COVERAGE] == was[COVERAGE]


def test_one_file_at_a_time_is_unpacked_however_many_are_read(
    large: Reader, monkeypatch: pytest.MonkeyPatch
):
    unpacking, most = Counter[str](), Counter[str]()

    def unpack(*arguments: object, **options: object) -> bytes:
        unpacking["now"] += 1
        most["once"] = max(most["once"], unpacking["now"])
        time.sleep(0.05)
        unpacking["now"] -= 1
        return decompressed(*arguments, **options)

    def read(*arguments: object, **options: object) -> tuple[bytes, int]:
        readers.add(threading.get_ident())
        return read_through_link(*arguments, **options)

    readers: set[int] = set()
    monkeypatch.setattr(reading, "read_through_link", read)
    monkeypatch.setattr(reading, "decompressed", unpack)
    large.options = ContentOptions(threads=4)

    large.reads()

    assert len(readers) > 1
    assert most["once"] == 1


def test_a_file_that_does_not_answer_is_named_and_read_when_it_does(
    reader: Reader, silence: Callable[[str], threading.Event]
):
    hangs = str(reader.run.place("gene_coverage"))
    over = silence(hangs)
    reader.options = ContentOptions(seconds_per_file=0.2)

    found = reader.reads()

    over.set()
    assert found.pending
    assert found.error_codes == {COVERAGE: "CONTENT_REFUSED"}
    [problem] = found.problems[COVERAGE]
    assert hangs in problem.message
    assert "no answer within 0.2 s" in problem.message
    assert COVERAGE not in found.read
    assert COVERAGE in reader.reads().read
