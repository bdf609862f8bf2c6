"""Run folders with the bytes of their sheet and metadata, for what judges whole runs."""

from collections.abc import Mapping, Sequence

from seqauto_pipeline.core.file_list import Entry, InputRole, RunListing, SmallInput, Unreadable
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun, SheetPolicy
from seqauto_pipeline.core.verdict.run_parsing import parse_run
from seqauto_pipeline_tests.core.listings import NS, file_of, layout, run_listing

LAB = layout(
    '[file_types.fastq]\nper = "read"\npatterns = ["fq/{sample_name}_R{read}.fq"]\n'
    '[file_types.bam]\nnon_empty = true\npatterns = ["bam/{sample_name}.bam"]\n'
    '[file_types.genes]\ncontent = "gene_list"\npatterns = ["genes/{sample_name}.txt"]\n',
    run='markers = ["done"]\nrun_info = ["RunInfo.xml"]\nrun_parameters = ["RunParameters.xml"]\n'
    'basecalls = ["calls/L*"]\ninterop = ["InterOp/Q*.bin", "InterOp/Tile*.bin"]',
)
SHEET = "[Data]\nLane,Sample_ID,Sample_Name,index\n1,id1,S1,ACGTACGT\n2,id2,S2,TTGGTTGG\n"
RUN_INFO = """<?xml version="1.0"?>
<RunInfo Version="4">
  <Run Id="200920_NB501009_0410_AHNLYFBGXG" Number="410">
    <Flowcell>HNLYFBGXG</Flowcell>
    <Instrument>NB501009</Instrument>
    <Date>200920</Date>
    <Reads>
      <Read Number="1" NumCycles="151" IsIndexedRead="N"/>
      <Read Number="2" NumCycles="8" IsIndexedRead="Y"/>
      <Read Number="3" NumCycles="151" IsIndexedRead="N"/>
    </Reads>
    <FlowcellLayout LaneCount="4" SurfaceCount="2" SwathCount="3" TileCount="12"/>
  </Run>
</RunInfo>
"""
WHOLE = (
    "done",
    "fq/S1_R1.fq",
    "fq/S1_R2.fq",
    "fq/S2_R1.fq",
    "fq/S2_R2.fq",
    "bam/S1.bam",
    "bam/S2.bam",
    "genes/S1.txt",
    "genes/S2.txt",
)


def run_with(
    files: Mapping[str, Entry] | Sequence[str] = WHOLE,
    *,
    sheet: str | None = SHEET,
    run_info: str | None = RUN_INFO,
    run_parameters: str | None = None,
    run_completion: str | None = None,
    unreadable: Sequence[Unreadable] = (),
    **more: object,
) -> RunListing:
    """Give a listed run folder; an input of None is not there."""
    contents = {
        InputRole.SAMPLE_SHEET: ("SampleSheet.csv", sheet),
        InputRole.RUN_INFO: ("RunInfo.xml", run_info),
        InputRole.RUN_PARAMETERS: ("RunParameters.xml", run_parameters),
        InputRole.RUN_COMPLETION: ("RunCompletionStatus.xml", run_completion),
    }
    inputs = {
        role: SmallInput(path, text.encode(), NS)
        for role, (path, text) in contents.items()
        if text is not None
    }
    entries = dict(files) if isinstance(files, Mapping) else dict.fromkeys(files, file_of())
    entries |= {each.path: file_of(len(each.data)) for each in inputs.values()}
    return run_listing(entries, inputs=inputs, unreadable=unreadable, **more)  # type: ignore[arg-type]


def parsed(listing: RunListing, at: Layout = LAB, policy: SheetPolicy | None = None) -> ParsedRun:
    return parse_run(listing, at, policy or SheetPolicy())
