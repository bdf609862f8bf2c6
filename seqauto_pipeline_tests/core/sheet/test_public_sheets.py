"""The sheets that other people published, read as other readers read them."""

import hashlib
import json
import logging
import re
import warnings
from pathlib import Path

import pytest
from sample_sheet import SampleSheet as TheirSheet
from samplesheet_parser import SampleSheetFactory

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline_tests.core.sheet.sheets import (
    rows,
)

DATA = Path(__file__).parents[2] / "data" / "sheets"
FACTS = json.loads((DATA / "facts.json").read_text())
# Its first row has a quotation mark behind a backslash: no two readers agree, and we have a test
UNCONFIRMED = "SampleSheet-inline-commas-strings.csv"
SHEETS = [
    facts
    for facts in FACTS
    if facts["kind"] == "sample_sheet" and not facts["file"].endswith(UNCONFIRMED)
]
NOT_SHEETS = [facts for facts in FACTS if facts["kind"] == "sheet_like"]


def expected_rows(facts: dict[str, list[list[str | None]]]) -> list[tuple[str | None, ...]]:
    """What other readers found, in our terms: rows without an id are problems, pairs are split."""
    wanted = []
    for lane, sample_id, name, index, index2, project in facts["samples"]:
        if not sample_id:
            continue
        first, second = (index or "").upper(), (index2 or "").upper()
        joined = re.fullmatch("([ACGTN]+)-([ACGTN]+)", first)
        if joined and not second:
            first, second = joined.groups()
        wanted.append((lane, sample_id, name or sample_id, first, second, project or ""))
    return wanted


@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: facts["file"])
def test_the_files_are_those_of_their_source(facts):
    assert hashlib.sha256((DATA / facts["file"]).read_bytes()).hexdigest() == facts["sha256"]


@pytest.mark.parametrize("facts", SHEETS, ids=lambda facts: facts["file"])
def test_every_public_sheet_is_read_as_other_readers_read_it(facts):
    parsed = parse_sample_sheet((DATA / facts["file"]).read_bytes())

    assert rows(parsed.sheet) == expected_rows(facts)
    assert list(parsed.sections) == facts["sections"]
    wanted = None if facts["format"] == "unrecognised" else facts["format"]
    assert parsed.format == wanted
    assert parsed.sheet is not None or Severity.ERROR in {each.severity for each in parsed.problems}


@pytest.mark.parametrize("facts", NOT_SHEETS, ids=lambda facts: facts["file"])
def test_a_file_that_only_looks_like_a_sheet_is_refused_with_what_it_is_not(facts):
    parsed = parse_sample_sheet((DATA / facts["file"]).read_bytes())

    assert parsed.sheet is None
    assert parsed.format is None
    assert len(parsed.problems) == 1
    assert "sample sheet" in parsed.problems[0].message
    assert parsed.problems[0].severity is Severity.ERROR


@pytest.mark.parametrize("facts", SHEETS, ids=lambda facts: facts["file"])
def test_what_the_library_sample_sheet_can_read_is_read_alike(facts):
    path = DATA / facts["file"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = [
                (
                    (getattr(sample, "Sample_ID", None) or "").strip(),
                    (getattr(sample, "index", None) or "").upper(),
                )
                for sample in TheirSheet(str(path)).samples
            ]
    except Exception:  # it raises anything; what it cannot read is not compared
        return
    if not theirs or not all(sample_id for sample_id, _ in theirs):
        return  # it does not know this family's columns

    ours = [(each[1], each[3]) for each in rows(parse_sample_sheet(path.read_bytes()).sheet)]

    with_index = [index for _, index in theirs if index]
    assert [each[0] for each in ours] == [each[0] for each in theirs]
    if with_index:
        assert [each[1] for each in ours] == [each[1] for each in theirs]


# It loses rows with too few cells and the quotation marks inside cells, takes a second header row
# for the first, and reads the run manifests of another maker of instruments
OTHERS_READ_LESS = (
    "SampleSheetSampleMissingColumns.csv",
    "SampleSheet-error3.csv",
    "TestDifficultSampleNames/SampleSheet.csv",
    "SampleSheet_2020_032049.csv",
    "element_aviti_RunManifest.csv",
)


def first_of_each(samples: list[tuple[str, str]]) -> dict[str, str]:
    """Index by id, as a reader sees it that drops repeated ids and the blanks inside them."""
    first: dict[str, str] = {}
    for sample_id, index in samples:
        first.setdefault("".join(sample_id.split()), index)
    return first


@pytest.mark.parametrize("facts", SHEETS, ids=lambda facts: facts["file"])
def test_what_the_library_samplesheet_parser_can_read_is_read_alike(facts):
    path = DATA / facts["file"]
    if facts["file"].endswith(OTHERS_READ_LESS):
        return
    logging.disable(logging.CRITICAL)
    try:
        theirs = first_of_each(
            [
                (sample.get("sample_id") or "", (sample.get("index") or "").upper())
                for sample in SampleSheetFactory().create_parser(str(path), parse=True).samples()
            ]
        )
    except Exception:  # it raises anything; what it cannot read is not compared
        return
    finally:
        logging.disable(logging.NOTSET)
    if "" in theirs:
        return  # it does not know this family's columns

    sheet = parse_sample_sheet(path.read_bytes()).sheet
    ours = first_of_each([(each[1], each[3]) for each in rows(sheet)])

    assert list(ours) == list(theirs)
    if any(theirs.values()):
        assert ours == theirs


def test_a_quotation_mark_behind_a_backslash_is_part_of_the_cell():
    path = next(DATA.rglob(UNCONFIRMED))

    first = rows(parse_sample_sheet(path.read_bytes()).sheet)[0]

    assert first[1] == 'Zika "seedstock_1 (in K562, 5ng)'
    assert first[3:5] == ("GGACTCCT", "AAGGAGTA")
