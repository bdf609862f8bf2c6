"""What is known of roots that another machine lists: how old their lists are, and what is wrong."""

import datetime as dt
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from seqauto_pipeline.disk.lists.fetching import kept_list, lists_folder
from seqauto_pipeline.list_files.listing import write_list
from seqauto_pipeline.list_files.request import Request
from seqauto_pipeline.monitoring.configured import root_questions
from seqauto_pipeline.monitoring.disks import probe_roots
from seqauto_pipeline.monitoring.facts import RootFacts, ServerFacts, SettingsFacts
from seqauto_pipeline.monitoring.readings import Reading
from seqauto_pipeline.monitoring.server_readings import server_readings
from seqauto_pipeline.settings import load_settings


def looked_at(tmp_path: Path, table: str) -> RootFacts:
    """Look at one root of a settings file."""
    (tmp_path / "seqauto.toml").write_text(f'[[scan_roots]]\npath = "{tmp_path}/disk"\n{table}\n')
    settings = load_settings({"DAGSTER_HOME": str(tmp_path)})
    [facts] = probe_roots(root_questions(settings, tmp_path, {}, None, deep=True), 20)
    return facts


def told(facts: RootFacts) -> Reading:
    server = ServerFacts("/home", "seqauto", SettingsFacts(roots=1), roots=(facts,))
    found = server_readings(server, dt.datetime.now(dt.UTC))
    return next(each for each in found if each.area == "root")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (tmp_path / "disk/kit/run").mkdir(parents=True)
    path = tmp_path / "list.gz"
    with path.open("wb") as stream:
        write_list(f"{tmp_path}/disk", Request(), stream)
    return path


def test_the_age_of_a_list_is_told_and_who_made_it(tmp_path: Path, made: Path):
    facts = looked_at(tmp_path, f'list_file = "{made}"')

    assert (facts.trouble, facts.listed_by) == ("", socket.gethostname())
    told_well = told(replace(facts, list_age=7200.0))
    assert told_well.check == ""
    assert told_well.text == (
        f"{tmp_path}/disk: listed by {socket.gethostname()}, its list is 2 h 0 min old"
    )


def test_a_list_that_is_too_old_missing_or_no_list_is_a_finding(tmp_path: Path, made: Path):
    old = looked_at(tmp_path, f'list_file = "{made}"\nlist_max_age_hours = 0.000001')
    made.write_bytes(made.read_bytes()[:-9])
    damaged = looked_at(tmp_path, f'list_file = "{made}"')
    made.unlink()
    missing = looked_at(tmp_path, f'list_file = "{made}"')

    assert old.reason == f"its list {made} is older than 1e-06 hours"
    assert damaged.reason == (
        f"its list {made} cannot be used: it has no end: it was cut off, or is still being written"
    )
    assert missing.reason == f"there is no list at {made}"
    assert {told(each).check for each in (old, damaged, missing)} == {"list_unusable"}
    assert told(missing).fix == (
        f"Look on the machine that lists {tmp_path}/disk why no list came (docs/list_files.md)."
    )


def test_of_a_command_the_last_list_is_told(tmp_path: Path, made: Path):
    before = looked_at(tmp_path, 'list_command = ["list"]')
    kept = kept_list(lists_folder(tmp_path), f"{tmp_path}/disk")
    kept.parent.mkdir()
    made.rename(kept)
    after = looked_at(tmp_path, 'list_command = ["list"]')

    assert "listed by its list_command, its list is not asked for yet" in told(before).text
    assert (before.trouble, after.trouble, after.listed_by) == ("", "", socket.gethostname())
