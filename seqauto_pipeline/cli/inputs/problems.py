"""Problems of what a person gives to a command, for people and for programs."""

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.values import JsonObject


def problem_json(problem: Problem) -> JsonObject:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.path,
        "line": problem.line,
        "message": problem.message,
        "fix": problem.fix,
    }


def problem_text(problem: Problem) -> str:
    where = f" {problem.path}:" if problem.path else ""
    line = f", line {problem.line}" if problem.line else ""
    tag = f"[{problem.code}{line}]"
    return f"{problem.severity.value}{where} {problem.message}. {problem.fix} {tag}"
