"""Look at scan roots without ever waiting for them: each is probed by a process of its own.

A thread would not do: one that waits for a network disk whose server is gone cannot be ended, and
keeps its whole process from ending. A child can be left behind.
"""

import contextlib
import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from seqauto_pipeline.accounts import may_write, owner_of
from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.file_list import RunListing, escape_name, unescape_name
from seqauto_pipeline.disk.lists.lines import ListError
from seqauto_pipeline.disk.lists.list_file import host_and_end
from seqauto_pipeline.disk.read import refusal_of
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.trusted_times import modified_ns_of, will_show_changes
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.monitoring.facts import RootFacts, StorageFacts

_MAX_DIRECTORIES = 500  # that each question looks at below a root
_SECONDS_TO_DIE = 0.5


@dataclass(frozen=True, slots=True)
class RootQuestion:
    """What a probe is asked about one root."""

    path: str
    depth: int = 0  # levels below the root that are tried; 0: the root alone
    record: str = ""  # a kept file list, to test directory times with; "": no test
    list_file: str = ""  # the list of a root that is not listed here
    max_age_hours: float = 0  # of that list, which has to be there; 0: a command makes it anew


def probe_roots(questions: Iterable[RootQuestion], seconds: float) -> tuple[RootFacts, ...]:
    """Look at roots side by side; one that does not answer in time is said to hang."""
    deadline = time.monotonic() + seconds
    probes = [(question, _start(question)) for question in questions]
    return tuple(_answer(question, probe, deadline, seconds) for question, probe in probes)


def storage_facts(path: Path, *, has_databases: bool) -> StorageFacts:
    """Look at a directory of our own."""
    there = path
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        space = os.statvfs(there)
        free, total = space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize
    except OSError:
        free = total = 0
    mounted_at, file_system = mount_of(str(there))
    return StorageFacts(
        path=str(path),
        exists=path.exists(),
        writable=path.exists() and may_write(path),
        free=free,
        total=total,
        mounted_at=mounted_at,
        file_system=file_system,
        has_databases=has_databases,
        owner=owner_of(path) or "",
        is_used=_is_used(path),
    )


def _is_used(directory: Path) -> bool:
    try:
        return any(directory.iterdir())
    except OSError:  # none there, or not for us to read
        return False


def temporary_homes(directories: Iterable[Path]) -> tuple[str, ...]:
    """Find homes that Dagster made for want of a DAGSTER_HOME and that no process works in."""
    found = set()
    for directory in directories:
        with contextlib.suppress(OSError):
            names = [each for each in os.listdir(directory) if each.startswith(_TEMPORARY)]
            found |= {os.path.join(directory, name) for name in names}
    used = _in_use() if found else frozenset()
    return tuple(sorted(path for path in found if path not in used))


_TEMPORARY = ".tmp_dagster_home_"


def _in_use() -> frozenset[str]:
    """Homes in the environment of living processes, as far as we may look."""
    used = set()
    for process in os.listdir("/proc") if os.path.isdir("/proc") else ():
        with contextlib.suppress(OSError), open(f"/proc/{process}/environ", "rb") as environ:
            for variable in environ.read().split(b"\0"):
                if variable.startswith(b"DAGSTER_HOME="):
                    used.add(os.fsdecode(variable.partition(b"=")[2]))
    return frozenset(used)


