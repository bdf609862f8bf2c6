"""A real SLURM on this machine alone: its own key, ports and directory, ended with the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REQUIRE_SLURM = "REQUIRE_SLURM"
_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")
_START_SECONDS = 40
_END_SECONDS = 5  # for the jobs of a test that failed

_CONFIGURATION = """\
ClusterName=seqauto
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
KillWait=1
MinJobAge=300
MessageTimeout={seconds}
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class SlurmCluster:
    """One controller and one node."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "slurm.conf"
        self.impatient = folder / "impatient.conf"  # for programs that shall soon give up
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("state", "spool"):
            (folder / name).mkdir()
        ports = _free_ports()
        self.configuration.write_text(_configuration(folder, ports, seconds=10))
        self.impatient.write_text(_configuration(folder, ports, seconds=1))

    def start(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        files = [f"--{name}-file={self.folder}/munge.{name}" for name in ("pid", "log", "seed")]
        self._start("munged", "--foreground", "--force", f"--key-file={key}", *files,
                    f"--socket={self.folder}/munge.socket")  # fmt: skip
        self.wait_until((self.folder / "munge.socket").exists)
        self.start_controller()
        self._start("slurmd", "-D")
        self.wait_until(lambda: "idle" in self.answer("sinfo", "--noheader", "--format=%T"))

    def start_controller(self) -> None:
        self._start("slurmctld", "-D")
        self.wait_until(lambda: "is UP" in self.answer("scontrol", "ping"))

    def stop_controller(self) -> None:
        self._stop("slurmctld")

    def stop(self) -> None:
        self.answer("scancel", f"--user={os.geteuid()}")
        end = time.monotonic() + _END_SECONDS
        while self.answer("squeue", "--noheader") and time.monotonic() < end:
            time.sleep(0.1)
        for name in tuple(self._running):
            self._stop(name)

    def answer(self, *command: str, complaints: bool = False) -> str:
        """Give what a program of SLURM says, or what it complains of."""
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=self._environment(),
        )
        return done.stderr if complaints else done.stdout

    def wait_until(self, is_so: Callable[[], bool], seconds: float = _START_SECONDS) -> None:
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, self._logs()
            time.sleep(0.1)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "SLURM_CONF": str(self.configuration)}

    def _start(self, *command: str) -> None:
        self._running[command[0]] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment(),
            start_new_session=True,
        )

    def _stop(self, name: str) -> None:
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _logs(self) -> str:
        return "\n".join(log.read_text()[-3000:] for log in self.folder.glob("*.log"))


def _configuration(folder: Path, ports: tuple[int, int], seconds: int) -> str:
    return _CONFIGURATION.format(
        host=socket.gethostname().partition(".")[0],
        folder=folder,
        user="root" if os.geteuid() == 0 else os.environ["USER"],
        controller_port=ports[0],
        node_port=ports[1],
        seconds=seconds,
    )


@contextmanager
def slurm_cluster() -> Iterator[SlurmCluster]:
    """Start a cluster; a test that needs it is left out, or fails, where SLURM is not installed."""
    missing = [name for name in _PROGRAMS if shutil.which(name, path=_path()) is None]
    if missing:
        reason = f"SLURM is not installed (looked for {' and '.join(missing)})"
        if os.environ.get(REQUIRE_SLURM) == "1":
            pytest.fail(f"{REQUIRE_SLURM}=1, but {reason}")
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="seqauto-slurm-"))  # short: paths of sockets are limited
    folder.chmod(0o755)
    cluster = SlurmCluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
