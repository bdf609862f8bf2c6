"""The DRAGEN workflows of a sheet: which samples they have, and whether they keep the FASTQs."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.conversion import Workflow
from seqauto_pipeline_tests.core.sheet.sheets import only, parse, read

START = (
    "[Header]\nFileFormatVersion,2\n[BCLConvert_Settings]\nSoftwareVersion,4.2.7\n"
    "[BCLConvert_Data]\nSample_ID,Index\nS1,ACGTACGT\nS2,TGCATGCA\n"
)


def workflows(more: str, start: str = START) -> tuple[Workflow, ...]:
    return read(start + more).workflows


def test_a_workflow_has_its_name_its_samples_and_whether_it_deletes_their_fastqs():
    found = workflows(
        "[DragenGermline_Settings]\nSoftwareVersion,4.3.16\nKeepFastq,FALSE\n"
        "[DragenGermline_Data]\nReferenceGenomeDir,Sample_ID\nhg38,S1\n"
        "[DragenRNA_Data]\nSample_ID\nS2\n"
    )

    assert found == (
        Workflow("DragenGermline", deletes_fastqs=True, sample_ids=frozenset({"S1"})),
        Workflow("DragenRNA", deletes_fastqs=False, sample_ids=frozenset({"S2"})),
    )


@pytest.mark.parametrize(
    ("settings", "deletes"),
    [
        ("KeepFastQ,false", True),
        ("keep_fastq,0", True),
        ("KeepFastq,TRUE", False),
        ("KeepFastq,", False),
        ("KeepFastq,maybe", False),
        ("KeepFastq,FALSE\nKeepFastq,TRUE", False),
        ("SoftwareVersion,4.3.16", False),
    ],
)
def test_fastqs_are_deleted_where_the_sheet_says_so_without_contradiction(settings, deletes):
    (found,) = workflows(f"[dragengermline_settings]\n{settings}\n")

    assert found == Workflow("dragengermline", deletes_fastqs=deletes)


def test_what_runs_in_the_cloud_is_no_workflow_of_the_instrument():
    assert workflows("[Cloud_DragenGermline_Settings]\nKeepFastq,FALSE\n") == ()


def test_a_v1_sheet_has_no_workflows():
    v1 = "[Header]\nIEMFileVersion,5\n[Data]\nSample_ID,index\nS1,ACGTACGT\n"

    assert workflows("[DragenGermline_Settings]\nKeepFastq,FALSE\n", v1) == ()


def test_a_sample_of_a_workflow_that_is_not_converted_is_told_once_and_is_no_sample():
    data = "Data]\nSample_ID\nS1\nS3\n"
    parsed = parse(f"{START}[DragenGermline_{data}[DragenEnrichment_{data}")

    problem = only(parsed.problems)
    assert (problem.code, problem.severity) == ("SAMPLE_NOT_CONVERTED", Severity.INFO)
    assert (problem.line, problem.column) == (12, "Sample_ID")
    assert problem.message == (
        '"S3" is listed in "DragenGermline_Data" and not in [BCLConvert_Data]: '
        "no reads will be assigned to it"
    )
    assert parsed.sheet is not None
    assert [sample.sample_id for sample in parsed.sheet.samples] == ["S1", "S2"]
