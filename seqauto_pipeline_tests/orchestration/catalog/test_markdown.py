"""Names of a disk on the pages of the web UI, which are Markdown."""

import re

import pytest

from seqauto_pipeline.orchestration.catalog.markdown import escaped, table

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
