"""The life of two sequencing runs on a real disk, scan by scan."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.scan.lab import Lab, Outcome
from seqauto_pipeline_tests.scan.listed_lab import ListedLab
from seqauto_pipeline_tests.scan.refusals import refusing, unprivileged
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples

THREE = samples("S1", "S2", "S3")

# What is open of the run since its reads were archived, and one was lost.
STILL_LACKING = ("READ_WITHOUT_MATE", "FILES_DELETED", "FILES_DELETED")


class Story:
    """Two runs: one that much happens to, and a quiet one."""

    def __init__(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lab, self._monkeypatch, self._scans = lab, monkeypatch, 0
        self.run = lab.run(1, "kit_a")
        self.quiet = lab.run(2, "kit_q").complete()
        self.before: dict[tuple[str, str], str] = {}

    def scan(self, *accept: Path) -> Outcome:
        """Scan, after keeping what the files were."""
        self.before = self.lab.files(self.run.path) if self._scans else {}
        self._scans += 1
        with unprivileged():
            return self.lab.scan(accept=accept)

    @property
    def changed(self) -> dict[tuple[str, str], str]:
        """The files of the run that are not as before the scan."""
        now = self.lab.files(self.run.path)
        return {key: state for key, state in now.items() if self.before.get(key) != state}

    def seqauto(self, *arguments: str) -> str:
        self._monkeypatch.setenv("DAGSTER_HOME", str(self.lab.home))
        for name, value in self.lab.environ.items():
            self._monkeypatch.setenv(name, value)
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def explain(self, sample: str, kind: str) -> str:
        return self.seqauto("explain", sample, kind, "--run", str(self.run.folder))

    def assert_quiet(self) -> None:
        """Nothing ever changes for the other run."""
        assert set(self.lab.files(self.quiet.path).values()) == {"complete"}
        assert self.lab.run_states()[self.quiet.path] == "complete"
        assert self.lab.messages(self.quiet.path) == ()
        assert self.lab.run_ledger(self.quiet.path) == (("complete", None),)


def test_the_life_of_a_run_is_told_scan_by_scan(
    public_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(Story(public_lab, monkeypatch))


def test_the_life_of_a_run_is_told_by_lists_that_are_made_elsewhere(
    public_listed_lab: ListedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(Story(public_listed_lab, monkeypatch))


@pytest.mark.postgres
def test_the_life_of_a_run_is_told_on_postgresql(
    public_lab: Lab, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_lab.environ["SEQAUTO_DATABASE_URL"] = postgres_url

    tell(Story(public_lab, monkeypatch))


def tell(story: Story) -> None:
    """Let each chapter happen, and hold it to what it should say."""
    chapters = (
        it_arrives_incomplete,
        it_completes,
        nothing_happens,
        its_sheet_is_corrected,
        its_bams_appear,
        a_fastq_is_archived,
        the_disk_goes_unreadable,
        the_disk_comes_back,
        a_second_read_is_lost,
        it_moves_to_another_kit,
        the_mount_is_lost,
        its_folder_is_deleted,
        it_is_restored,
        its_sheet_disappears,
        its_sheet_is_put_back,
    )
    for chapter in chapters:
        chapter(story, story.lab, story.run)
        story.assert_quiet()


def it_arrives_incomplete(story: Story, lab: Lab, run: RunFolder) -> None:
    run.begin()

    assert story.scan().summary.runs == {"complete": 1, "incomplete": 1}

    assert lab.files(run.path) == {}
    stored = lab.sequencing_run(run.path)
    assert (stored.experiment, stored.sequencer) == ("exome_410", "NB501009")
    assert lab.run_ledger(run.path) == (("incomplete", f"it lacks {run.markers[0]}"),)
    assert "no file is expected of a run before its completion marker" in story.explain("S1", "bam")


def it_completes(story: Story, lab: Lab, run: RunFolder) -> None:
    run.finish()
    run.write_all("fastq")
    run.write_all("gene_list")

    story.scan()

    assert lab.run_states()[run.path] == "complete"
    assert {key for key, state in story.changed.items() if state == "complete"} == {
        ("fastq", "S1/R1"), ("fastq", "S1/R2"), ("fastq", "S2/R1"), ("fastq", "S2/R2"),
        ("gene_list", "S1"), ("gene_list", "S2"),
    }  # fmt: skip
    assert lab.counts(run.path) == {"complete": 6, "non_existent": 9}
    assert lab.messages(run.path) == ()
    explained = story.explain("S1", "bam")
    assert "it was not found, and no scan ever saw it" in explained
    assert f"{run.relative('bam')}: not there, chosen" in explained


def nothing_happens(story: Story, lab: Lab, run: RunFolder) -> None:
    dump = lab.dump()

    outcome = story.scan()

    assert outcome.summary.in_words() == "nothing"
    assert lab.dump() == dump


def its_sheet_is_corrected(story: Story, lab: Lab, run: RunFolder) -> None:
    run.write_sheet(THREE)

    story.scan()

    assert {slot for _, slot in story.changed} == {"S3", "S3/R1", "S3/R2"}
    assert set(story.changed.values()) == {"non_existent"}
    assert lab.messages(run.path) == ("SAMPLE_WITHOUT_FILES", "SHEET_CHANGED")
    (text,) = lab.texts("SHEET_CHANGED")
    assert 'Sample "S3" was added.' in text
    assert "It adds 7 expected files and retires 0." in text
    assert "version 2, line " in story.explain("S3", "bam")


def its_bams_appear(story: Story, lab: Lab, run: RunFolder) -> None:
    run.write_all("bam")

    story.scan()

    assert story.changed == {("bam", f"S{number}"): "complete" for number in (1, 2, 3)}
    assert lab.ledger(run.path, "bam", "S1") == ("non_existent", "complete")
    assert lab.messages(run.path) == ("SHEET_CHANGED",)
    assert lab.messages(run.path, closed=True) == ("SAMPLE_WITHOUT_FILES",)
    assert "it was found" in story.explain("S3", "bam")


def a_fastq_is_archived(story: Story, lab: Lab, run: RunFolder) -> None:
    run.remove("fastq", "S1", 1)
    run.remove("fastq", "S1", 2)

    story.scan()

    assert story.changed == {("fastq", "S1/R1"): "deleted", ("fastq", "S1/R2"): "deleted"}
    assert lab.files(run.path)["bam", "S1"] == "complete"
    assert lab.ledger(run.path, "fastq", "S1/R1") == ("complete", "deleted")
    explained = story.explain("S1", "fastq")
    assert "an earlier scan saw it, and it was gone when the last one looked" in explained
    assert "first scan 2 " in explained
    assert "last scan 5 " in explained


def the_disk_goes_unreadable(story: Story, lab: Lab, run: RunFolder) -> None:
    with refusing(run.folder.parent):
        story.scan()

    assert story.changed == {}
    assert lab.run_states()[run.path] == "complete"
    assert lab.messages() == ("UNREADABLE",)
    (text,) = lab.texts("UNREADABLE")
    assert f"{run.folder.parent} cannot be read (EACCES)" in text
    assert "setfacl" in text
    explained = story.explain("S1", "bam")
    assert "state        complete" in explained


def the_disk_comes_back(story: Story, lab: Lab, run: RunFolder) -> None:
    story.scan()

    assert story.changed == {}
    assert lab.messages() == ()
    assert lab.messages(closed=True) == ("UNREADABLE",)


def a_second_read_is_lost(story: Story, lab: Lab, run: RunFolder) -> None:
    run.remove("fastq", "S2", 2)

    story.scan()

    assert story.changed == {("fastq", "S2/R2"): "deleted"}
    assert lab.files(run.path)["fastq", "S2/R1"] == "complete"
    assert lab.messages(run.path) == (
        "SHEET_CHANGED",
        "FILES_DELETED",  # what was archived before
        "READ_WITHOUT_MATE",
        "FILES_DELETED",
    )


def it_moves_to_another_kit(story: Story, lab: Lab, run: RunFolder) -> None:
    old = run.path
    run.move("kit_b")

    story.scan()

    assert lab.run_states() == {run.path: "complete", story.quiet.path: "complete"}
    states = lab.run_ledger(run.path)
    assert states[-1] == ("complete", f"moved from {run.root}/{old}")
    assert lab.ledger(run.path, "fastq", "S2/R2") == ("complete", "deleted")
    assert lab.sequencing_run(run.path).enrichment_kit == "kit_b"
    assert str(run.folder) in story.explain("S2", "fastq")


def the_mount_is_lost(story: Story, lab: Lab, run: RunFolder) -> None:
    away = lab.home.parent / "elsewhere"
    lab.root.rename(away)

    outcome = story.scan()

    assert outcome.held == (f"{lab.root}: it does not exist: is the disk mounted?",)
    assert story.changed == {}
    assert lab.messages() == ("VANISHED",)
    away.rename(lab.root)


def its_folder_is_deleted(story: Story, lab: Lab, run: RunFolder) -> None:
    kept = lab.home.parent / "kept"
    shutil.move(run.folder, kept)

    assert story.scan().held[0].startswith(f"{run.folder.parent}: the directory held 1 known run")
    assert story.changed == {}

    assert story.scan(run.folder).summary.runs == {"complete": 1, "deleted": 1}

    assert lab.run_ledger(run.path)[-1] == ("deleted", "the run folder is gone")
    assert set(story.changed.values()) == {"deleted"}
    assert lab.ledger(run.path, "bam", "S1") == ("non_existent", "complete", "deleted")
    assert lab.messages(run.path) == ("RUN_DELETED",)
    assert lab.messages() == ()
    assert "the run folder was gone when the last scan looked" in story.explain("S1", "bam")


def it_is_restored(story: Story, lab: Lab, run: RunFolder) -> None:
    shutil.move(lab.home.parent / "kept", run.folder)

    story.scan()

    assert lab.run_ledger(run.path)[-1] == ("complete", None)
    assert lab.ledger(run.path, "bam", "S1")[-2:] == ("deleted", "complete")
    assert lab.ledger(run.path, "fastq", "S1/R1") == ("complete", "deleted")
    assert lab.messages(run.path) == STILL_LACKING


def its_sheet_disappears(story: Story, lab: Lab, run: RunFolder) -> None:
    run.sheet.unlink()

    story.scan()

    assert story.changed == {}
    assert lab.run_states()[run.path] == "complete"
    assert lab.messages(run.path) == (*STILL_LACKING, "SHEET_MISSING")
    assert "The last good version stays in force." in lab.texts("SHEET_MISSING")[0]


def its_sheet_is_put_back(story: Story, lab: Lab, run: RunFolder) -> None:
    run.write_sheet(THREE)

    story.scan()

    assert story.changed == {}
    assert lab.messages(run.path) == STILL_LACKING
    assert "SHEET_MISSING" in lab.messages(run.path, closed=True)
