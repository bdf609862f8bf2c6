"""Lists got from a command or a file: within limits, and not those of another root or day."""

import gzip
import json
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from seqauto_pipeline.disk.lists.fetching import ListSource, fetch_list, kept_list
from seqauto_pipeline.disk.lists.lines import ListError
from seqauto_pipeline.disk.lists.list_file import ListFile
from seqauto_pipeline.disk.parallel.workers import Watch
from seqauto_pipeline.list_files.listing import write_list
from seqauto_pipeline.list_files.request import Request
from seqauto_pipeline.list_files.writing import ListWriter

HOUR = 3600.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "disk/kit/run").mkdir(parents=True)
    return tmp_path / "disk"


def written(root: Path, to: Path, *, age: float = 0, request: Request | None = None) -> Path:
    """Make a list that was ended ``age`` seconds ago."""
    with to.open("wb") as stream:
        write_list(str(root), request or Request(), stream)
    header, levels, *runs = map(json.loads, gzip.decompress(to.read_bytes()).splitlines()[:-2])
    with to.open("wb") as stream:
        writer = ListWriter(stream)
        writer.line(header)
        at = writer.line(levels)
        for run in runs:
            writer.run(run.pop("run"), run)
        writer.end(at, time.time() - age)
    return to


def from_file(root: Path, tmp_path: Path, **other: object) -> ListSource:
    file = tmp_path / "list.gz"
    return replace(ListSource(str(root), str(root), file=file), **other)  # type: ignore[arg-type]


def by_command(root: Path, code: str, **other: object) -> ListSource:
    command = (sys.executable, "-c", code)
    return replace(ListSource(str(root), str(root), command), **other)  # type: ignore[arg-type]


def fetched(source: ListSource, tmp_path: Path, request: str = "") -> tuple[ListFile, list[str]]:
    over = threading.Event()
    found, notes = fetch_list(source, request, tmp_path / "lists", 2, over, Watch())
    return found, list(notes)


def refused(source: ListSource, tmp_path: Path) -> str:
    with pytest.raises(ListError) as caught:
        fetched(source, tmp_path)
    assert list((tmp_path / "lists").glob("*partial*")) == []
    return str(caught.value)


def test_a_list_from_a_file_is_kept_for_the_steps_of_the_scan(root: Path, tmp_path: Path):
    source = from_file(root, tmp_path)
    given = written(root, tmp_path / "list.gz")

    found, notes = fetched(source, tmp_path)
    given.unlink()

    assert (list(found.runs), notes) == (["kit/run"], [])
    assert found.path == kept_list(tmp_path / "lists", str(root))
    assert found.run("kit/run").run == "kit/run"


def test_a_list_by_command_is_asked_for_on_its_standard_input(root: Path, tmp_path: Path):
    given = written(root, tmp_path / "given.gz")
    code = (
        "import sys, shutil; assert sys.stdin.read() == 'the request'; print('hello', "
        f"file=sys.stderr); shutil.copyfileobj(open({str(given)!r}, 'rb'), sys.stdout.buffer)"
    )

    found, notes = fetched(by_command(root, code), tmp_path, "the request")

    assert (list(found.runs), notes) == (["kit/run"], [])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import sys; sys.exit('ssh: no route\\nto \\x1b[31mhost')",
            "ended with code 1, and said: to \\x1b[31mhost",
        ),
        ("import os; os.kill(os.getpid(), 9)", "ended with signal 9"),
        ("print('Welcome to storage1!')", "gives text that begins with 'Welcome to storage1!'"),
        ("", "gives nothing, expected what list_files.pyz writes"),
    ],
)
def test_a_command_that_fails_is_told_with_what_it_said_last(
    root: Path, tmp_path: Path, code: str, said: str
):
    assert said in refused(by_command(root, code), tmp_path)


