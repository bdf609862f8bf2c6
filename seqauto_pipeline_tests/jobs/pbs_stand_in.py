"""A small PBS that stands in for a real one: qsub, qstat, qselect and qdel over a directory.

It answers as OpenPBS and as Torque do, after their manual pages (openpbs/openpbs, doc/man1, and
adaptivecomputing/torque, doc/man1), "Job Exit Status" in the TORQUE Administrator Guide, and the
messages quoted in openpbs/openpbs and in the issues of programs that read them. Run as a program:
the directory, the name of the command, its arguments.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER = "pbs.test"
# Files that change how it behaves.
DOWN, HELD, KEEPS_NOTHING, NO_HISTORY = "down", "held", "keeps-nothing", "no-history"
_UNKNOWN, _FINISHED, _NOT_CONNECTED, _NO_HISTORY = 153, 35, 111, 36  # exit codes
_SIGNALLED = 256
_WALLTIME = {"openpbs": -29, "torque": -11}
_EXIT = {"openpbs": "Exit_status", "torque": "exit_status"}
_WIDTH = 78
_OPTIONS_WITH_VALUE = ("-N", "-S", "-j", "-o", "-r", "-m", "-v", "-l", "-W", "-q", "-A", "-u")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


class Server:
    """The jobs of one directory; ``kind`` stands there, and is "openpbs" or "torque"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kind = (folder / "kind").read_text()

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    @contextmanager
    def locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def numbers(self) -> list[int]:
        return sorted(int(each.stem) for each in self.folder.glob("*.json"))

    def job(self, number: int) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / f"{number}.json").read_text())
        return found

    def known(self, number: int) -> dict[str, str] | None:
        """Give a job as it is at this moment; in the next it may be forgotten."""
        try:
            return self.job(number)
        except FileNotFoundError:
            return None

    def change(self, number: int, **values: str) -> None:
        with self.locked():
            self._store(number, {**self.job(number), **values})

    def add(self, job: dict[str, str], script: bytes) -> int:
        with self.locked():
            number = len(list(self.folder.glob("*.SC"))) + 1
            (self.folder / f"{number}.SC").write_bytes(script)
            self._store(number, job)
        return number

    def _store(self, number: int, job: dict[str, str]) -> None:
        part = self.folder / f"{number}.part"
        part.write_text(json.dumps(job))
        part.rename(self.folder / f"{number}.json")

    def is_over(self, number: int) -> bool:
        return _is_over(self.job(number))

    def end(self, number: int, **values: str) -> None:
        letter = "F" if self.kind == "openpbs" else "C"
        self.change(number, job_state=letter, **values)
        if self.has(KEEPS_NOTHING):
            with self.locked():
                (self.folder / f"{number}.json").unlink()


def _is_over(job: dict[str, str]) -> bool:
    return job["job_state"] in ("F", "C")


