import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result

from seqauto_pipeline.cli.inputs.metadata import metadata
from seqauto_pipeline_tests.core.run_metadata_files import DATA

RUN_INFO = DATA / "07_illuminatus.RunInfo.xml"
RUN_PARAMETERS = DATA / "51_illuminatus.RunParameters.xml"
RUN = "180619_A00291_0044_BH5WJJDMXX"
KEYS = [
    *("file", "run_id", "run_number", "instrument", "model", "flowcell", "date", "reads", "lanes"),
    *("experiment", "application", "application_version", "rta_version", "chemistry"),
    *("outcome", "completion_status", "completion_error", "progress", "problems"),
]
NOBODY = 65534


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(metadata, [str(argument) for argument in arguments])


def described(*arguments: str | Path) -> list[dict[str, object]]:
    objects: list[dict[str, object]] = json.loads(run("--format", "json", *arguments).stdout)
    return objects


def problem_codes(described: dict[str, object]) -> list[str]:
    problems = described["problems"]
    assert isinstance(problems, list)
    return [problem["code"] for problem in problems]


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Make a run folder as the reference layout has it."""
    folder = tmp_path / RUN
    metadata_folder = folder / "4_QC" / "sequencing_stats"
    metadata_folder.mkdir(parents=True)
    shutil.copy(RUN_INFO, metadata_folder / "RunInfo.xml")
    shutil.copy(RUN_PARAMETERS, metadata_folder / "runParameters.xml")
    return folder


def test_a_run_info_gives_its_own_facts_and_null_for_the_rest():
    (info,) = described(RUN_INFO)

    assert list(info) == KEYS
    assert info == {
        "file": str(RUN_INFO),
        "run_id": RUN,
        "run_number": 44,
        "instrument": "A00291",
        "model": "NovaSeq 6000",
        "flowcell": "H5WJJDMXX",
        "date": "2018-06-19",
        "reads": [
            {"number": 1, "cycles": 51, "is_index": False},
            {"number": 2, "cycles": 8, "is_index": True},
            {"number": 3, "cycles": 8, "is_index": True},
            {"number": 4, "cycles": 51, "is_index": False},
        ],
        "lanes": 2,
        "experiment": None,
        "application": None,
        "application_version": None,
        "rta_version": None,
        "chemistry": None,
        "outcome": None,
        "completion_status": None,
        "completion_error": None,
        "progress": None,
        "problems": [],
    }


def test_a_run_parameters_gives_its_own_facts():
    (parameters,) = described(RUN_PARAMETERS)

    assert parameters["run_id"] == RUN
    assert parameters["date"] == "2018-06-19"
    assert parameters["experiment"] == "180619_A291_39_BH5WJJDMXX_K1520"
    assert parameters["application"] == "NovaSeq Control Software"
    assert (parameters["rta_version"], parameters["lanes"]) == ("v3.3.3", None)


def test_a_missing_date_is_null(tmp_path):
    info, parameters = tmp_path / "a.xml", tmp_path / "b.xml"
    info.write_text("<RunInfo><Run/></RunInfo>")
    parameters.write_text("<RunParameters/>")

    assert [each["date"] for each in described(info, parameters)] == [None, None]


def test_a_run_folder_gives_what_both_files_and_its_name_say(run_folder):
    (facts,) = described(run_folder)

    assert (facts["file"], facts["problems"]) == (str(run_folder), [])
    assert (facts["lanes"], facts["experiment"]) == (2, "180619_A291_39_BH5WJJDMXX_K1520")


END = """<RunCompletionStatus><CompletionStatus>UserEndedEarly</CompletionStatus>
<CycleCompleted>41</CycleCompleted><ErrorDescription>None</ErrorDescription></RunCompletionStatus>"""


def test_a_run_folder_tells_how_its_run_ended(run_folder):
    place = run_folder / "4_QC" / "sequencing_stats" / "RunCompletionStatus.xml"
    place.write_text(END)

    of_folder, of_file = described(run_folder, place)

    told = {"outcome": "stopped", "completion_status": "UserEndedEarly", "completion_error": None}
    told |= {"progress": "after cycle 41", "problems": []}
    assert {key: of_folder[key] for key in told} == {key: of_file[key] for key in told} == told
    assert (of_folder["run_id"], of_file["run_id"]) == (RUN, None)
    assert "progress            after cycle 41" in run(run_folder).stdout


def test_how_another_run_ended_is_not_told_of_this_one(run_folder):
    other = run_folder / "0_other"
    other.mkdir()
    (other / "RunCompletionStatus.xml").write_text(END)

    (facts,) = described(run_folder)

    assert (facts["run_id"], facts["outcome"]) == (RUN, None)


def test_a_bad_file_of_a_run_folder_is_named_and_the_other_still_tells(run_folder):
    (run_folder / "4_QC" / "sequencing_stats" / "runParameters.xml").write_text("garbage")

    result = run("--format", "json", run_folder)

    (facts,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (facts["run_number"], facts["experiment"]) == (44, None)
    assert problem_codes(facts) == ["RUN_PARAMETERS_NOT_XML"]
    assert facts["problems"][0]["path"] == "4_QC/sequencing_stats/runParameters.xml"


def test_a_folder_without_either_file_has_the_facts_of_its_name_and_an_error(tmp_path):
    folder = tmp_path / RUN
    folder.mkdir()

    result = run("--format", "json", folder)

    (facts,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (facts["run_number"], facts["date"]) == (44, "2018-06-19")
    assert problem_codes(facts) == ["METADATA_NOT_FOUND"]


def test_files_of_two_runs_below_one_folder_are_not_mixed(tmp_path):
    for name, file in (("one", RUN_INFO), ("two", RUN_PARAMETERS)):
        (tmp_path / name).mkdir()
        shutil.copy(file, tmp_path / name / f"{file.name.split('.')[1]}.xml")

    (facts,) = described(tmp_path)

    assert (facts["run_id"], facts["experiment"]) == (RUN, None)


def test_the_search_ends_three_directories_down(tmp_path):
    deep = tmp_path / "1" / "2" / "3" / "4"
    deep.mkdir(parents=True)
    shutil.copy(RUN_INFO, deep / "RunInfo.xml")

    assert "METADATA_NOT_FOUND" in problem_codes(described(tmp_path)[0])
    assert described(tmp_path / "1")[0]["run_id"] == RUN


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("RunInfo.xml", "garbage", "RUN_INFO_NOT_XML"),
        ("runParameters.xml", "garbage", "RUN_PARAMETERS_NOT_XML"),
        ("notes.txt", "garbage", "METADATA_NOT_XML"),
        ("page.xml", "<html/>", "METADATA_WRONG_ROOT"),
        ("page.xml", "<RunInfo/>", "RUN_INFO_WITHOUT_RUN"),
        ("RunInfo.xml", "<!DOCTYPE a><RunInfo/>", "RUN_INFO_UNSAFE"),
        ("RunCompletionStatus.xml", "garbage", "RUN_COMPLETION_NOT_XML"),
    ],
)
def test_what_is_no_metadata_says_so_and_fails(tmp_path, name, content, code):
    (tmp_path / name).write_text(content)

    result = run("--format", "json", tmp_path / name)

    (facts,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert list(facts) == KEYS
    assert problem_codes(facts) == [code]


def test_an_argument_that_is_not_there_does_not_hide_the_others(tmp_path):
    missing = tmp_path / "missing.xml"

    result = run("--format", "json", missing, RUN_INFO)

    first, second = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (first["file"], problem_codes(first)) == (str(missing), ["METADATA_NOT_FOUND"])
    assert second["run_id"] == RUN


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "RunInfo.xml")

    (facts,) = described(tmp_path / "RunInfo.xml")

    assert problem_codes(facts) == ["METADATA_UNREADABLE"]


@pytest.fixture
def closed() -> Iterator[Path]:
    """Make a directory that refuses, and give up root's rights, which would ignore its mode."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        closed = Path(name) / "closed"
        (closed / RUN).mkdir(parents=True)
        closed.chmod(0o000)
        user = os.geteuid()
        os.seteuid(NOBODY if user == 0 else user)
        try:
            yield closed
        finally:
            os.seteuid(user)
            closed.chmod(0o755)


