"""Figures that a scan computes from InterOp folders, where the settings ask for it."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from seqauto_pipeline.db.models import ExpectedFile, LoadedContent
from seqauto_pipeline.settings.groups.illumina_qc import FigureLimits
from seqauto_pipeline.views.findings import findings
from seqauto_pipeline.views.opening import opened
from seqauto_pipeline_tests.interop_mutations import INTEROP_RUNS
from seqauto_pipeline_tests.scan.lab import Lab

RUN = "140211_M00612_0147_000000000-A7M8N"
PATH = f"kit_a/{RUN}"


@pytest.fixture
def run(lab: Lab) -> Path:
    """A real run folder of a MiSeq in a lab that has figures computed."""
    lab.overrides = {"layout": "illumina", "illumina_qc_from_interop": True}
    folder = lab.root / PATH
    shutil.copytree(INTEROP_RUNS / "miseq_2014_single_read", folder)
    return folder


def stored(lab: Lab) -> dict[str, object] | None:
    query = select(LoadedContent.data).join(
        ExpectedFile, ExpectedFile.id == LoadedContent.expected_file_id
    )
    with lab.connected() as connection:
        found = connection.scalar(query.where(ExpectedFile.file_type == "illumina_qc"))
    return found if not isinstance(found, str) else json.loads(found)


def test_nothing_is_computed_unless_a_setting_asks_for_it(lab: Lab, run: Path):
    lab.overrides = {"layout": "illumina"}

    lab.scan()

    assert "illumina_qc" not in {kind for kind, _ in lab.files(PATH)}


def test_the_figures_are_the_content_of_the_run(lab: Lab, run: Path):
    outcome = lab.scan()

    content = stored(lab)
    assert outcome.summary.changes.contents == 1
    assert content is not None
    assert content["percent_q30"] == 96.0959
    assert content["mean_cluster_density"] == 1_251_405


def test_they_are_computed_once_and_again_when_any_metrics_file_changes(lab: Lab, run: Path):
    lab.scan()

    assert lab.scan(full=True).summary.changes.contents == 0

    os.utime(run / "InterOp" / "IndexMetricsOut.bin", (1, 1))

    assert lab.scan(full=True).summary.changes.contents == 1


def test_no_other_file_of_the_folder_is_unexpected(lab: Lab, run: Path):
    lab.scan()

    assert not [each for each in lab.messages(PATH) if "UNEXPECTED" in each]
    assert lab.sequencing_run(PATH).data_state == "complete"


def test_a_new_limit_opens_a_message_and_its_end_closes_it(lab: Lab, run: Path):
    lab.scan()
    assert "ILLUMINA_QC_OUT_OF_RANGE" not in lab.messages(PATH)

    strict = FigureLimits(instrument="MiSeq", percent_q30_min=97.0)
    lab.overrides["illumina_qc_limits"] = (strict,)
    lab.scan()
    (text,) = lab.texts("ILLUMINA_QC_OUT_OF_RANGE")
    assert "% >= Q30 is 96.1, at least 97 was expected" in text

    lab.overrides["illumina_qc_limits"] = (FigureLimits(kit="another", percent_q30_min=97.0),)
    lab.scan()
    assert "ILLUMINA_QC_OUT_OF_RANGE" not in lab.messages(PATH)


def test_a_damaged_folder_is_an_error_of_its_figures_alone(lab: Lab, run: Path):
    tiles = run / "InterOp" / "TileMetricsOut.bin"
    whole = tiles.read_bytes()
    tiles.write_bytes(b"\xff" * 40)

    lab.scan()

    (state,) = {state for (kind, _), state in lab.files(PATH).items() if kind == "illumina_qc"}
    assert state == "error"
    assert "INTEROP_UNREADABLE" in lab.messages(PATH)
    assert lab.sequencing_run(PATH).data_state == "complete"

    tiles.write_bytes(whole)
    lab.scan()

    assert stored(lab) is not None
    assert "INTEROP_UNREADABLE" not in lab.messages(PATH)


def test_a_figure_out_of_range_fails_the_question_of_qc_for_its_run(lab: Lab, run: Path):
    lab.overrides["illumina_qc_limits"] = (FigureLimits(percent_q30_min=97.0),)
    lab.scan()

    with opened(lab.home, lab.settings, dt.datetime.now(dt.UTC)) as models:
        found = {each.question.name: each for each in findings(models)}

    (failing,) = found["qc_is_within_its_range"].failing
    assert failing.where.startswith(RUN)
    assert "% >= Q30 is 96.1, at least 97 was expected" in failing.what
