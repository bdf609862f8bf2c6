"""What the documentation says, held against the program."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import seqauto_pipeline
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.layout import (
    CONTENT_KINDS,
    PATTERN_FIELDS,
    FileType,
    Layout,
    Per,
    RunParts,
)
from seqauto_pipeline.db.base import Base
from seqauto_pipeline.layouts.parse import parse_layout

PACKAGE = Path(seqauto_pipeline.__file__).parent
DOCS = PACKAGE.parent / "docs"
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+|UNREADABLE|VANISHED")
# Where the messages of a scan are worded; those of sheets, metadata and QC files have pages too.
MODULES = (
    *(f"core/verdict/{path.name}" for path in sorted((PACKAGE / "core/verdict").glob("*.py"))),
    "disk/contents/problems.py",
    "scan/scan_messages.py",
)
PAGES = ("messages.md", "qc_content.md", "run_metadata.md", "sample_sheets.md")


def page(name: str) -> str:
    return (DOCS / name).read_text()


def texts_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def codes_of(module: str) -> set[str]:
    return {text for text in texts_of(PACKAGE / module) if CODE.fullmatch(text)}


def sections(text: str) -> dict[str, str]:
    """Give each third-level section of a page by its title."""
    parts = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_code_of_a_scan_has_its_section_with_an_example_and_a_remedy():
    described = sections(page("messages.md"))
    given = {code for module in MODULES for code in codes_of(module)}

    assert given == described.keys()
    for code, text in described.items():
        assert "\nExample: " in text, code
        assert "\nRemedy: " in text, code
        assert re.search(r"^\*(error|warning|info)\*", text, re.MULTILINE), code


def test_every_code_that_any_module_gives_is_on_a_page():
    pages = "".join(map(page, PAGES))

    missing = {
        f"{path.relative_to(PACKAGE)}: {code}"
        for path in (PACKAGE / "core").rglob("*.py")
        for code in problem_codes(path)
        if f"`{code}`" not in pages and f"### {code}\n" not in pages
    }

    assert missing == set()


def problem_codes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_call and node.func.id == "Problem" and node.args:
            code = node.args[0]
            if isinstance(code, ast.Constant):
                yield code.value


@pytest.mark.parametrize("described", [Layout, RunParts, FileType])
def test_every_field_of_a_layout_is_explained(described: type):
    text = page("layouts.md")
    internal = {"source_md5"} | ({"name"} if described is FileType else set())

    missing = [each.name for each in fields(described) if f"`{each.name}`" not in text]

    assert set(missing) <= internal


def test_every_pattern_field_content_and_count_is_explained():
    text = page("layouts.md")

    assert [name for name in PATTERN_FIELDS if f"`{{{name}}}`" not in text] == []
    assert [kind for kind in CONTENT_KINDS if f"`{kind}`" not in text] == []
    assert [per for per in Per if f'`"{per}"`' not in text and f'per = "{per}"' not in text] == []


def test_the_example_of_a_layout_holds_together():
    blocks = re.findall(r"```toml\n(.+?)```", page("layouts.md"), re.DOTALL)

    (text,) = (block for block in blocks if "[run]" in block)
    layout = parse_layout(text, "docs/layouts.md")

    assert "cnv" in {file_type.name for file_type in layout.file_types}


def test_every_state_is_explained():
    files, runs = page("data_states.md").split("\n## Runs\n")

    assert [state for state in DataState if f"| `{state}` |" not in files] == []
    assert [state for state in RunState if f"| `{state}` |" not in runs] == []


def test_every_table_is_explained():
    text = page("database.md")
    tables = Base.metadata.tables.keys() - {"unaligned_reads"}

    assert [table for table in tables if f"| `{table}` |" not in text] == []


@pytest.mark.parametrize(
    "name",
    ["layouts.md", "data_states.md", "database.md", "messages.md", "models.md", "security.md"],
)
def test_what_a_page_links_to_is_there(name: str):
    named = re.findall(r"\]\((\w+\.md)\)|`docs/(\w+\.md)`", page(name))

    assert [each for pair in named for each in pair if each and not (DOCS / each).exists()] == []


def test_each_line_of_the_threat_model_names_a_test_that_is_there():
    tests = Path(__file__).parent
    lines = page("security.md").partition("\n## ")[2].splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.endswith("| test |")]

    named = [re.findall(r"`([\w/]+\.py)::(test_\w+)` \|$", row) for row in rows]

    assert len(rows) > 40
    assert [row for row, found in zip(rows, named, strict=True) if len(found) != 1] == []
    gone = {
        f"{file}::{name}"
        for ((file, name),) in named
        if not (tests / file).exists() or f"def {name}(" not in (tests / file).read_text()
    }
    assert gone == set()