def test_a_directory_that_may_not_be_listed_is_named(closed):
    with pytest.raises(PermissionError):
        next(closed.iterdir())

    (facts,) = described(closed)

    assert problem_codes(facts)[:2] == ["METADATA_NOT_FOUND", "METADATA_UNREADABLE"]
    assert f"{closed} cannot be read" in facts["problems"][1]["message"]


def test_what_lies_in_a_directory_that_may_not_be_entered_is_not_found(closed):
    with pytest.raises(PermissionError):
        (closed / RUN).stat()

    (facts,) = described(closed / RUN)

    assert problem_codes(facts) == ["METADATA_NOT_FOUND"]


def test_text_for_people_has_the_facts_and_what_to_do(run_folder):
    (run_folder / "4_QC" / "sequencing_stats" / "runParameters.xml").write_text("garbage")

    result = run(run_folder, RUN_INFO)

    assert "  model               NovaSeq 6000\n" in result.stdout
    assert "  reads               51 + 8 index + 8 index + 51\n" in result.stdout
    assert (
        "  error 4_QC/sequencing_stats/runParameters.xml: RunParameters.xml is not XML: syntax "
        "error in line 1, column 1. Copy RunParameters.xml from the instrument again: this copy is "
        "cut short or damaged. [RUN_PARAMETERS_NOT_XML, line 1]\n"
    ) in result.stdout


def test_nothing_in_a_name_or_a_file_acts_on_the_terminal(tmp_path):
    place = tmp_path / "\x1b[31mred.xml"
    place.write_text("<RunInfo><Run Id='\u202egnp\u009b'/></RunInfo>")

    result = run(place)

    assert "\\x1b[31mred.xml" in result.stdout
    assert "\\u202egnp\\x9b" in result.stdout
    assert not set("\x1b\u202e\u009b") & set(result.stdout)


def test_a_name_that_is_not_utf_8_is_given_back_as_json(tmp_path):
    place = os.fsencode(tmp_path) + b"/\xff.xml"
    shutil.copy(RUN_INFO, place)

    (facts,) = described(os.fsdecode(place))

    assert facts["file"] == os.fsdecode(place)
