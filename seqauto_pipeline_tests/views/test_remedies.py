"""Every remedy can be followed in the web UI, or says whom to ask."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import seqauto_pipeline
from seqauto_pipeline.errors import OlderRecordError, UnknownScanError, VanishedError
from seqauto_pipeline.views.remedies import in_the_web_ui, shell_words

_PACKAGE = Path(seqauto_pipeline.__file__).parent
_WORDED_IN = (
    *sorted((_PACKAGE / "core").rglob("*.py")),
    *sorted((_PACKAGE / "disk").rglob("*.py")),
    _PACKAGE / "scan/scan_messages.py",
    _PACKAGE / "scan/walking.py",
    _PACKAGE / "monitoring/checks.py",
    _PACKAGE / "db/migrate.py",
    *sorted((_PACKAGE / "errors").glob("*.py")),
)


def _texts() -> Iterator[str]:
    """Every text of these modules that a person may read, with a name for what is filled in."""
    for path in _WORDED_IN:
        tree = ast.parse(path.read_text())
        parts = {id(part) for each in ast.walk(tree) for part in _parts(each)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "NAME"
                    for part in node.values
                )
            elif id(node) not in parts and _is_text(node):
                yield node.value


def _is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    """Whether it is a text, and not a page of the documentation."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and not node.value.startswith("# ")


def _parts(node: ast.AST) -> list[ast.expr]:
    """What is no text of its own: parts of one that is filled in, and docstrings."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    return [first.value] if isinstance(first, ast.Expr) else []


_SHELL = sorted({text for text in _texts() if tuple(shell_words(text))})


def test_there_are_remedies_for_people_with_a_shell():
    assert len(_SHELL) > 25


@pytest.mark.parametrize("text", _SHELL)
def test_no_remedy_of_the_web_ui_asks_for_a_shell(text):
    assert tuple(shell_words(in_the_web_ui(text, 27))) == ()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (VanishedError(("/data/kit",)), 'with accept_vanished: ["PATH"].'),
        (OlderRecordError("a", "b", "c"), "with force: true"),
        (UnknownScanError("x", "y"), "Look for it under Runs."),
    ],
)
def test_errors_say_what_to_launch(error, words):
    assert words in in_the_web_ui(str(error))


def test_a_message_is_acknowledged_by_its_number():
    said = in_the_web_ui(
        "Check it, then close it: `seqauto messages ack ID --by NAME --why TEXT`.", 7
    )

    assert said == "Check it, then ask the administrator to acknowledge message 7."


def test_code_is_quoted_for_the_web_ui_shows_backticks_as_they_are():
    assert in_the_web_ui("Correct `Index2` in the sheet.") == "Correct “Index2” in the sheet."


def test_what_needs_no_shell_stays_as_it_is():
    assert in_the_web_ui("Keep one of the places.") == "Keep one of the places."
    assert in_the_web_ui(None) == ""
