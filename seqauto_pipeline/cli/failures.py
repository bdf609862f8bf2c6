"""An error that no command foresaw, told in one sentence; its traceback is kept in a file."""

import errno
import os
import traceback
from pathlib import Path

from seqauto_pipeline.accounts import REFUSALS, not_permitted
from seqauto_pipeline.errors_file import keep_in_errors_file
from seqauto_pipeline.settings import HOME_VARIABLE

_ADVICE = {
    errno.ENOSPC: "Free space on its disk (df shows it), then run the command again.",
    errno.EDQUOT: "Free space below the quota of this account, then run the command again.",
    errno.EISDIR: "A directory stands where a file belongs: move it away, then run the command "
    "again.",
    errno.ENOTDIR: "A file stands where a directory belongs: move it away, then run the command "
    "again.",
    errno.EIO: "The disk does not give what it holds: look at it and its mount (dmesg).",
    errno.ESTALE: "The file server has forgotten it: mount its disk again.",
    errno.EMFILE: "Raise the number of files that a process may open (ulimit -n).",
    errno.ENFILE: "Raise the number of files that the system may open (fs.file-max).",
    errno.ENOENT: "It is not there any more: look what removed it, then run the command again.",
}


def in_a_sentence(error: Exception) -> str:
    """Say what went wrong and what to do."""
    if isinstance(error, OSError) and error.errno is not None:
        return _of_the_system(error)
    return _unforeseen(error)


def _of_the_system(error: OSError) -> str:
    named = error.filename is not None
    if named and error.errno in REFUSALS:
        return str(not_permitted(Path(os.fsdecode(error.filename))))
    advice = _ADVICE.get(error.errno or 0)
    if advice is None:
        return _unforeseen(error)
    what = os.fsdecode(error.filename) if named else "the output"
    return f"Cannot use {what}: {error.strerror}. {advice}"


def _unforeseen(error: Exception) -> str:
    words = str(error).strip().split("\n", 1)[0]
    what = f"{type(error).__name__}: {words}" if words else type(error).__name__
    home = os.environ.get(HOME_VARIABLE)
    trace = "".join(traceback.format_exception(error))
    kept = keep_in_errors_file(trace, Path(home) if home else None)
    where = f"Its traceback is at the end of {kept}" if kept else "Its traceback could not be kept"
    return (
        f"The command met an error that it does not know ({what.rstrip('.')}). {where}. "
        "Look with `seqauto doctor` whether something is wrong here; if not, report it with that."
    )
