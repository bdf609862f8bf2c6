"""Names of a disk on the pages of the web UI, which are Markdown."""

import re

import pytest

from seqauto_pipeline.orchestration.catalog.markdown import (
    breakable,
    bullets,
    escaped,
    narrow_tables,
    table,
)

HOSTILE = {
    "a link": "[a link](javascript:alert(1))",
    "an image": "![x](http://evil.example.org/x.png)",
    "HTML": "<img src=x onerror=alert(1)>",
    "an address": "http://evil.example.org",
    "an address without its scheme": "WWW.evil.example.org www.evil.example.org",
    "code and bold": "`code` **bold**",
    "cells": "a | b",
    "lines": "a\n# a heading\n| --- |",
    "an entity": "&lt;script&gt;",
    "an escape": "\\[x](y)",
    "a formula": "$x$",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_does_not_act_in_markdown(kind: str):
    text = escaped(HOSTILE[kind])

    left = re.sub(r"\\[!-/:-@\[-`{-~]|&[lg]t;", "", text)  # without what is escaped
    assert not set(left) & set("\\`*_{}[]<>|#~&!$\n")
    assert "://" not in text
    assert "www." not in text.lower()


def test_a_name_stays_in_its_cell():
    lines = table(("a", "b"), [(escaped("x | y\n| z"), "c")]).splitlines()

    assert len(lines) == 3
    assert len(re.findall(r"(?<!\\)\|", lines[2])) == 3


def test_a_table_that_is_wider_than_a_window_is_cut_into_tables_that_fit():
    columns = ("sample", *(f"type{number}" for number in range(10)))
    rows = [(f"S{number}_24G010000", *("✔✔" for _ in range(10))) for number in range(3)]

    text = narrow_tables(columns, rows, "row", 990)

    heads = [line for line in text.splitlines() if "sample" in line]
    assert len(heads) == 3
    assert [word for head in heads for word in head.split() if word.startswith("type")] == [
        *columns[1:]
    ]
    assert all(text.count(row[0]) == 3 for row in rows)
    assert len(text) < 990


def test_a_narrow_table_stays_whole():
    assert narrow_tables(("sample", "BAM"), [("S1", "✔")], "row", 990) == table(
        ("sample", "BAM"), [("S1", "✔")], "row"
    )


def test_a_long_path_may_be_broken_and_a_short_word_not():
    path = escaped("2_variants/gatk_per_sample/S001.gatk.hg38.vcf.gz")

    assert breakable(f"empty ({path})").replace("\u200b", "") == f"empty ({path})"
    assert "/\u200b" in breakable(path)
    assert breakable("a/short.word") == "a/short.word"


def test_a_word_without_separators_is_broken_too_and_never_within_what_was_escaped():
    said = "HTTPConnectionPool(host='127.0.0.1',port=8080):<b>*Max&retries*<b>" * 3
    text = escaped(said)

    narrow = breakable(text, 14)

    assert narrow.replace("\u200b", "") == text.replace("\u200b", "")
    seen = [re.sub(r"\\(.)|&\w+;", "x", part) for part in narrow.split("\u200b")]
    assert max(map(len, seen)) <= 14
    assert not re.search(r"\\\u200b|&[a-z]*\u200b[a-z]*;", narrow)


def test_what_has_no_room_is_counted_in_words_and_one_is_not_called_many():
    lines = ["x" * 300] * 5

    assert bullets(lines, "run").endswith("\n\n… and 2 more runs")
    assert bullets(lines[:4], "run").endswith("\n\n… and 1 more run")
    assert bullets(lines).endswith("\n\n… and 2 more")
    assert "more" not in bullets(lines[:3], "run")
