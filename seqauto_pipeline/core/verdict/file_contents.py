"""What was read of the contents of a run's files, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.reconcile import FileKey


class JsonText(str):
    """JSON as text: written by the reader of the file, stored without being parsed again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ContentResult:
    """What reading one file's content gave."""

    signature: str
    data: JsonText | None  # an object
    problems: tuple[Problem, ...]  # with the path of the file

    @property
    def error_code(self) -> str | None:
        errors = (each.code for each in self.problems if each.severity is Severity.ERROR)
        return next(errors, None)


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a run's files: which were read in this scan, and what holds of the rest."""

    read: Mapping[FileKey, ContentResult] = field(default_factory=dict)
    problems: Mapping[FileKey, tuple[Problem, ...]] = field(default_factory=dict)  # of all
    pending: bool = False  # a file changed or went while it was read: judge the run again

    @property
    def error_codes(self) -> dict[FileKey, str]:
        codes = {}
        for key, problems in self.problems.items():
            errors = [each.code for each in problems if each.severity is Severity.ERROR]
            if errors:
                codes[key] = errors[0]
        return codes
