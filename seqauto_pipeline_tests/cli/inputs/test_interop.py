import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from seqauto_pipeline.cli.inputs.interop import interop
from seqauto_pipeline_tests.interop_mutations import INTEROP_RUNS, REAL_RUNS

FIGURES = json.loads((INTEROP_RUNS / "figures.json").read_text())
MISEQ = INTEROP_RUNS / "miseq_2014_single_read"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(interop, [str(argument) for argument in arguments])


def test_json_has_one_object_per_directory_in_the_order_given(tmp_path: Path):
    result = run("--format", "json", *(INTEROP_RUNS / name for name in REAL_RUNS), tmp_path)

    first, second, third = json.loads(result.stdout)
    for described, name in ((first, REAL_RUNS[0]), (second, REAL_RUNS[1])):
        assert described["status"] == "ok"
        assert {key: described[key] for key in FIGURES[name]} == FIGURES[name]
    assert first["problems"] == []
    assert [each["code"] for each in second["problems"]] == ["INTEROP_CUT_OFF"]
    assert third["status"] == "error"
    assert third["total"] is None
    assert [each["code"] for each in third["problems"]] == ["INTEROP_MISSING"]
    assert result.exit_code == 1


def test_people_see_a_row_for_each_read_and_lane():
    result = run(MISEQ)

    assert result.exit_code == 0
    header, first, index = result.stdout.splitlines()[1:]
    assert header.split("  ")[0] == "read"
    assert first.split() == ["1", "1", "28", "1251.4", "86.72", "20.41", "1.0", "96.1", "0.0"]
    assert index.split()[:6] == ["2", "(index)", "1", "28", "1251.4", "86.72"]


def test_the_folder_is_found_where_the_reference_layout_has_it(tmp_path: Path):
    shutil.copytree(MISEQ, tmp_path / "4_QC" / "sequencing_stats")

    assert run(tmp_path).exit_code == 0


def test_the_interop_folder_itself_can_be_given():
    assert run(MISEQ / "InterOp").exit_code == 0


def test_without_run_info_the_reads_are_not_known(tmp_path: Path):
    shutil.copytree(MISEQ / "InterOp", tmp_path / "InterOp")

    result = run(tmp_path)

    assert "There is no RunInfo.xml beside the InterOp folder" in result.stdout
    assert result.exit_code == 1
