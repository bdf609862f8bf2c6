import threading
import time
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.definitions import defs
from seqauto_pipeline.disk.freshness import RootWatch, run_folder_times
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.sensors import answer, look, new_run_folders
from seqauto_pipeline.orchestration.site import Site as Installation
from seqauto_pipeline.settings import load_settings
from seqauto_pipeline_tests.orchestration.conftest import RUN, Lab, Scan, write_run_folder

NEW = "idt_haem/210102_M00123_0008_000000000-FGHIJ"


def _tick(instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    context = dg.build_sensor_context(instance, cursor, definitions=defs())
    answered = new_run_folders(context)
    if isinstance(answered, dg.SkipReason):
        return dg.SensorResult(skip_reason=answered)
    assert isinstance(answered, dg.SensorResult)
    return answered


def _options(result: dg.SensorResult) -> dict[str, list[str]]:
    (request,) = result.run_requests or ()
    options: dict[str, list[str]] = request.run_config["resources"]["options"]["config"]
    return options


def _words(result: dg.SensorResult) -> str | None:
    return result.skip_reason.skip_message if result.skip_reason else None


def test_the_sensor_is_off_until_it_is_wanted(lab: Lab, instance: dg.DagsterInstance) -> None:
    assert _words(_tick(instance)) == "No look: new_run_sensor is false."


def test_a_switch_that_is_off_and_a_scan_going_on_keep_it_from_looking(
    lab: Lab, instance: dg.DagsterInstance
) -> None:
    lab.configure("new_run_sensor = true\nscan_disks = false")
    going_on = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.STARTED)

    assert _words(_tick(instance)) == (
        f"No look: scan_disks is false; scan {going_on.run_id[:8]} is still running."
    )


def test_new_and_changed_run_folders_are_scanned_and_no_others(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    lab.configure("new_run_sensor = true")
    still = "idt_haem/210103_M00123_0009_000000000-KLMNO"
    write_run_folder(lab.root / still)
    first = _tick(instance)
    quiet = _tick(instance, first.cursor)

    write_run_folder(lab.root / NEW)
    (lab.root / RUN / "1_BAM" / "S2.hg38.bam").write_text("BAM")
    noticed = _tick(instance, quiet.cursor)

    assert _words(first) == _words(quiet) == "No scan: no run folder changed."
    assert _options(noticed) == {"roots": [str(lab.root)], "runs": [RUN, NEW]}
    assert _words(_tick(instance, noticed.cursor)) == "No scan: no run folder changed."
    story = scan(**_options(noticed))
    assert story.number("run_folders") == 2


def test_a_marker_that_arrives_below_the_top_is_noticed(
    lab: Lab, instance: dg.DagsterInstance
) -> None:
    lab.configure("new_run_sensor = true")
    folder = lab.root / RUN / "4_QC/sequencing_stats"
    (folder / "RTAComplete.txt").unlink()
    cursor = _tick(instance).cursor

    (folder / "RTAComplete.txt").write_text("")

    assert _options(_tick(instance, cursor))["runs"] == [RUN]


def test_more_runs_than_can_be_named_make_a_scan_of_their_root() -> None:
    times = {"/data": {f"kit/{number}": 2 for number in range(201)}, "/other": {"kit/1": 1}}

    result = answer(times, {"/data": 1, "/other": 1})

    assert _options(result) == {"roots": ["/data"], "runs": []}


def test_a_name_that_is_not_text_makes_a_scan_of_its_root() -> None:
    result = answer({"/data": {"kit/\udcff": 2}}, {"/data": 1})

    assert _options(result) == {"roots": ["/data"], "runs": []}


def test_a_root_that_does_not_answer_keeps_its_mark() -> None:
    result = answer({}, {"/data": 5})

    assert _words(result) == "No scan: no root answered."
    assert result.cursor == '{"/data": 5}'


def test_a_root_that_is_listed_elsewhere_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "seqauto.toml").write_text(
        f'[[scan_roots]]\npath = "{tmp_path}/here"\n'
        f'[[scan_roots]]\npath = "{tmp_path}/there"\nlist_file = "/lists/there.gz"\n'
    )
    for root in ("here", "there"):
        (tmp_path / root / RUN).mkdir(parents=True)

    found = look(Installation(load_settings({"DAGSTER_HOME": str(tmp_path)}), tmp_path))

    assert {root: list(runs) for root, runs in found.items()} == {f"{tmp_path}/here": [RUN]}


def test_a_root_that_hangs_gets_one_thread_and_no_more() -> None:
    hanging, release = threading.Event(), threading.Event()

    def find():
        hanging.set()
        release.wait(30)
        yield "kit/run", 1

    watch = RootWatch()
    before = threading.active_count()

    assert watch.look("/data", find, 0.05) is None
    assert hanging.is_set()
    assert watch.look("/data", find, 0.05) is None
    assert threading.active_count() == before + 1
    release.set()


@pytest.mark.parametrize("marker_in", ["", "idt_haem"])
def test_directories_with_a_skip_marker_and_ignored_ones_are_not_looked_into(
    tmp_path: Path, marker_in: str
) -> None:
    for run in (RUN, "idt_exome/run_1", ".snapshot/run_2"):
        (tmp_path / run).mkdir(parents=True)
    (tmp_path / marker_in / ".skip").write_text("")

    found = dict(run_folder_times(str(tmp_path), load_layout("tau"), ".skip"))

    assert sorted(found) == (["idt_exome/run_1"] if marker_in else [])


def test_an_output_beside_its_run_folder_is_a_change_of_that_run(tmp_path: Path) -> None:
    layout = parse_layout(
        'name = "lab"\n[run]\nmarkers = ["done"]\nsample_sheet = ["sheet.csv"]\n'
        '[file_types.fastq]\nper = "read"\n[[file_types.fastq.conversions]]\n'
        'converters = ["ours"]\ndirectories = ["../{sequencing_run}_fastq"]\n'
        '[[file_types.fastq.namings]]\nconverter = "ours"\npattern = "{sample_id}_{read}.fq"\n',
        "lab.toml",
    )
    for run in ("kit/run_1", "kit/run_2"):
        (tmp_path / run).mkdir(parents=True)
    before = dict(run_folder_times(str(tmp_path), layout))

    time.sleep(0.03)  # longer than the clocks of file systems stand still
    (tmp_path / "kit" / "run_1_fastq").mkdir()

    after = dict(run_folder_times(str(tmp_path), layout))
    assert sorted(after) == ["kit/run_1", "kit/run_2"]
    assert after["kit/run_1"] > before["kit/run_1"]
    assert after["kit/run_2"] == before["kit/run_2"]


def test_a_root_that_is_not_there_has_no_run_folders(tmp_path: Path) -> None:
    assert dict(run_folder_times(str(tmp_path / "gone"), load_layout("tau"))) == {}
