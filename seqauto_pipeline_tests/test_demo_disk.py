"""The demo disk is judged by the code that judges real ones: what it says of itself must hold."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.qc.exec_summary import read_exec_summary
from seqauto_pipeline.core.qc.fastqc import read_fastqc
from seqauto_pipeline.core.qc.flagstat import read_flagstat
from seqauto_pipeline.core.qc.gene_coverage import read_gene_coverage
from seqauto_pipeline.core.qc.gene_list import read_gene_list
from seqauto_pipeline.core.qc.illumina_qc import read_illumina_qc
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun, SheetPolicy
from seqauto_pipeline.core.verdict.run_judgement import RunJudgement, judge_run
from seqauto_pipeline.core.verdict.run_parsing import parse_run
from seqauto_pipeline.core.verdict.unexpected_files import unexpected_files
from seqauto_pipeline.demo_disk import (
    CONTROL_PREFIX,
    DemoDisk,
    DemoDiskError,
    DemoOptions,
    write_demo_disk,
)
from seqauto_pipeline.demo_disk.trouble import Trouble
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout, shipped_text

SKIP_MARKER = ".skip_me"
POLICY = SheetPolicy(control_regex=f"^{CONTROL_PREFIX}")


@dataclass(frozen=True)
class Seen:
    """One run folder as a scan judges it."""

    listing: RunListing
    parsed: ParsedRun
    judgement: RunJudgement


def write(directory: Path, options: DemoOptions, layout: str = "tau") -> DemoDisk:
    return write_demo_disk(directory, options, load_layout(layout), skip_marker=SKIP_MARKER)


def scan(directory: Path, layout_name: str = "tau") -> Iterator[Seen]:
    layout = load_layout(layout_name)
    walk = RootWalk(str(directory), layout, WalkOptions(skip_marker=SKIP_MARKER, threads=1))
    walk.find()
    for listing in walk.list_runs():
        parsed = parse_run(listing, layout, POLICY)
        yield Seen(listing, parsed, judge_run(listing, parsed, layout, None))


def missing(seen: Seen) -> list[str]:
    expected = [file for file in seen.judgement.expected if not file.skipped]
    return [file.path for file in expected if seen.listing.find(file.path) is None]


def everything(directory: Path) -> dict[str, tuple[bytes | None, int]]:
    """Give contents and modification time of all that is below a directory."""
    return {
        str(path.relative_to(directory)): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mtime_ns,
        )
        for path in sorted((directory, *directory.rglob("*")))
    }


@pytest.mark.parametrize("layout", ["tau", "illumina"])
def test_a_healthy_disk_holds_all_that_is_expected_and_nothing_else(tmp_path, layout):
    disk = write(tmp_path, DemoOptions(20, 5, trouble=False, left_out=0), layout)

    seen = list(scan(tmp_path, layout))

    assert [each.judgement.record.data_state for each in seen] == [RunState.COMPLETE] * 20
    assert not [path for each in seen for path in missing(each)]
    assert not [
        file
        for each in seen
        for file in unexpected_files(each.judgement.expected, load_layout(layout), each.listing)
    ]
    assert disk.left_out == ()
    assert disk.files == sum(path.is_file() for path in tmp_path.rglob("*"))


def test_metadata_and_sheets_of_a_healthy_disk_are_read_without_a_complaint(tmp_path):
    write(tmp_path, DemoOptions(20, 5, trouble=False))

    seen = list(scan(tmp_path))

    complaints = {problem.code for each in seen for problem in each.parsed.problems}
    assert complaints == {"DELIMITER_NOT_COMMA"}
    assert {each.parsed.sheet.sheet.format for each in seen if each.parsed.sheet} == {
        SheetFormat.LEGACY_FCID,
        SheetFormat.IEM_V1,
        SheetFormat.BCLCONVERT_V2,
    }
    assert {each.judgement.record.sequencer_model for each in seen} == {
        "HiSeq 2500",
        "MiSeq",
        "NextSeq 500/550",
        "NovaSeq 6000",
        "NovaSeq X",
        "iSeq 100",
    }


def test_files_that_are_left_out_are_those_that_a_scan_misses(tmp_path):
    disk = write(tmp_path, DemoOptions(20, 8, trouble=False, left_out=0.1))

    found = [f"{each.listing.path}/{path}" for each in scan(tmp_path) for path in missing(each)]

    assert len(found) == len(disk.left_out) > 50
    reads_can_be_missed_elsewhere = {path for path in disk.left_out if "fastq" in path}
    assert set(disk.left_out) - reads_can_be_missed_elsewhere <= set(found)


def test_the_contents_of_all_files_can_be_loaded(tmp_path):
    write(tmp_path, DemoOptions(1, 4, trouble=False, left_out=0))
    readers = {
        "fastqc": read_fastqc,
        "flagstat": read_flagstat,
        "gene_list": read_gene_list,
        "illumina_qc": read_illumina_qc,
        "gene_coverage": lambda data: read_gene_coverage(
            gzip.decompress(data), genes=frozenset({"BRCA1"}), keep="gene_list"
        ),
    }

    (seen,) = scan(tmp_path)

    folder = tmp_path / seen.listing.path
    kinds = set()
    for file in seen.judgement.expected:
        kind = file.file_type.content
        if file.values_path is not None:
            data = (folder / file.values_path).read_bytes()
            loaded = read_exec_summary(data, sample_name=file.sample_name)
        elif kind is not None:
            loaded = readers[kind]((folder / file.path).read_bytes())
        else:
            continue
        assert loaded.data is not None, file.path
        assert {problem.code for problem in loaded.problems} == set(), file.path
        kinds.add(kind)
    assert kinds == {*readers, "exec_summary"}


def test_compressed_files_can_be_unpacked(tmp_path):
    write(tmp_path, DemoOptions(2, 2, trouble=False, left_out=0))

    packed = [*tmp_path.rglob("*.gz"), *tmp_path.rglob("*.bam")]

    assert {gzip.decompress(path.read_bytes())[:1] for path in packed} == {b"@", b"#", b"N", b"B"}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory) -> tuple[Path, DemoDisk, dict[str, Seen]]:
    directory = tmp_path_factory.mktemp("troubled")
    disk = write(directory, DemoOptions(40, 4, left_out=0))
    return directory, disk, {each.listing.path: each for each in scan(directory)}


def seen_with(troubled, kind: Trouble) -> Seen:
    _, disk, seen = troubled
    (path,) = [each.path for each in disk.trouble if each.kind is kind]
    return seen[path]


def test_each_kind_of_trouble_has_a_run_of_its_own_that_says_what_it_is(troubled):
    _, disk, _ = troubled

    assert sorted(each.kind for each in disk.trouble) == sorted(Trouble)
    assert len({each.path for each in disk.trouble}) == len(Trouble)
    assert all(each.meaning for each in disk.trouble)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Trouble.MISSING_SHEET, RunState.ERROR),
        (Trouble.SHEET_IS_JPEG, RunState.ERROR),
        (Trouble.INCOMPLETE, RunState.INCOMPLETE),
        (Trouble.SKIP_MARKER, RunState.SKIPPED),
        (Trouble.GARBAGE_RUN_PARAMETERS, RunState.COMPLETE),
        (Trouble.SPACE_IN_NAME, RunState.COMPLETE),
    ],
)
def test_a_run_in_trouble_has_the_state_that_it_should_have(troubled, kind, state):
    assert seen_with(troubled, kind).judgement.record.data_state is state


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Trouble.GARBAGE_RUN_PARAMETERS, "RUN_PARAMETERS_NOT_XML"),
        (Trouble.RAGGED_ROW, "ROW_TOO_LONG"),
    ],
)
def test_a_run_in_trouble_has_the_message_that_names_it(troubled, kind, code):
    codes = [problem.code for problem in seen_with(troubled, kind).parsed.problems]

    assert code in codes


def test_one_sheet_is_in_windows_1252(troubled):
    sheet = seen_with(troubled, Trouble.WINDOWS_1252_SHEET).parsed.sheet

    assert sheet is not None
    assert dict(sheet.sheet.header)["Investigator Name"] == "Jörg Müßig"


def test_one_sample_is_a_control_and_one_has_failed(troubled):
    samples = seen_with(troubled, Trouble.CONTROL_AND_FAILED).judgement.samples

    assert [each.is_control for each in samples] == [False, False, False, True]
    assert [each.sample.failed for each in samples] == [False, False, True, False]


def test_one_sample_is_in_two_lanes_with_files_of_each(troubled):
    seen = seen_with(troubled, Trouble.SAMPLE_IN_TWO_LANES)

    samples = [each.sample for each in seen.judgement.samples]
    twice = [each for each in samples if each.sample_id == samples[0].sample_id]
    assert [each.lane for each in twice] == [1, 2]
    assert missing(seen) == []


def test_one_run_lies_in_two_kits(troubled):
    _, _, seen = troubled
    path = seen_with(troubled, Trouble.DUPLICATE_NAME).listing.path

    name = path.rpartition("/")[2]
    assert sum(each.listing.name == name for each in seen.values()) == 2


def test_trouble_with_files_is_there(troubled):
    directory, _, _ = troubled

    empty = [path for path in directory.rglob("*.vcf.gz") if path.stat().st_size == 0]
    indexed = {path.with_suffix("") for path in directory.rglob("*.bam.bai")}
    bare = [path for path in directory.rglob("*.bam") if path not in indexed]
    unexpected = seen_with(troubled, Trouble.UNEXPECTED_FILE)
    archived = seen_with(troubled, Trouble.ARCHIVED_READS)
    assert len(empty) == len(bare) == 1
    assert (
        len(unexpected_files(unexpected.judgement.expected, load_layout("tau"), unexpected.listing))
        == 1
    )
    assert len(missing(archived)) == 8


def test_one_exec_summary_has_the_values_of_another_sample(troubled):
    directory, _, _ = troubled
    seen = seen_with(troubled, Trouble.OTHER_SAMPLES_SUMMARY)

    codes = [
        problem.code
        for file in seen.judgement.expected
        if file.values_path is not None
        for problem in read_exec_summary(
            (directory / seen.listing.path / file.values_path).read_bytes(),
            sample_name=file.sample_name,
        ).problems
    ]
    assert codes == ["EXEC_SUMMARY_OTHER_SAMPLE"]


def test_the_same_seed_gives_the_same_bytes_and_times_and_another_seed_does_not(tmp_path):
    options = DemoOptions(6, 3, seed=7)

    write(tmp_path / "one", options)
    write(tmp_path / "two", options)
    write(tmp_path / "other", DemoOptions(6, 3, seed=8))

    assert everything(tmp_path / "one") == everything(tmp_path / "two")
    assert everything(tmp_path / "one") != everything(tmp_path / "other")


def test_large_runs_have_indexes_that_differ(tmp_path):
    write(tmp_path, DemoOptions(6, 384, trouble=False, left_out=1))

    codes = {problem.code for each in scan(tmp_path) for problem in each.parsed.problems}

    assert codes <= {"DELIMITER_NOT_COMMA"}


def test_a_layout_with_deeper_run_folders_is_obeyed(tmp_path):
    layout = tmp_path / "deep.toml"
    layout.write_text("""
