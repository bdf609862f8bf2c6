"""What a home that scanned before has to say, and what the comparison makes of any other word."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from seqauto_pipeline_tests.faults.history import History, Told, told_by
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples

_RUN = "kit_a/200920_NB501009_0001_AH00001GXG"


@dataclass
class Rescans:
    """One disk, a home that scans it again and again, and one that is new each time."""

    folder: Path
    number: int = 0

    def __post_init__(self) -> None:
        self.lab, self.history = Lab(self.folder), History()
        self.run: RunFolder = self.lab.run().complete()

    def scan(self) -> tuple[str, ...]:
        assert self.lab.scan().error is None
        fresh = self._fresh()
        self.history.add(fresh)
        return self.history.differences(told_by(self.lab.home), fresh)

    def _fresh(self) -> Told:
        self.number += 1
        lab = Lab(self.folder, home=f"fresh-{self.number}", roots=())
        lab.roots, lab.environ = self.lab.roots, self.lab.environ
        assert lab.scan().error is None
        return told_by(lab.home)

    def tamper(self, statement: str) -> tuple[str, ...]:
        """Change what the home says, and compare."""
        with self.lab.connected() as connection:
            connection.execute(text(statement))
        return self.history.differences(told_by(self.lab.home), self._fresh())

    def place(self, kind: str) -> str:
        return f"file | {_RUN} | {kind} | S1 | {self.run.relative(kind)}"

    def flagstat(self) -> str | None:
        return self.lab.files(_RUN).get(("flagstat", "S1"))


@pytest.fixture
def rescans(tmp_path: Path) -> Rescans:
    return Rescans(tmp_path)


def test_an_optional_file_that_was_seen_and_went_is_deleted_and_a_fresh_home_does_not_expect_it(
    rescans: Rescans,
) -> None:
    assert rescans.scan() == ()
    rescans.run.write("flagstat")
    assert rescans.scan() == ()
    rescans.run.remove("flagstat")

    assert rescans.scan() == ()
    assert rescans.flagstat() == "deleted"
    assert rescans.tamper("DELETE FROM expected_file WHERE file_type = 'flagstat'") == (
        f"so, and not said: {rescans.place('flagstat')} | deleted",
    )


def test_an_optional_file_that_went_is_not_asked_for_while_its_sample_is_not_in_the_sheet(
    rescans: Rescans,
) -> None:
    rescans.run.write("flagstat", "S2")
    assert rescans.scan() == ()
    rescans.run.remove("flagstat", "S2")
    rescans.run.write_sheet(samples("S1"))
    assert rescans.scan() == ()
    rescans.run.write_sheet(samples("S1", "S2"))

    assert rescans.scan() == ()
    assert rescans.lab.files(_RUN)["flagstat", "S2"] == "deleted"


def test_a_file_that_was_never_seen_must_not_be_called_deleted(rescans: Rescans) -> None:
    rescans.run.remove("bam")
    assert rescans.scan() == ()

    said = rescans.tamper(
        "UPDATE expected_file SET data_state = 'deleted' WHERE path LIKE '%S1%bam'"
    )

    place = rescans.place("bam")
    assert said == (
        f"said, and not so: {place} | deleted",
        f"so, and not said: {place} | non_existent",
        f"so, and not said: message | {_RUN} | FILES_DELETED:bam:",
    )


def test_a_file_that_was_seen_and_went_must_not_be_called_missing(rescans: Rescans) -> None:
    rescans.scan()
    rescans.run.remove("bam")
    assert rescans.scan() == ()

    said = rescans.tamper(
        "UPDATE expected_file SET data_state = 'non_existent' WHERE data_state = 'deleted'"
    )

    assert f"said, and not so: {rescans.place('bam')} | non_existent" in said
    assert f"so, and not said: {rescans.place('bam')} | deleted" in said


def test_messages_on_sheets_are_those_of_the_changes_that_were_not_undone(
    rescans: Rescans,
) -> None:
    for names in (("S1", "S2"), ("S1",), ("S1", "S2", "S3"), ("S1",), ("S1", "S2", "S3")):
        rescans.run.write_sheet(samples(*names))
        assert rescans.scan() == ()

    assert rescans.lab.messages(_RUN).count("SHEET_CHANGED") == 2
    (said, *more) = rescans.tamper("UPDATE message SET closed_at = NULL WHERE code LIKE 'SHEET_%'")
    assert said.startswith(f"said, and not so: message | {_RUN} | SHEET_CHANGED:")
    assert not more


def test_messages_on_lost_files_are_those_of_the_files_that_are_gone(rescans: Rescans) -> None:
    rescans.scan()
    for sample in ("S1", "S2"):
        rescans.run.remove("bam", sample)
        assert rescans.scan() == ()
    assert rescans.lab.messages(_RUN).count("FILES_DELETED") == 2
    rescans.run.write_all("bam")

    assert rescans.scan() == ()
    assert "FILES_DELETED" not in rescans.lab.messages(_RUN)
    said = rescans.tamper("UPDATE message SET closed_at = NULL WHERE code = 'FILES_DELETED'")
    assert [line.partition(":bam")[0] for line in said] == [
        f"said, and not so: message | {_RUN} | FILES_DELETED"
    ] * 2
