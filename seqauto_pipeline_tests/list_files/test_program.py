"""The program that lists a root where its disk is: what it needs, and what it refuses."""

import ast
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from seqauto_pipeline import list_files
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.lists.list_file import open_list
from seqauto_pipeline.disk.lists.listed_disk import ListedDisk
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.list_files.carrying import write_program
from seqauto_pipeline.list_files.main import main
from seqauto_pipeline.list_files.request import (
    EVERYTHING,
    RequestError,
    parse_request,
    request_text,
)
from seqauto_pipeline.scan.list_requests import list_request
from seqauto_pipeline_tests.disk.conftest import MakeTree, disk, make_tree
from seqauto_pipeline_tests.disk.walk.walks import AT, MARKER, TAU, list_of, walked

__all__ = ["disk", "make_tree"]
SOURCES = sorted(Path(list_files.__file__).parent.glob("*.py"))
TREE = {
    f"{AT}/{MARKER}": "",
    f"{AT}/SampleSheet.csv": "[Data]\n",
    f"{AT}/4_QC/sequencing_stats/RunInfo.xml": "<RunInfo/>",
    f"{AT}/0_fastq/S1_R1.fastq.gz": "reads",
    f"{AT}/1_BAM/flagstats/S1.hg38.flagstat.txt": "statistics",
    "idt_exome/notes/readme.txt": "",
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_it_is_written_for_python_3_9_and_its_standard_library(source: Path):
    tree = ast.parse(source.read_text(), feature_version=(3, 9))

    imported = {
        name.split(".")[0] if "list_files" not in name else "ours"
        for node in ast.walk(tree)
        for name in _names_imported(node)
    }

    assert imported <= sys.stdlib_module_names | {"ours"}


def _names_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def test_carried_alone_it_lists_what_a_walk_from_here_finds(make_tree: MakeTree, tmp_path: Path):
    root = make_tree(TREE)
    program, request, output = tmp_path / "a.pyz", tmp_path / "request", tmp_path / "list.gz"
    write_program(program)
    asked = list_request(str(root), TAU, WalkOptions(), ContentOptions())
    request.write_text(request_text(asked))

    command = [sys.executable, "-I", "-S", program, root, "--output", output, "--request", request]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=60)

    assert done.stderr == f"list_files: {output} lists 2 run folders below {root}\n"
    disk = ListedDisk.of_root(str(root), open_list(output), follows_links_out=False)
    assert walked(root, disk=disk) == walked(root)


def test_without_a_request_everything_below_a_root_is_listed(make_tree: MakeTree):
    root = make_tree({**TREE, f"{AT}/7_other/deep/file": ""})
    (root / AT / "7_other/deep/up").symlink_to(root / AT / "7_other")

    with list_of(root, request=EVERYTHING) as disk:
        found = disk.file.run(AT).directories

        assert {"7_other/deep", "7_other/deep/up"} <= found.keys()
        assert len(found) < 40  # the link leads back, and is not followed for ever
        for layout in (TAU, load_layout("illumina")):
            assert walked(root, layout, disk) == walked(root, layout)


def test_a_root_whose_name_is_odd_is_listed_as_the_request_calls_it(tmp_path: Path):
    root, request, output = tmp_path / "back\\slash \udce9", tmp_path / "request", tmp_path / "list"
    (root / AT).mkdir(parents=True)
    asked = list_request(escape_name(str(root)), TAU, WalkOptions(), ContentOptions())
    request.write_text(request_text(asked))

    assert main(["--request", str(request), "--output", str(output)]) == 0

    disk = ListedDisk.of_root(str(root), open_list(output), follows_links_out=False)
    assert walked(root, disk=disk) == walked(root)


def test_each_line_of_a_list_is_json(make_tree: MakeTree, tmp_path: Path):
    output = tmp_path / "list.gz"

    assert main([str(make_tree(TREE)), "--output", str(output)]) == 0

    lines = gzip.decompress(output.read_bytes()).splitlines()
    assert [json.loads(line).keys() & {"root", "levels", "run", "index"} for line in lines] == [
        {"root"},
        {"levels"},
        {"run"},
        {"run"},
        {"index"},
        {"levels"},
    ]


def test_nothing_is_ever_written_below_the_root(make_tree: MakeTree, capsys):
    root = make_tree(TREE)
    before = sorted(root.rglob("*"))

    assert main([str(root), "--output", f"{root}/list.gz"]) == 1

    assert f"{root}/list.gz is below {root}: nothing is ever written" in capsys.readouterr().err
    assert sorted(root.rglob("*")) == before


def test_a_root_that_is_not_there_gives_a_list_that_says_so(tmp_path: Path, capsys):
    root, output = tmp_path / "gone", tmp_path / "list.gz"

    assert main([str(root), "--output", str(output)]) == 0

    assert f"{root} cannot be listed: No such file or directory" in capsys.readouterr().err
    disk = ListedDisk.of_root(str(root), open_list(output), follows_links_out=False)
    assert walked(root, disk=disk) == walked(root)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the request is not JSON: "),
        ("[]", "this is no request of format 1: write it, and this program, anew"),
        ('{"seqauto_list_request": 2}', "this is no request of format 1"),
        ('{"seqauto_list_request": 1, "dept": 2}', "asks for 'dept', which this program does not"),
        ('{"seqauto_list_request": 1, "depth": "2"}', "depth of the request: found '2', expected"),
        ('{"seqauto_list_request": 1, "depth": true}', "depth of the request: found True"),
        ('{"seqauto_list_request": 1, "depth": -1}', "depth of the request: found -1"),
        ('{"seqauto_list_request": 1, "inputs": "a"}', "inputs of the request: found 'a'"),
        ('{"seqauto_list_request": 1, "inputs": [1]}', "found [1], expected a list of texts"),
        ('{"seqauto_list_request": 1, "outputs": [{}]}', "outputs of the request: found {}"),
    ],
)
def test_a_request_that_cannot_be_used_is_refused_in_words(text: str, said: str):
    with pytest.raises(RequestError) as caught:
        parse_request(text)

    assert said in str(caught.value)


def test_a_request_says_the_same_after_it_was_sent():
    asked = list_request("/data", load_layout("illumina"), WalkOptions(), ContentOptions())

    assert asked.outputs
    assert parse_request(request_text(asked)) == asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data"], "found the root 'data', expected an absolute path"),
        ([], "found the root '', expected an absolute path"),
        (["/other", "--request", "REQUEST"], "the request is for /data, and this program lists"),
        (["/data", "--request", "/no/such"], "/no/such: No such file or directory"),
        (["/data", "--output", "/no/such/list"], "No such file or directory"),
    ],
)
def test_a_wrong_command_line_is_refused_in_words(
    tmp_path: Path, capsys, arguments: list[str], said: str
):
    request = tmp_path / "request"
    request.write_text(request_text(list_request("/data", TAU, WalkOptions(), ContentOptions())))
    given = [str(request) if each == "REQUEST" else each for each in arguments]

    assert main(given) == 1

    assert said in capsys.readouterr().err