def test_a_command_that_is_not_there_is_told(root: Path, tmp_path: Path):
    source = replace(by_command(root, ""), command=("/no/such/program",))

    text = refused(source, tmp_path)

    assert text == (
        "its list_command (/no/such/program) cannot be started: No such file or directory"
    )


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(
    root: Path, tmp_path: Path
):
    alive = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(alive)!r}, 'w')"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    text = refused(by_command(root, code, timeout_seconds=0.5), tmp_path)

    assert "it may take 0.5 s (list_timeout_seconds)" in text
    time.sleep(1.5)
    assert not alive.exists()


def test_a_scan_that_is_given_up_takes_its_command_along(root: Path, tmp_path: Path):
    over = threading.Event()
    threading.Timer(0.3, over.set).start()
    began = time.monotonic()

    with pytest.raises(ListError, match="was ended"):
        fetch_list(by_command(root, "import time; time.sleep(60)"), "", tmp_path, 2, over, Watch())

    assert time.monotonic() - began < 20


def test_a_list_that_is_too_old_is_not_used(root: Path, tmp_path: Path):
    written(root, tmp_path / "list.gz", age=5.5 * HOUR)

    assert list(fetched(from_file(root, tmp_path, max_age_hours=6.0), tmp_path)[0].runs)
    text = refused(from_file(root, tmp_path, max_age_hours=5.0), tmp_path)

    assert f"its list {tmp_path}/list.gz was made 5.5 hours ago on " in text
    assert "list_max_age_hours allows 5: look there why no newer one came" in text


def test_a_list_that_is_older_than_the_last_one_is_not_used(root: Path, tmp_path: Path):
    written(root, tmp_path / "list.gz")
    fetched(from_file(root, tmp_path), tmp_path)
    written(root, tmp_path / "list.gz", age=HOUR)

    text = refused(from_file(root, tmp_path), tmp_path)

    assert "is older than the one that the last scan took" in text
    kept_list(tmp_path / "lists", str(root)).unlink()
    assert list(fetched(from_file(root, tmp_path), tmp_path)[0].runs) == ["kit/run"]


def test_a_clock_that_disagrees_is_told_and_one_far_ahead_is_not_believed(
    root: Path, tmp_path: Path
):
    written(root, tmp_path / "list.gz", age=-600)
    _, (note,) = fetched(from_file(root, tmp_path), tmp_path)
    written(root, tmp_path / "list.gz", age=-2 * HOUR)
    far = refused(from_file(root, tmp_path), tmp_path)

    assert f"which lists {root}, is 600 s ahead of ours: compare `timedatectl` on both" in note
    assert "is dated 7,200 s in the future, so its age cannot be told" in far


def test_a_list_of_another_root_or_depth_or_of_some_runs_is_not_used(root: Path, tmp_path: Path):
    written(root, tmp_path / "list.gz")
    there = refused(from_file(root, tmp_path, root_there="/export"), tmp_path)
    written(root, tmp_path / "list.gz", request=Request(depth=1))
    depth = refused(from_file(root, tmp_path), tmp_path)
    written(root, tmp_path / "list.gz", request=Request(runs=("run",)))
    runs = refused(from_file(root, tmp_path), tmp_path)

    assert f"lists {root} on " in there
    assert "expected /export: correct the command or file, or root_there" in there
    assert "lists run folders 1 levels below the root, and the layout has them at 2" in depth
    assert runs.endswith("lists some run folders only: list all of them")


def test_a_list_that_is_not_there_is_told_with_where_to_look(root: Path, tmp_path: Path):
    text = refused(from_file(root, tmp_path), tmp_path)

    assert text == (
        f"its list {tmp_path}/list.gz cannot be read: No such file or directory. Look whether the "
        "job that writes it still runs (docs/list_files.md)"
    )


def test_what_is_no_file_is_not_waited_for(root: Path, tmp_path: Path):
    source = from_file(root, tmp_path)
    os.mkfifo(tmp_path / "list.gz")

    assert "is no regular file: name the list itself in list_file" in refused(source, tmp_path)
