"""`seqauto export --since`: what changed after a scan, for programs that follow along."""

import datetime as dt
import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.db.models import Annotation, Message, SequencingRun
from seqauto_pipeline.db.session import write_session
from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb, Run, scan_time
from seqauto_pipeline_tests.scan.lab import Lab

SCHEMA = files("seqauto_pipeline.cli").joinpath("export_schema.json")


class Follower:
    """A program that keeps a copy by the steps that the page gives."""

    def __init__(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in ({"DAGSTER_HOME": str(lab.home)} | lab.environ).items():
            monkeypatch.setenv(name, value)
        self.copy: dict[str, object] = {}
        self.last = self._take()

    def follow(self) -> set[str]:
        """Ask for what changed, and give the run folders that were told of."""
        before = self.last
        self.last = self._take("--since", str(self.last))
        assert self.last >= before
        return self.told

    def _take(self, *since: str) -> int:
        given = export(*since)
        for move in given["moved"]:
            self.copy[move["to"]] = self.copy.pop(move["from"], None)
        runs = {run["path"]: run for run in given["sequencing_runs"]}
        self.copy |= runs
        self.told = set(runs)
        return int(given["last_scan"]["id"])

    def is_up_to_date(self) -> bool:
        runs = {run["path"]: run for run in export()["sequencing_runs"]}
        return without_last_seen(self.copy) == without_last_seen(runs)


def without_last_seen(value: object) -> object:
    """Leave out what each scan moves of all that is still there."""
    if isinstance(value, list):
        return [without_last_seen(each) for each in value]
    if isinstance(value, dict):
        return {k: without_last_seen(each) for k, each in value.items() if k != "last_seen"}
    return value


def export(*arguments: str):
    done = CliRunner().invoke(main, ["export", "--format", "json", *arguments])
    assert done.exit_code == 0, done.output
    given = json.loads(done.stdout)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(given)
    return given


def test_a_follower_has_what_a_whole_export_has(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    first, second, third = (lab.run(number).complete() for number in (1, 2, 3))
    lab.scan()
    follower = Follower(lab, monkeypatch)
    assert len(follower.copy) == 3

    lab.scan(full=True)
    assert follower.follow() == set()

    first.remove("bam")
    second.move("kit_b")
    lab.scan()
    assert follower.follow() == {str(first.folder), str(second.folder)}
    assert follower.is_up_to_date()

    third.folder.rename(lab.root.parent / "gone")
    lab.scan()
    assert follower.follow() == {str(third.folder)}
    assert follower.is_up_to_date()
    assert follower.copy[str(third.folder)]["data_state"] == "deleted"


def test_a_figure_that_is_read_again_is_a_change(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    run = lab.run(1).complete()
    lab.run(2).complete()
    lab.scan()
    follower = Follower(lab, monkeypatch)
    values = next((run.folder / "4_QC" / "exec_stats").glob("*_stats.tsv"))

    values.write_text(f"{values.read_text()}Another\t7\n")
    lab.scan(full=True)

    assert follower.follow() == {str(run.folder)}
    assert follower.is_up_to_date()


def test_before_the_first_scan_there_is_nothing_to_ask_from(seqauto: Run, tmp_path: Path):
    seqauto("migrate")

    given = json.loads(seqauto("export", "--format", "json").stdout)

    assert given == {"last_scan": None, "since_scan": None, "moved": [], "sequencing_runs": []}


def test_a_scan_is_named_by_number_id_or_day(seqauto: Run, models_db: ModelsDb):
    by_number, by_id, by_day, all_of_it = (
        json.loads(seqauto("export", "--format", "json", "--since", text).stdout)
        for text in ("2", "2abc", "2026-01-03", "2020-01-01")
    )

    assert by_number == by_id == by_day
    assert (by_number["since_scan"], by_number["last_scan"]["id"]) == (2, 4)
    assert len(by_number["sequencing_runs"]) == 2
    assert (all_of_it["since_scan"], len(all_of_it["sequencing_runs"])) == (0, 4)


def test_an_unknown_scan_is_refused(seqauto: Run, models_db: ModelsDb):
    refused = seqauto("export", "--format", "json", "--since", "77")

    assert refused.exit_code == 2
    assert "scan '77'" in refused.stderr


def test_csv_says_what_to_ask_for_next(seqauto: Run, models_db: ModelsDb):
    given = seqauto("export", "--format", "csv", "--since", "2")

    assert EXOME in given.stdout
    assert given.stderr == "Ask for what comes next with: --since 4\n"


def test_what_people_say_of_a_run_is_a_change(seqauto: Run, models_db: ModelsDb):
    def told() -> list[str]:
        given = json.loads(seqauto("export", "--format", "json", "--since", "latest").stdout)
        return [run["path"] for run in given["sequencing_runs"]]

    with write_session(models_db.engine) as session:  # what the last scan is told of already
        session.get_one(Message, 3).acknowledged_at = scan_time(3)
    assert told() == []

    with write_session(models_db.engine) as session:
        word = Annotation(what="bad", is_on=True, who="Ann", at=scan_time(5))
        word.sequencing_run_id = 2
        session.add(word)
    assert told() == [models_db.folder("idt_haem", name_of(models_db, 2))]

    seqauto("messages", "ack", "6", "--by", "Ann", "--why", "known")
    assert set(told()) == {
        models_db.folder("idt_haem", name_of(models_db, 2)),
        models_db.folder("idt_exome", name_of(models_db, 3)),
    }


def test_an_acknowledgement_that_ends_is_a_change(seqauto: Run, models_db: ModelsDb):
    with write_session(models_db.engine) as session:
        message = session.get_one(Message, 3)
        message.acknowledged_at = scan_time(3)
        message.acknowledged_until = scan_time(4) + dt.timedelta(hours=1)

    given = json.loads(seqauto("export", "--format", "json", "--since", "latest").stdout)

    assert [run["path"] for run in given["sequencing_runs"]] == [models_db.exome]


def name_of(models_db: ModelsDb, number: int) -> str:
    with write_session(models_db.engine) as session:
        return session.get_one(SequencingRun, number).name


@pytest.fixture
def lab(tmp_path: Path, on_each_database: str) -> Lab:
    return Lab(tmp_path)


@pytest.mark.parametrize("command", ["flag", "skip"])
def test_a_flag_and_a_skip_are_changes(seqauto: Run, models_db: ModelsDb, command: str):
    words = {"flag": ("bad", "--on"), "skip": ()}[command]

    done = seqauto(command, models_db.exome, *words, "--by", "Ann", "--why", "wrong chemistry")

    given = json.loads(seqauto("export", "--format", "json", "--since", "latest").stdout)
    assert done.exit_code == 0, done.output
    assert [run["path"] for run in given["sequencing_runs"]] == [models_db.exome]