def _start(question: RootQuestion) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", __name__, json.dumps(asdict(question))]
    return subprocess.Popen(  # noqa: S603  (this very module, with no shell)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _answer(
    question: RootQuestion, probe: subprocess.Popen[bytes], deadline: float, seconds: float
) -> RootFacts:
    try:
        output, errors = probe.communicate(timeout=max(0.05, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as late:
        _leave(probe)
        output, errors = late.stdout or b"", b""
    answers = output.split(b"\n")[:-1]  # whole lines
    if answers:  # what comes late does not take away what was known
        return _from_json(answers[-1])
    if errors:
        reason = errors.decode("utf-8", "replace").strip().splitlines()[-1]
        return RootFacts(question.path, "root_hung", f"it could not be looked at: {reason}")
    reason = f"listing it did not end within {seconds:g} s"
    return RootFacts(question.path, "root_hung", reason)


def _leave(probe: subprocess.Popen[bytes]) -> None:
    """Kill a probe; one that hangs in the kernel dies when its disk answers, and is not awaited."""
    probe.kill()
    for stream in (probe.stdout, probe.stderr):
        if stream is not None:
            stream.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        probe.wait(_SECONDS_TO_DIE)


def _from_json(line: bytes) -> RootFacts:
    facts = json.loads(line)
    for name in ("refused", "untrusted"):
        facts[name] = tuple(tuple(each) if name == "refused" else each for each in facts[name])
    return RootFacts(**facts)


def look_at_root(path: str) -> RootFacts:
    """List a root once, and ask for its space and mount."""
    begin = time.perf_counter()
    try:
        entries = len(os.listdir(path))
    except OSError as error:
        return _troubled(path, error)
    seconds = time.perf_counter() - begin
    if not entries:
        return RootFacts(path, "root_empty", "it is empty")
    space = os.statvfs(path)
    mounted_at, file_system = mount_of(path)
    return RootFacts(
        path,
        entries=entries,
        seconds=seconds,
        mounted_at=mounted_at,
        file_system=file_system,
        free=space.f_bavail * space.f_frsize,
        total=space.f_blocks * space.f_frsize,
    )


def look_at_list(question: RootQuestion) -> RootFacts:
    """Say of a root that is listed elsewhere how old its list is."""
    path, limit = question.path, question.max_age_hours * 3600
    try:
        host, ended = host_and_end(Path(question.list_file))
    except FileNotFoundError:
        if not limit:
            return RootFacts(path, listed_by="its list_command")
        return RootFacts(path, "list_unusable", f"there is no list at {question.list_file}")
    except (OSError, ListError) as error:
        reason = f"its list {question.list_file} cannot be used: {error}"
        return RootFacts(path, "list_unusable", reason)
    facts = RootFacts(path, listed_by=shown(host), list_age=max(0.0, time.time() - ended))
    if limit and time.time() - ended > limit:
        reason = f"its list {question.list_file} is older than {question.max_age_hours:g} hours"
        return replace(facts, trouble="list_unusable", reason=reason)
    return facts


def _troubled(path: str, error: OSError) -> RootFacts:
    if error.errno == errno.ENOENT:
        return RootFacts(path, "root_missing", "it does not exist")
    if error.errno == errno.ENOTDIR:
        return RootFacts(path, "root_not_a_directory", "it is not a directory")
    reason = refusal_of(path, "", error).reason
    return RootFacts(path, "unreadable_directory", reason)


def mount_of(path: str, mounts: str = "/proc/self/mounts") -> tuple[str, str]:
    """Say where the file system of a path is mounted, and its type; "" where nobody may know."""
    real, best = os.path.realpath(path), ("", "")
    with contextlib.suppress(OSError), open(mounts, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            mounted_at = line.split()[1].replace("\\040", " ")
            inside = real == mounted_at or real.startswith(mounted_at.rstrip("/") + "/")
            if inside and len(mounted_at) >= len(best[0]):
                best = (mounted_at, line.split()[2])
    return best


def _look_below(facts: RootFacts, depth: int) -> RootFacts:
    """Try the directories above the run folders, and find the newest time."""
    refused: list[tuple[str, str]] = []
    newest, newest_path = 0.0, ""
    for path in _directories(facts.path, depth, refused):
        with contextlib.suppress(OSError):
            modified = os.stat(path).st_mtime
            if modified > newest:
                newest, newest_path = modified, path
    return replace(
        facts,
        refused=tuple(refused),
        future_path=newest_path,
        future_seconds=max(0.0, newest - time.time()),
    )


def _directories(root: str, depth: int, refused: list[tuple[str, str]]) -> Iterator[str]:
    """Give the directories down to a depth, the upper ones first; note those that refuse."""
    level = [root]
    left = _MAX_DIRECTORIES
    for _ in range(depth + 1):
        below: list[str] = []
        for path in level[: max(0, left)]:
            left -= 1
            try:
                with os.scandir(path) as entries:
                    below += [each.path for each in entries if each.is_dir(follow_symlinks=False)]
            except OSError as error:
                refusal = refusal_of(path, "", error)
                refused.append((refusal.path, refusal.reason))
            yield path
        level = sorted(below)


def _test_times(facts: RootFacts, record: str) -> RootFacts:
    """Find directories whose names changed since a file list was made, and whose time did not."""
    tested, untrusted = 0, []
    for run in _runs_of(record, facts.path):
        for path, listing in run.directories.items():
            shows = will_show_changes(listing.modified_ns, listing.listed_ns)
            if tested >= _MAX_DIRECTORIES or not shows:
                continue
            folder = f"{facts.path.rstrip('/')}/{unescape_name(run.path)}"
            directory = path_from(folder, unescape_name(path))
            with contextlib.suppress(OSError):
                modified_ns = modified_ns_of(os.stat(directory))
                names = {escape_name(name) for name in os.listdir(directory)}
                tested += 1
                if modified_ns == listing.modified_ns and names != set(listing.entries):
                    untrusted.append(directory)
        if tested >= _MAX_DIRECTORIES:
            break
    return replace(facts, directories_tested=tested, untrusted=tuple(untrusted))


def _runs_of(record: str, root: str) -> Iterator[RunListing]:
    try:
        kept = ScanRecord(Path(record))
        yield from (kept.load(run) for run in kept.index if run.root == escape_name(root))
    except ScanRecordError:
        return  # that the record is gone is said elsewhere


def _probe(question: RootQuestion) -> Iterator[RootFacts]:
    """Answer in steps, each with all that was known before."""
    if question.list_file:
        yield look_at_list(question)
        return
    facts = look_at_root(question.path)
    yield facts
    if facts.trouble or not question.depth:
        return
    facts = _look_below(facts, question.depth)
    yield facts
    if question.record:
        yield _test_times(facts, question.record)


if __name__ == "__main__":
    for each in _probe(RootQuestion(**json.loads(sys.argv[1]))):
        print(json.dumps(asdict(each)), flush=True)  # noqa: T201  (this is the child's answer)