name = "deep"
run_depth = 3
enrichment_kit_level = 2
[run]
markers = ["done.txt"]
sample_sheet = ["sheets/SampleSheet.csv"]
[file_types.cnv]
per = "sample"
patterns = ["cnv/{sample_name}.cnv.vcf"]
""")

    disk = write(tmp_path / "disk", DemoOptions(4, 2, left_out=0), str(layout))

    assert all(path.count("/") == 2 for path in disk.sequencing_runs)
    assert not [path for each in scan(tmp_path / "disk", str(layout)) for path in missing(each)]


def test_a_layout_with_outputs_beside_the_run_folders_is_obeyed(tmp_path):
    conversions = "[[file_types.fastq.conversions]]\n"
    ours = 'directories = ["../{sequencing_run}_fastq"]\nconverters = ["bcl_convert"]\n'
    layout = tmp_path / "mine.toml"
    text = shipped_text("illumina").replace(conversions, conversions + ours + conversions, 1)
    layout.write_text(text)
    above = tmp_path / "above"
    above.mkdir()
    was = above.stat().st_mtime_ns

    disk = write(above / "disk", DemoOptions(8, 2, trouble=False, left_out=0), str(layout))

    seen = list(scan(above / "disk", str(layout)))
    assert sorted(each.listing.path for each in seen) == sorted(disk.sequencing_runs)
    assert not [path for each in seen for path in missing(each)]
    assert any("_fastq/" in file.path for each in seen for file in each.judgement.expected)
    assert above.stat().st_mtime_ns >= was


def test_a_directory_that_holds_something_is_refused_and_left_as_it_is(tmp_path):
    (tmp_path / "thesis.doc").write_text("precious")

    with pytest.raises(DemoDiskError) as refusal:
        write(tmp_path, DemoOptions(1, 1))

    assert str(refusal.value) == (
        f"Cannot write a demo disk to {tmp_path}: it is not empty, it holds 'thesis.doc'. "
        "Name a directory that does not exist yet, or an empty one that you may write to."
    )
    assert everything(tmp_path).keys() == {".", "thesis.doc"}


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(DemoDiskError, match=r"file: File exists\. Name a directory"):
        write(tmp_path / "file", DemoOptions(1, 1))


def test_the_command_tells_what_it_wrote(tmp_path):
    result = CliRunner().invoke(
        main, ["demo-disk", str(tmp_path / "disk"), "--runs", "4", "--samples", "2"]
    )

    assert result.exit_code == 0
    assert "Wrote 4 runs with " in result.stdout
    assert ": a file of 0 bytes" in result.stdout


def test_the_command_tells_it_as_json(tmp_path):
    result = CliRunner().invoke(
        main, ["demo-disk", str(tmp_path / "disk"), "--runs", "4", "--format", "json"]
    )

    told = json.loads(result.stdout)
    assert told.keys() == {"directory", "sequencing_runs", "files", "left_out", "trouble"}
    assert len(told["sequencing_runs"]) == 4
    assert all((tmp_path / "disk" / path).is_dir() for path in told["sequencing_runs"])
    assert not any((tmp_path / "disk" / path).exists() for path in told["left_out"])


def test_the_command_refuses_a_directory_in_use_without_a_traceback(tmp_path):
    (tmp_path / "thesis.doc").write_text("precious")

    result = CliRunner().invoke(main, ["demo-disk", str(tmp_path)])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Cannot write a demo disk to ")
