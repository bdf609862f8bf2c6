"""Problems that are about a root, or about several runs: no single run has them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.brake import HeldPart
from seqauto_pipeline.db.store.values import KnownRow
from seqauto_pipeline.scan.survey import Survey


def root_problems(survey: Survey, *, is_of_all_runs: bool) -> Iterator[Problem]:
    """Find what is wrong with the scan roots. Whether one has no runs, a scan of all can tell."""
    for root in survey.roots.values():
        for refusal in root.unreadable:
            yield Problem(
                "UNREADABLE",
                Severity.ERROR,
                f"{refusal.path} cannot be read ({refusal.errno_name}): {refusal.reason}",
                "Make it readable; until then the runs below it keep their last known state.",
                path=refusal.path,
            )
    if is_of_all_runs:
        yield from _roots_without_runs(survey)
    for part in survey.held:
        yield Problem(
            "VANISHED",
            Severity.ERROR,
            held_text(part),
            "Check that the disk is mounted and that scan_roots names the right directory, and "
            f"scan again; if the loss is real, scan once with --accept-vanished {part.absolute}",
            path=part.absolute,
        )
    for path in sorted({row.root for row in survey.left}):
        yield Problem(
            "ROOT_NOT_CONFIGURED",
            Severity.WARNING,
            f"{path} is no longer among the scan roots: its records stay as they are",
            "Put it back into scan_roots. If it was a mistake or is given up, mark its runs as "
            f"deleted: scan once with --accept-vanished {path}",
            path=path,
        )


def _roots_without_runs(survey: Survey) -> Iterator[Problem]:
    """Find roots that can be read and never had a run: most often they are the wrong directory."""
    with_runs = {root for root, _ in (*survey.known, *survey.fingerprints)}
    for root in survey.roots.values():
        is_whole = root.unavailable is None and not root.unreadable
        if is_whole and root.path not in with_runs:
            yield Problem(
                "NO_RUN_FOLDERS",
                Severity.WARNING,
                f"{root.path}: no run folder was found where the layout {root.layout} has them",
                "Point scan_roots at the directory that holds the kits (without kits: the run "
                f"folders), or choose another layout. `seqauto layout check {root.layout} --root "
                f"{root.path}` shows what it finds there, and which layout comes closest.",
                path=root.path,
            )


def held_text(part: HeldPart) -> str:
    """Say in one line what the brake holds, and what is gone from it by type."""
    by_type = ", ".join(f"{count} {kind}" for kind, count in part.vanished_files)
    files = f" (files: {by_type})" if by_type else ""
    reason = (
        part.reason if part.reason.startswith(part.absolute) else f"{part.absolute}: {part.reason}"
    )
    return reason + files


def duplicate_problems(rows: Iterable[KnownRow]) -> dict[int, list[Problem]]:
    """Find runs that share a name, or a flowcell under different names."""
    there = [row for row in rows if row.data_state not in (RunState.DELETED, RunState.SKIPPED)]
    found: dict[int, list[Problem]] = {}
    for name, group in _repeated(there, lambda row: row.name).items():
        for row in group:
            others = [each for each in group if each.id != row.id]
            if others:
                problem = _duplicate("DUPLICATE_RUN_NAME", "run name", name, others)
                found.setdefault(row.id, []).append(problem)
    for flowcell, group in _repeated(there, lambda row: row.flowcell).items():
        for row in group:
            others = [each for each in group if each.name != row.name]
            if others:
                problem = _duplicate("DUPLICATE_FLOWCELL", "flowcell", flowcell, others)
                found.setdefault(row.id, []).append(problem)
    return found


def _repeated(
    rows: Sequence[KnownRow], key: Callable[[KnownRow], str | None]
) -> dict[str, list[KnownRow]]:
    """Group the rows that have a value in common; most have one of their own."""
    counts = Counter(map(key, rows))
    groups: dict[str, list[KnownRow]] = {}
    for row in rows:
        value = key(row)
        if value is not None and counts[value] > 1:
            groups.setdefault(value, []).append(row)
    return groups


def _duplicate(code: str, what: str, value: str, others: Sequence[KnownRow]) -> Problem:
    places = [f"{each.root}/{each.path}" for each in others[:3]]
    return Problem(
        code,
        Severity.ERROR,
        f"the {what} {value} is also in {', '.join(places)}"
        + (f" and {len(others) - 3} more places" if len(others) > 3 else ""),
        "Keep one of the places, or skip the others: `seqauto skip PATH --why TEXT`.",
    )
