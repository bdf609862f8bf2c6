"""Ids, names and projects: what Illumina and file systems allow."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.codes import RuleLevel
from seqauto_pipeline.core.sheet.name_rules import is_safe_name
from seqauto_pipeline.core.sheet.rules import judge
from seqauto_pipeline_tests.core.sheet.sheets import only, v1_sheet


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (
            "1,S 1+,N,ACGT,,P",
            "Sample_ID",
            'Sample_ID "S 1+" has the characters " " "+", expected letters, digits, - and _ only',
        ),
        ("1,S1,Ä,ACGT,,P", "Sample_Name", 'Sample_Name "Ä" has the characters "Ä"'),
        ("1,S1,N,ACGT,,Bob Marley", "Sample_Project", 'Sample_Project "Bob Marley" has'),
    ],
)
def test_forbidden_characters_are_named(row, column, message):
    problem = only(judge(v1_sheet(row)))

    assert (problem.code, problem.severity) == ("FORBIDDEN_CHARACTERS", Severity.ERROR)
    assert (problem.line, problem.column) == (5, column)
    assert problem.message.startswith(message)


def test_an_id_that_is_also_the_name_has_one_problem():
    assert len(judge(v1_sheet("1,S 1,S 1,ACGT,,P"))) == 1


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x", 'it has the character "/"'),
        ("..", "it stands for a directory"),
        ("x" * 201, "it has 201 bytes, expected at most 200"),
        ("a\x00b", 'it has the character "\\x1a"'),  # which stands for the NUL
    ],
)
def test_a_name_that_would_leave_its_directory_is_an_error_that_no_setting_lifts(name, why):
    levels = {"UNSAFE_NAME": RuleLevel.OFF}

    problem = only(judge(v1_sheet(f"1,S1,{name},ACGT,,P"), levels=levels))

    assert (problem.code, problem.severity) == ("UNSAFE_NAME", Severity.ERROR)
    assert problem.message.endswith(why)


@pytest.mark.parametrize("name", ["S1", "a b", "Ä", "a..b", ".hidden", "x" * 200])
def test_a_name_that_stays_in_its_directory_is_safe(name):
    assert is_safe_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\nb", "\x7f", "ä" * 101, "\udc80"])
def test_a_name_that_cannot_be_a_path_component_is_not_safe(name):
    assert not is_safe_name(name)


def test_a_reserved_word_is_a_warning():
    problem = only(judge(v1_sheet("1,Undetermined,N,ACGT,,P")))

    assert (problem.code, problem.severity) == ("RESERVED_NAME", Severity.WARNING)
    assert problem.message == (
        'Sample_ID "Undetermined" is a word that demultiplexing uses for itself'
    )
