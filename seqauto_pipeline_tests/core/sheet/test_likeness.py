"""A file that is no sample sheet of Illumina's is called what it is."""

import pytest

from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline_tests.core.sheet.sheets import only


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lane,Sample,Index\n1,GEX1,SI-TT-A1\n*,A,SI-NA-C3\n", "10x Genomics' cellranger mkfastq"),
        ("[gene-expression]\nreference,/r\n[libraries]\nfastq_id,fastqs\n", "cellranger multi"),
        ("[gene-expression]\nr,/r\n[samples]\nsample_id,cmo_ids\n", "cellranger multi"),
        ("fastqs,sample,library_type\n/f,S,Gene Expression\n", "libraries CSV of 10x Genomics"),
        ("sample_id,molecule_h5\nS,/m\n", "cellranger aggr"),
        ("id,name,read,pattern,sequence,feature_type\nA,B,R2,5P,ACGT,x\n", "feature reference"),
        ("[RUNVALUES],\nKeyName,Value\n[SETTINGS],\nA,B\n[SAMPLES],\nS\n", "Element AVITI"),
        ("[Samples]\nSampleName,Index1,Index2\nS,ACGT,ACGT\n", "Element AVITI"),
        ("SampleName,Index1,Index2,Lane,Project\nS,ACGT,ACGT,1,P\n", "Element AVITI"),
        ("[Run Settings]\nA,B\n[SMRT Cell Settings]\nC,D\n[Samples]\nE\n", "PacBio"),
        ("flow_cell_id,position_id,sample_id,experiment_id,kit\nF,X1,S,E,K\n", "Nanopore"),
        ("sample_id,experiment_id,kit,alias,barcode\nS,E,K,A,barcode01\n", "Nanopore"),
        ("RGID,RGSM,RGLB,Lane,Read1File,Read2File\nA,S,L,1,a,b\n", "fastq_list.csv"),
        (
            "Lane,SampleID,Index,# Reads,# Perfect Index Reads\n1,S,ACGT,5,5\n",
            "Demultiplex_Stats.csv that BCL Convert writes",
        ),
        ("id,samplesheet,lane,flowcell\nA,s.csv,1,/f\n", "nf-core/demultiplex"),
        ("sample,fastq_1,fastq_2\nS,a.gz,b.gz\n", "nf-core pipeline"),
        ("[Header]\nA,B\n[Probes]\nC\n[Targets]\nD\n", "manifest of amplicons"),
    ],
)
def test_the_plan_of_another_program_is_called_by_its_name(text, kind):
    parsed = parse_sample_sheet(text.encode())

    assert parsed.sheet is None
    assert only(parsed.problems).code == "NOT_A_SAMPLE_SHEET"
    assert kind in only(parsed.problems).message


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        (b"[Content_Types].xml.....xl/workbook.xml", "an Excel workbook (XLSX)"),
        (b"[Content_Types].xml.....word/", "another Office document"),
        (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "LibreOffice workbook (ODS)"),
        (b"Index/Document.iwa", "a Numbers workbook of a Mac"),
        (b"photo.jpg", "a ZIP archive"),
    ],
)
def test_a_zipped_workbook_is_called_by_its_program(inside, kind):
    parsed = parse_sample_sheet(b"PK\x03\x04\x14\x00" + inside + bytes(9000))

    assert kind in only(parsed.problems).message


def test_a_casava_sheet_with_columns_of_others_is_a_casava_sheet():
    text = "FCID,Lane,SampleID,Index,experiment_id,kit\nF,1,S1,ACGT,E,K\n"

    assert parse_sample_sheet(text.encode()).sheet is not None
