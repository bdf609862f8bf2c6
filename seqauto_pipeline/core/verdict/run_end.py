"""What is said of a run that, by the instrument's own word, failed or was stopped."""

from collections.abc import Iterable

from seqauto_pipeline.core.display import quoted, shown
from seqauto_pipeline.core.metadata.run_completion import Outcome, RunCompletion
from seqauto_pipeline.core.problems import Problem, Severity

_WORDS = {
    Outcome.FAILED: ("RUN_FAILED", "the instrument says that the run failed"),
    Outcome.STOPPED: ("RUN_STOPPED", "the instrument says that the run was stopped early"),
}
RUN_END_CODES = frozenset(code for code, _ in _WORDS.values())
_WHOLE = (
    "Decide whether what was sequenced is used; if not, flag the run as bad, or skip it: "
    "`seqauto skip RUN --why TEXT`."
)
_NOT_WHOLE = (
    "Do not wait for a completion marker, as none may come: sequence it again, and flag the run as "
    "bad or skip it: `seqauto skip RUN --why TEXT`."
)
# What follows from the end of the run, and would send people to look elsewhere.
_CONSEQUENCES = frozenset(
    {"ANALYSIS_WITHOUT_END", "SAMPLE_WITHOUT_FILES", "READ_WITHOUT_MATE", "NOTHING_EXPECTED"}
)


def what_went_wrong(completion: RunCompletion | None) -> str | None:
    """Say how the run ended, in the instrument's words; None where nothing says that it failed."""
    if completion is None or completion.outcome not in _WORDS:
        return None
    parts = [shown(completion.status or "", limit=60)]
    if completion.description:
        parts.append(quoted(completion.description, limit=300))
    if completion.progress:
        parts.append(shown(completion.progress))
    return f"{_WORDS[completion.outcome][1]}: {', '.join(parts)}"


def about_run_end(
    completion: RunCompletion | None, path: str | None, *, is_whole: bool
) -> tuple[Problem, ...]:
    """Give the one message on a run that failed or was stopped. ``path`` is of the file."""
    message = what_went_wrong(completion)
    if completion is None or message is None:
        return ()
    code = _WORDS[completion.outcome][0]
    fix = _WHOLE if is_whole else _NOT_WHOLE
    return (Problem(code, Severity.ERROR, message, fix, path=path),)


def without_consequences(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Leave out the problems that merely follow from a run that did not come to its end."""
    return tuple(problem for problem in problems if problem.code not in _CONSEQUENCES)
