"""What is said of a complete run whose sample sheet is missing, refuses or cannot be parsed."""

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.file_list import InputRole, RunListing
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.other_sheet_names import sheet_like_files
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun

_NAMED_FILES = 3
_KEPT = " The last good version stays in force."


def about_absent_sheet(
    listing: RunListing, parsed: ParsedRun, names: tuple[str, ...], *, is_one_stored: bool
) -> tuple[Problem, ...]:
    """Say why there is no sheet to go by, unless the problems of the sheet itself say it.

    ``names`` are the paths at which the layout looks for one.
    """
    if parsed.sheet is not None:
        return ()
    kept = _KEPT if is_one_stored else ""
    found = listing.inputs.get(InputRole.SAMPLE_SHEET)
    if found is not None:
        says_why = _has_error_at(parsed, found.path) and not kept
        return () if says_why else (_not_readable(found.path, kept),)
    if any(listing.what_hides(name) for name in names):
        return (_refused(names[0], kept),) if kept else ()
    return (_missing(listing, names, kept),)


def _has_error_at(parsed: ParsedRun, path: str) -> bool:
    return any(each.severity is Severity.ERROR and each.path == path for each in parsed.problems)


def _not_readable(path: str, kept: str) -> Problem:
    return Problem(
        "SHEET_NOT_READABLE",
        Severity.ERROR,
        f"the sample sheet could not be read, so nothing new is expected.{kept}",
        "Correct the sheet; `seqauto sheet check FILE` shows each problem in it.",
        path=path,
    )


def _refused(path: str, kept: str) -> Problem:
    return Problem(
        "SHEET_REFUSED",
        Severity.ERROR,
        f"the sample sheet is there and refuses to be read.{kept}",
        "Give the service account read permission, see the message on that path.",
        path=path,
    )


def _missing(listing: RunListing, names: tuple[str, ...], kept: str) -> Problem:
    lacking = f"the run folder has no {' or '.join(names)}: nothing says what to expect.{kept}"
    broken = next((name for name in names if _is_broken_link(listing, name)), None)
    if broken is not None:
        return _absent(
            f"{lacking} {broken} is a symbolic link to nothing.",
            "Restore what it points to, or put the sheet itself in its place.",
            names[0],
        )
    alike = sheet_like_files(listing, names)
    if not alike:
        return _absent(
            lacking,
            "Copy the sample sheet into the run folder, or skip it: `seqauto skip RUN --why TEXT`.",
            names[0],
        )
    listed = ", ".join(shown(path, limit=200) for path in alike[:_NAMED_FILES])
    more = f" and {len(alike) - _NAMED_FILES} more" if len(alike) > _NAMED_FILES else ""
    return _absent(
        f"{lacking} Like a sheet under another name: {listed}{more}.",
        f"If it is the sheet, save it as CSV under the name {names[0]}, or name it in the layout's "
        "sample_sheet.",
        names[0],
    )


def _absent(message: str, fix: str, path: str) -> Problem:
    return Problem("SHEET_MISSING", Severity.ERROR, message, fix, path=path)


def _is_broken_link(listing: RunListing, path: str) -> bool:
    entry = listing.find(path)
    return entry is not None and not entry.is_there
