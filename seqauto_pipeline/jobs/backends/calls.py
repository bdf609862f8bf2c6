"""Calls of a scheduler's programs: without a shell, within a time limit, in English."""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.errors import BackendUnavailableError

_MAX_BYTES = 64 * 1024 * 1024
_WORDS = 300  # of a message, in characters
_OWN_NAME = re.compile(r"^\w+: (?:error: )?")  # how programs begin each line that they complain in
# Words in English, and moments that mean the same everywhere.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "SLURM_TIME_FORMAT": "%s"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program answered."""

    code: int
    out: str
    err: str

    def words(self) -> str:
        """Give what it said, for people: one line, harmless."""
        lines = (" ".join(line.split()) for line in (self.err.strip() or self.out).splitlines())
        said = "; ".join(_OWN_NAME.sub("", line).rstrip(".") for line in lines if line)
        return shown(said, limit=_WORDS) or f"it ended with the exit code {self.code}"


def our_environment() -> Mapping[str, str]:
    """Give all that this process has, in English."""
    return {**os.environ, **_ENVIRONMENT}


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the programs of one back-end."""

    backend: str
    seconds: float
    environment: Callable[[], Mapping[str, str]] = our_environment

    def __call__(self, *command: str, given: bytes = b"") -> Answer:
        """Run a program; raises BackendUnavailableError where it cannot be run, or hangs.

        Its output goes to files, because a helper that it leaves behind may keep pipes open.
        """
        with tempfile.TemporaryFile() as source, _file() as out, _file() as err:
            source.write(given)
            source.seek(0)
            code = self._run(command, source, out, err)
            return Answer(code, _text(out), _text(err))

    def _run(
        self, command: tuple[str, ...], source: IO[bytes], out: IO[bytes], err: IO[bytes]
    ) -> int:
        try:
            return subprocess.run(  # noqa: S603 - a list of arguments, no shell
                command,
                stdin=source,
                stdout=out,
                stderr=err,
                env=self.environment(),
                cwd="/",
                timeout=self.seconds,
                check=False,
            ).returncode
        except FileNotFoundError as error:
            raise self.unavailable(f"there is no program {command[0]} on the PATH") from error
        except subprocess.TimeoutExpired as error:
            reason = f"{command[0]} did not end within {self.seconds:g} s"
            raise self.unavailable(reason) from error
        except OSError as error:
            reason = f"{command[0]} cannot be started: {error.strerror}"
            raise self.unavailable(reason) from error

    def unavailable(self, reason: str) -> BackendUnavailableError:
        return BackendUnavailableError(self.backend, reason)


def _file() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_MAX_BYTES).decode("utf-8", errors="surrogateescape")
