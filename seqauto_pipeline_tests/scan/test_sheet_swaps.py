"""Two samples that change places in a sheet: what is said, and what becomes of their records."""

import json

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, samples

ONE, TWO = samples("S1", "S2")
EXCHANGED_INDEXES = (Sample("S1", TWO.index), Sample("S2", ONE.index))
BY_ID = (Sample("S1", ONE.index, sample_id="id1"), Sample("S2", TWO.index, sample_id="id2"))
EXCHANGED_NAMES = (
    Sample("S2", ONE.index, sample_id="id1"),
    Sample("S1", TWO.index, sample_id="id2"),
)


@pytest.fixture
def seqauto(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name, value in {"DAGSTER_HOME": str(lab.home), **lab.environ}.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def told(seqauto: CliRunner, *words: str) -> list[dict[str, object]]:
    result = seqauto.invoke(main, [*words, "--format", "json"])
    assert result.exit_code == 0, result.output
    return list(json.loads(result.output))


def test_a_swap_of_indexes_is_called_one_with_what_was_made_before_it(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(EXCHANGED_INDEXES)

    lab.scan()

    (text,) = lab.texts("SHEET_CHANGED")
    assert text.startswith(
        'the sample sheet has changed: Samples "S1" and "S2" were swapped: "S1" now has index '
        f'"{TWO.index}", as "S2" had, and the other way round. Made by the old sheet, and to be '
        "made again: 2 bam, 2 exec_summary, 4 fastq, 2 gene_coverage, 1 joint_vcf, 2 vcf. "
    )
    assert "index changed" not in text
    assert ".." not in text


def test_what_was_made_again_before_the_scan_is_not_named(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(EXCHANGED_INDEXES)
    for sample in ("S1", "S2"):
        run.write("bam", sample, data=b"made again")

    lab.scan()

    (text,) = lab.texts("SHEET_CHANGED")
    assert " bam" not in text
    assert "2 vcf" in text


def _in_lane(first: str, second: str) -> tuple[Sample, Sample]:
    """Two samples of lane 1 with two indexes each, as FASTQ names in full tell them."""
    more = (("index2", "TTTTAAAA"),)
    return Sample("S1", first, "1", more=more), Sample("S2", second, "1", more=more)


def exchange_names(lab: Lab) -> RunFolder:
    run = lab.run(1, rows=BY_ID).complete()
    lab.scan()
    lab.scan()
    run.write_sheet(EXCHANGED_NAMES)
    lab.scan()
    return run


def test_files_named_by_id_are_as_old_as_they_were_when_names_are_exchanged(
    lab: Lab, seqauto: CliRunner
) -> None:
    run = exchange_names(lab)

    lives = told(seqauto, "log", str(run.place("fastq", "S1", 1)))

    assert run.relative("fastq", "S1", 1) == "0_fastq/id2_R1.fastq.gz"
    assert "S1" in [life["sample_name"] for life in lives]
    for life in lives:
        assert (life["data_state"], life["first_seen_scan"]) == ("complete", 1)
    assert lab.counts(run.path) == {"complete": 15}
    (text,) = lab.texts("SHEET_CHANGED")
    assert 'Samples "S2" and "S1" were swapped' in text
    assert " fastq" not in text  # of the same reads as before, and the other sample's now
    assert "2 bam" in text


def test_a_file_that_goes_while_names_are_exchanged_was_seen(lab: Lab) -> None:
    run = lab.run(1, rows=BY_ID).complete()
    lab.scan()
    run.remove("fastq", "S2", 1)
    run.write_sheet(EXCHANGED_NAMES)

    lab.scan()

    assert lab.files(run.path)["fastq", "S1/R1"] == "deleted"
    assert "0_fastq/id2_R1.fastq.gz" in lab.texts("FILES_DELETED")[0]


def test_a_difference_says_of_no_file_that_is_there_that_it_is_not(
    lab: Lab, seqauto: CliRunner
) -> None:
    flowcell = lab.run(1).name.rpartition("_")[2]
    run = lab.run(1, rows=_in_lane(ONE.index, TWO.index)).complete()
    for sample, index in (("S1", ONE.index), ("S2", TWO.index)):
        for read in (1, 2):
            run.remove("fastq", sample, read)
            name = f"{sample}_{flowcell}_{index}-TTTTAAAA_L001_{read}.fastq.gz"
            run.put(f"0_fastq/{name}", b"reads")
    lab.scan()
    run.write_sheet(_in_lane(TWO.index, ONE.index))
    lab.scan()
    assert lab.counts(run.path)["non_existent"] == 4  # asked for by other indexes than those there

    (difference,) = told(seqauto, "diff", "latest")

    changes = difference["file_changes"]
    assert isinstance(changes, list)
    gone = [each["path"] for each in changes if each["new_state"] in ("non_existent", "deleted")]
    there = {str(path) for path in run.folder.rglob("*") if path.is_file()}
    assert there.isdisjoint(gone)


def test_a_sample_with_a_new_name_keeps_the_sights_of_files_named_by_its_id(
    lab: Lab, seqauto: CliRunner
) -> None:
    run = lab.run(1, rows=BY_ID).complete()
    lab.scan()
    run.write_sheet((BY_ID[0], Sample("S9", TWO.index, sample_id="id2")))

    lab.scan()

    (life,) = [
        life
        for life in told(seqauto, "log", str(run.place("fastq", "S9", 1)))
        if life["sample_name"] == "S9"
    ]
    assert (life["data_state"], life["first_seen_scan"]) == ("complete", 1)
