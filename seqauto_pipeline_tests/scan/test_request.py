"""What a person may ask of a scan is declared once, and the same wherever it is asked."""

from pathlib import Path

import click
import pytest

from seqauto_pipeline.cli.scans.plan import plan
from seqauto_pipeline.cli.scans.scan import scan
from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.errors import UnknownRootError
from seqauto_pipeline.orchestration.resources import LAUNCH_FIELDS
from seqauto_pipeline.scan.request import LAUNCH_OPTIONS, ScanRequest, request_of

FLAGS = {option.name: option.texts.flag for option in LAUNCH_OPTIONS}
MANUAL = Path(__file__).parents[2] / "docs" / "scans.md"


def _flags(command: click.Command) -> dict[str | None, str]:
    return {each.name: each.opts[0] for each in command.params}


def test_every_option_can_be_chosen_in_the_launchpad_and_on_the_command_line():
    assert LAUNCH_FIELDS.keys() == FLAGS.keys()
    assert _flags(scan) == {**FLAGS, "dry_run": "--dry-run", "no_wait": "--no-wait"}


def test_a_plan_takes_the_options_that_narrow_it():
    narrowing = {each.name: each.texts.flag for each in LAUNCH_OPTIONS if each.texts.narrows}

    assert narrowing.items() <= _flags(plan).items()
    assert not (FLAGS.keys() - narrowing.keys()) & _flags(plan).keys()


def test_the_manual_names_every_option_with_its_flag():
    rows = [line.split("|") for line in MANUAL.read_text().splitlines() if line.startswith("| `")]
    documented = {row[1].strip(" `"): row[2].strip(" `").partition(" ")[0] for row in rows}

    assert FLAGS.items() <= documented.items()


def test_a_request_comes_back_from_its_launch_config():
    request = ScanRequest(roots=("/disk",), runs=("run",), reuse_prev_scan_id="latest", full=True)

    assert request_of(request.launch_config()) == request
    assert request.launch_config()["roots"] == ["/disk"]


def test_a_request_has_its_names_as_file_lists_have_them():
    request = ScanRequest(roots=("/disk/new\\old/",), runs=("kit/run\udcff",), full=True)

    checked = request.for_roots(["/other", "/disk/new\\\\old"])

    assert checked.scope == Scope(("/disk/new\\\\old",), ("kit/run\\xff",))
    assert checked.full


def test_a_root_that_is_not_configured_is_refused():
    with pytest.raises(UnknownRootError, match="configured are: /disk"):
        ScanRequest(roots=("/disk/../etc",)).for_roots(["/disk"])


def test_a_part_of_a_name_stands_for_the_known_runs_that_have_it():
    known = ("idt_haem/Haem_26_001_A", "idt_haem/Haem_26_002_B", "roche/250101_C")

    one = ScanRequest(runs=("haem_26_001",)).with_whole_names(known)
    two = ScanRequest(runs=("Haem_26",)).with_whole_names(known)
    whole = ScanRequest(runs=("Haem_26_001_A", "roche/250101_C")).with_whole_names(known)
    new = ScanRequest(runs=("Haem_27_001_D",)).with_whole_names(known)

    assert one.runs == ("haem_26_001", "idt_haem/Haem_26_001_A")
    assert two.runs == ("Haem_26", "idt_haem/Haem_26_001_A", "idt_haem/Haem_26_002_B")
    assert whole.runs == ("Haem_26_001_A", "roche/250101_C")
    assert new.runs == ("Haem_27_001_D",)