def qsub(server: Server, words: list[str]) -> int:
    options = dict(_options(words))
    variables = f"PBS_O_HOME=/root,PBS_O_PATH={'/usr/local/bin:' * 9}/bin,{options['-v']}"
    variables += ",PBS_O_WORKDIR=/,PBS_O_QUEUE=workq"
    job = {
        "Job_Name": options["-N"],
        "Job_Owner": f"root@{SERVER}",
        "job_state": "Q",
        "queue": options.get("-q", "workq"),
        "server": SERVER,
        "depend": options.get("-W", "depend=").removeprefix("depend="),
        "Output_Path": f"{SERVER}:{options['-o']}",
        "Resource_List.walltime": options["walltime"],
        "Variable_List": variables,
        "substate": "10",
    }
    if server.has("refuses"):
        _complain("qsub: Unknown queue")
        return 170
    number = server.add(
        {name: value for name, value in job.items() if value}, sys.stdin.buffer.read()
    )
    subprocess.Popen(
        [sys.executable, "-S", "-E", __file__, str(server.folder), "mom", str(number)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _say(f"{number}.{SERVER}")
    return 0


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    rest = iter(words)
    for word in rest:
        value = next(rest) if word in _OPTIONS_WITH_VALUE else ""
        if value.startswith("walltime="):
            yield "walltime", value.removeprefix("walltime=")
        yield word, value


def mom(server: Server, words: list[str]) -> int:
    """Be the machine that runs one job."""
    number = int(words[0])
    job = server.job(number)
    while server.has(HELD):
        server.change(number, job_state="H", comment="held for staff")
        time.sleep(0.1)
    server.change(number, comment="")
    if not _may_begin(server, number, job.get("depend", "")):
        return 0
    began = time.ctime()
    name = {"openpbs": "stime", "torque": "start_time"}[server.kind]
    with (server.folder / f"{number}.OU").open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", str(server.folder / f"{number}.SC")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={"PATH": os.environ["PATH"], "PBS_JOBID": f"{number}.{SERVER}"},
            start_new_session=True,
        )
    running = {"job_state": "R", "exec_host": "node1/0*2", "pid": str(process.pid)}
    server.change(number, **running, **{name: began})
    status = _status(server, number, process, float(job["Resource_List.walltime"]))
    ended = {"openpbs": "obittime", "torque": "comp_time"}[server.kind]
    server.end(number, **{_EXIT[server.kind]: str(status), ended: time.ctime()})
    return 0


def _may_begin(server: Server, number: int, depend: str) -> bool:
    """Wait for the jobs that this one depends on; a failed one ends it."""
    for each in depend.split(":")[1:]:
        first = int(each.partition(".")[0])
        while not server.is_over(first):
            time.sleep(0.05)
        if server.job(first).get(_EXIT[server.kind]) != "0":
            server.end(number, comment=f"Job deleted as result of dependency on job {each}")
    return not server.is_over(number)


def _status(server: Server, number: int, process: "subprocess.Popen[bytes]", limit: float) -> int:
    end = time.monotonic() + limit
    while process.poll() is None:
        if time.monotonic() > end:
            _kill(process.pid)
            process.wait()
            return _WALLTIME[server.kind]
        time.sleep(0.05)
    code = process.returncode
    return code if code >= 0 else _SIGNALLED - code


def _kill(group: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
        time.sleep(0.1)


def qstat(server: Server, words: list[str]) -> int:
    if words == ["--version"]:
        version = {"openpbs": "pbs_version = 22.05.11", "torque": "Version: 6.1.2\nCommit: none"}
        _say(version[server.kind])
        return 0
    past = "-x" in words
    assert "-f" in words
    assert not (past and server.kind == "torque"), "that asks Torque for XML"
    if past and server.has(NO_HISTORY):
        _complain("qstat: job_history_enable is set to false")
        return _NO_HISTORY
    return max([_show(server, word, past=past) for word in words if word[0].isdigit()], default=0)


def _show(server: Server, word: str, *, past: bool) -> int:
    number = int(word.partition(".")[0])
    job = server.known(number)
    if job is None:
        error = {"openpbs": "Unknown Job Id", "torque": "Unknown Job Id Error"}[server.kind]
        _complain(f"qstat: {error} {word}")
        return _UNKNOWN
    if server.kind == "openpbs" and _is_over(job) and not past:
        _complain(
            f"qstat: {word} Job has finished, use -x or -H to obtain historical job information"
        )
        return _FINISHED
    _say(f"Job Id: {number}.{SERVER}")
    for name, value in job.items():
        _say(_folded(f"    {name} = {value}"))
    _say("")
    return 0


def _folded(line: str) -> str:
    """Break a long line as qstat does: what follows begins with a tab."""
    parts = [line[:_WIDTH]]
    rest = line[_WIDTH:]
    while rest:
        parts.append(f"\t{rest[: _WIDTH - 8]}")
        rest = rest[_WIDTH - 8 :]
    return "\n".join(parts)


def qselect(server: Server, words: list[str]) -> int:
    options = dict(_options(words))
    for number in server.numbers():
        job = server.known(number)
        if job is None:
            continue
        is_seen = "-x" in options or not (server.kind == "openpbs" and _is_over(job))
        if is_seen and job["Job_Name"] == options["-N"]:
            _say(f"{number}.{SERVER}")
    return 0


def qdel(server: Server, words: list[str]) -> int:
    return max(_delete(server, int(word.partition(".")[0])) for word in words)


def _delete(server: Server, number: int) -> int:
    job = server.known(number)
    if job is None:
        _complain(f"qdel: Unknown Job Id {number}.{SERVER}")
        return _UNKNOWN
    if _is_over(job):
        _complain(f"qdel: Job has finished {number}.{SERVER}")
        return _FINISHED
    pid = job.get("pid")
    server.change(number, substate="91")
    if pid is None:
        server.end(number)
    else:
        _kill(int(pid))
    return 0


def main(words: list[str]) -> int:
    server = Server(Path(words[0]))
    if server.has(DOWN) and words[1] != "mom":
        _complain(f"Connection refused\n{words[1]}: cannot connect to server {SERVER} (errno=111)")
        return _NOT_CONNECTED
    commands = {"qsub": qsub, "qstat": qstat, "qselect": qselect, "qdel": qdel, "mom": mom}
    return commands[words[1]](server, words[2:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
