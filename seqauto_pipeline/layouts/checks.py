"""What one file type of a layout may say of itself: its patterns, paths and globs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from seqauto_pipeline.core.beside import RUN_NAME_FIELDS, is_beside, own_directory, split_ups
from seqauto_pipeline.core.file_list import glob_regex
from seqauto_pipeline.core.layout import (
    CONTENT_KINDS,
    PATTERN_FIELDS,
    FileType,
    Per,
)
from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.core.pattern import OPEN_FIELDS, PATTERN_FIELD, fields_of, variants_of

_HAS_WILDCARD = "{0!r} has a wildcard, and this names one place: use {{fields}}"
_TELL_SAMPLES = frozenset({"sample_id", "sample_name", "sample_number", "dashed_id", "dashed_name"})

_FIELDS_OF_RUNS = frozenset({"sequencing_run", "enrichment_kit", "flowcell", "flowcell_id"})


class Misfit(ValueError):  # noqa: N818  (told as a LayoutError, which knows the line)
    """What is wrong, and where: below the table that is checked."""

    def __init__(self, reason: str, *location: str | int) -> None:
        super().__init__(reason)
        self.reason, self.location = reason, location


@contextmanager
def below(*location: str | int) -> Iterator[None]:
    """Check a table that stands there."""
    try:
        yield
    except Misfit as misfit:
        raise Misfit(misfit.reason, *location, *misfit.location) from misfit


def check_file_type(file_type: FileType) -> None:
    if not file_type.patterns:
        raise Misfit(f"file type {file_type.name!r} has no patterns", "patterns")
    if file_type.content is not None and file_type.content not in CONTENT_KINDS:
        known = ", ".join(sorted(CONTENT_KINDS))
        raise Misfit(f"nothing reads content {file_type.content!r}; known are {known}", "content")
    if file_type.patterns_if_present and file_type.per is not Per.RUN:
        raise Misfit('patterns_if_present goes with per = "run" only', "patterns_if_present")
    if (file_type.content == "exec_summary") != (file_type.values is not None):
        reason = "values names the table beside an exec summary: give both or neither"
        raise Misfit(reason, "values")
    if file_type.values is not None and file_type.per is not Per.SAMPLE:
        raise Misfit('an exec summary is of a sample: per = "sample"', "per")
    _check_patterns(file_type)


def _check_patterns(file_type: FileType) -> None:
    namings = tuple(each.pattern for each in file_type.namings)
    if namings and file_type.per is not Per.READ:
        raise Misfit('conversions make reads: per = "read"', "per")
    patterns = {
        "namings" if namings else "patterns": namings or file_type.patterns,
        "patterns_if_present": file_type.patterns_if_present,
        "values": (file_type.values,) if file_type.values else (),
    }
    for key, written in patterns.items():
        with below(key):
            for pattern in written:
                _check_pattern(pattern, file_type.per)


def _check_pattern(pattern: str, per: Per) -> None:
    plain = _check_options(pattern)
    if not all(plain):
        raise Misfit(f"{pattern!r} is nothing but an optional part, which may be left out")
    for each in plain:
        checked_glob(each)
    if re.search(r"[*?]", pattern.rpartition("/")[2]):
        raise Misfit(_HAS_WILDCARD.format(pattern))
    names = fields_of(pattern)
    for name in sorted(names - PATTERN_FIELDS.keys()):
        near = nearest(name, PATTERN_FIELDS)
        hint = f"did you mean {{{near}}}?" if near else f"known are {', '.join(PATTERN_FIELDS)}"
        raise Misfit(f"{pattern!r} has an unknown field {{{name}}}; {hint}")
    if "{" in PATTERN_FIELD.sub("", pattern) or "}" in PATTERN_FIELD.sub("", pattern):
        raise Misfit(f"{pattern!r} has a brace without its partner")
    if any("}{" in each for each in plain):
        raise Misfit(
            f"{pattern!r} has two fields with nothing between them: two samples could have one path"
        )
    _check_open_fields(pattern)
    for each in plain:
        if reason := _cannot_tell_apart(fields_of(each), per):
            raise Misfit(f"{pattern!r} {reason}")


def _check_options(pattern: str) -> tuple[str, ...]:
    """Give the pattern with and without its optional parts."""
    plain = variants_of(pattern)
    if any(char in each for each in plain for char in "[]"):
        raise Misfit(f"{pattern!r} has a bracket without its partner")
    return plain


def _check_open_fields(pattern: str) -> None:
    *directories, name = pattern.split("/")
    for field in sorted(OPEN_FIELDS):
        once = all(part.count(f"{{{field}}}") <= 1 for part in directories)
        if f"{{{field}}}" in name or not once:
            raise Misfit(f"{pattern!r} should have {{{field}}} in a directory's name, once in each")
    for part in directories:
        opened = len(fields_of(part) & OPEN_FIELDS) + len(re.findall(r"[*?]", part))
        if opened > 1 or (opened and fields_of(part) - OPEN_FIELDS):
            raise Misfit(f"{pattern!r} has two open parts in one directory's name")


def _cannot_tell_apart(names: frozenset[str], per: Per) -> str | None:
    tells_samples = names & _TELL_SAMPLES
    if per is Per.RUN and (wrong := names - _FIELDS_OF_RUNS - OPEN_FIELDS):
        return f"is of the run, which has no {{{min(wrong)}}}"
    if per in (Per.SAMPLE, Per.READ) and not tells_samples:
        return (
            "cannot tell two samples apart: it needs {sample_id}, {sample_name} or {sample_number}"
        )
    if per is Per.READ and "read" not in names:
        return "cannot tell the reads of a sample apart: it needs {read}"
    if names & {"stem", "read" if per is Per.SAMPLE else "stem"} and per is not Per.FILE:
        return f"has a field that a file per {per} does not have"
    if per is Per.FILE and "stem" not in names:
        return "cannot tell two files apart: it needs {stem}"
    return None


def checked_glob(path: str) -> str:
    """Refuse what leaves the run folder."""
    parts = path.split("/")
    if path.startswith("/") or "" in parts or ".." in parts or "." in parts or "\\" in path:
        raise Misfit(
            f"{path!r} should be a plain path below the run folder, without .. or a leading /"
        )
    try:
        glob_regex(path)
    except re.error as error:
        raise Misfit(f"{path!r} has a range that is none: {error}") from error
    return path


def checked_run_glob(path: str) -> str:
    """Refuse what differs from run to run, too."""
    if fields_of(checked_glob(path)):
        raise Misfit(f"{path!r} should have no {{field}}: it is the same for every run")
    return path


def checked_run_path(path: str) -> str:
    """Refuse what is not one place below the run folder."""
    if re.search(r"[*?\[\]]", checked_glob(path)):
        raise Misfit(_HAS_WILDCARD.format(path))
    return checked_run_glob(path)


def checked_open_path(path: str) -> str:
    """Refuse what is not a path below the run folder, open only where the disk tells a name.

    Or one beside the run folder, where the directory that is the run's own has its name in it.
    """
    _, below_start = split_ups(path)
    checked_glob(PATTERN_FIELD.sub("*", below_start))
    known = OPEN_FIELDS | (RUN_NAME_FIELDS if is_beside(path) else frozenset())
    if wrong := fields_of(path) - known:
        *others, last = (f"{{{each}}}" for each in sorted(known))
        raise Misfit(f"{path!r} has {{{min(wrong)}}}: only {', '.join(others)} and {last} may be")
    for part in path.split("/"):
        has_wildcard = re.search(r"[*?\[]", part) is not None
        if len(fields_of(part) & OPEN_FIELDS) + has_wildcard > 1:
            raise Misfit(f"{path!r} has two open parts in one name")
    if is_beside(path):
        _check_beside(path, own_directory(path))
    return path


def checked_open_file(path: str) -> str:
    """Refuse also a file that stands beside the run folder in a directory of several runs."""
    checked_open_path(path)
    if is_beside(path):
        _check_beside(path, own_directory(path.rpartition("/")[0]))
    return path


def _check_beside(path: str, own: str | None) -> None:
    """Refuse what may be another run's, or a run folder. ``own``: the directory of the run."""
    if own is None:
        raise Misfit(
            f"{path!r} is beside the run folder, where other runs have theirs: one of its "
            "directories should be named by {sequencing_run} or {flowcell_id}"
        )
    if re.search(r"[*?\[]", own) or fields_of(own) & OPEN_FIELDS:
        raise Misfit(
            f"{path!r} has an open part in or above {own.rpartition('/')[2]!r}: "
            "it may be another run's"
        )
    first = split_ups(path)[1].partition("/")[0]
    if not re.search(r"[^\W_]", PATTERN_FIELD.sub("", first)):
        raise Misfit(f"{path!r} could be a run folder: add a text of its own to {first!r}")
