"""Layouts through the whole scan: the two that ship, and one that a lab invented."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import seqauto_pipeline
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts import load_layout, shipped_layouts
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, samples

INVENTED = """
# <root>/<site>/<kit>/<run folder>/: no folder of it is called as in any layout that we ship.
name = "invented"
run_depth = 3
enrichment_kit_level = 2
never_unexpected = ["*.log"]

[run]
markers = ["status/done"]
sample_sheet = ["in/sheet.csv"]
run_info = ["in/RunInfo.xml"]
run_parameters = ["in/RunParameters.xml"]

[file_types.fastq]
per = "read"
non_empty = true
patterns = ["reads/{sample_name}.{read}.fq.gz"]

[file_types.alignment]
non_empty = true
index_suffixes = [".crai"]
patterns = ["aligned/{sample_id}/{sample_name}.cram"]

[file_types.cnv]
description = "Copy number calls: a type that the program has never heard of."
made_from = "alignment"
patterns = ["calls/cnv/{sample_name}.cnv.tsv"]

[file_types.genes]
content = "gene_list"
patterns = ["in/genes/{sample_name}.txt"]

[file_types.cohort]
per = "run"
patterns = ["calls/{sequencing_run}.vcf.gz"]

[kits.haem.file_types.cnv]
expect = "if_present"
"""


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    path = tmp_path / "invented.toml"
    path.write_text(INVENTED)
    return path


@pytest.fixture
def two_roots(tmp_path: Path, on_each_database: str) -> Lab:
    return Lab(tmp_path / "lab", ("disk", "other"))


@pytest.fixture
def lab(tmp_path: Path, invented: Path, on_each_database: str) -> Lab:
    lab = Lab(tmp_path / "lab")
    lab.environ["SEQAUTO_LAYOUT"] = str(invented)
    return lab


def run_of(lab: Lab, layout: str, kit: str = "site/exome", rows: tuple[Sample, ...] = ()):
    run = lab.run(rows=rows or samples("S1", "S2"), kit=kit)
    return RunFolder(run.root, run.kit, run.name, run.samples, load_layout(layout))


def test_a_layout_that_a_lab_invents_works_through_the_whole_scan(lab: Lab, invented: Path):
    run = run_of(lab, str(invented)).complete()

    summary = lab.scan().summary

    assert summary.runs == {"complete": 1}
    assert lab.files(run.path) == {
        ("fastq", "S1/R1"): "complete",
        ("fastq", "S1/R2"): "complete",
        ("fastq", "S2/R1"): "complete",
        ("fastq", "S2/R2"): "complete",
        ("alignment", "S1"): "complete",
        ("alignment", "S2"): "complete",
        ("cnv", "S1"): "complete",
        ("cnv", "S2"): "complete",
        ("genes", "S1"): "complete",
        ("genes", "S2"): "complete",
        ("cohort", f"calls/{run.name}.vcf.gz"): "complete",
    }
    assert lab.sequencing_run(run.path).enrichment_kit == "exome"
    assert lab.messages(run.path) == ()
    assert not lab.plan().changes.runs


def test_an_invented_type_lives_as_any_other(lab: Lab, invented: Path):
    run = run_of(lab, str(invented)).complete()
    lab.scan()

    run.remove("cnv")
    run.put("calls/cnv/stray.tsv", b"x")
    run.put("calls/cnv/run.log", b"x")
    lab.scan()
    run.write("cnv")
    lab.scan()

    assert lab.ledger(run.path, "cnv", "S1") == ("complete", "deleted", "complete")
    assert lab.messages(run.path) == ("UNEXPECTED_FILES",)


def test_a_kit_may_make_an_invented_type_optional(lab: Lab, invented: Path):
    run = run_of(lab, str(invented), "site/Haem").complete()
    run.remove("cnv", "S1")

    lab.scan()

    files = lab.files(run.path)
    assert ("cnv", "S1") not in files
    assert files["cnv", "S2"] == "complete"


def test_a_new_file_type_needs_a_line_in_the_layout_and_no_more(lab: Lab, invented: Path):
    run = run_of(lab, str(invented)).complete()
    lab.scan()

    invented.write_text(f'{INVENTED}[file_types.sv]\npatterns = ["calls/{{sample_name}}.sv"]\n')
    plan = lab.plan()
    lab.scan()

    assert dict(plan.changes.file_moves) == {("sv", "", "non_existent"): 2}
    assert lab.files(run.path)["sv", "S1"] == "non_existent"


def test_roots_may_have_layouts_of_their_own(two_roots: Lab, invented: Path):
    settings = "\n".join(
        (
            "scan_roots = [",
            f'  "{two_roots.roots[0]}",',
            f'  {{ path = "{two_roots.roots[1]}", layout = "{invented}" }},',
            "]",
        )
    )
    (two_roots.home / "seqauto.toml").write_text(settings)
    two_roots.environ.clear()
    tau = two_roots.run(1).complete()
    described = two_roots.run(2, "site/exome", root=two_roots.roots[1])
    other = RunFolder(
        described.root, described.kit, described.name, layout=load_layout(str(invented))
    ).complete()

    assert two_roots.scan().summary.runs == {"complete": 2}
    assert ("bam", "S1") in two_roots.files(tau.path)
    assert ("alignment", "S1") in two_roots.files(other.path)


@pytest.mark.usefixtures("on_each_database")
def test_tau_is_the_layout_of_a_lab_that_says_nothing(tmp_path: Path):
    lab = Lab(tmp_path / "lab")
    lab.run().complete()

    lab.scan()

    assert lab.sequencing_runs()[0].layout == "tau"


ILLUMINA_NAMES = {
    "at the top": "Data/Intensities/BaseCalls/{name}_S{n}_R{read}_001.fastq.gz",
    "in a project": "Data/Intensities/BaseCalls/Proj/{name}_S{n}_R{read}_001.fastq.gz",
    "in a project, by id": "Data/Intensities/BaseCalls/Proj/{id}/{name}_S{n}_R{read}_001.fastq.gz",
    "by lane of RunInfo": "Data/Intensities/BaseCalls/{name}_S{n}_L001_R{read}_001.fastq.gz",
    "on board": "Analysis/2/Data/BCLConvert/fastq/{name}_S{n}_R{read}_001.fastq.gz",
}


def illumina_run(tmp_path: Path) -> tuple[Lab, RunFolder]:
    lab = Lab(tmp_path / "lab")
    lab.environ["SEQAUTO_LAYOUT"] = "illumina"
    rows = tuple(
        Sample(name, index, sample_id=f"id_{name}", more=(("Sample_Project", "Proj"),))
        for name, index in (("S1", "ACGTACGT"), ("S2", "TTGGCCAA"))
    )
    return lab, run_of(lab, "illumina", "kit", rows)


@pytest.mark.parametrize("place", ILLUMINA_NAMES)
def test_illumina_finds_fastqs_wherever_the_demultiplexer_put_them(tmp_path: Path, place: str):
    lab, run = illumina_run(tmp_path)
    run.begin().finish()
    for number, name in enumerate(("S1", "S2"), 1):
        for read in (1, 2):
            values = {"name": name, "id": f"id_{name}", "n": number, "read": read}
            run.put(ILLUMINA_NAMES[place].format(**values), b"reads")
    run.put("Data/Intensities/BaseCalls/Undetermined_S0_R1_001.fastq.gz", b"reads")

    lab.scan()

    states = lab.files(run.path)
    found = [slot for (_, slot), state in states.items() if state == "complete"]
    assert len(found) == 4
    assert "UNEXPECTED_FILES" not in lab.messages(run.path)


def test_illumina_moves_on_to_the_newest_analysis(tmp_path: Path):
    lab, run = illumina_run(tmp_path)
    run.begin().finish()
    name = "Analysis/{}/Data/BCLConvert/fastq/S1_S1_R1_001.fastq.gz"
    run.put(name.format(9), b"reads")
    lab.scan()

    run.put(name.format(10), b"reads again")
    lab.scan()

    assert lab.ledger(run.path, "fastq", "S1/R1") == ("complete", "complete")
    assert lab.files(run.path)["fastq", "S1/R1"] == "complete"


@pytest.mark.parametrize(
    ("instrument", "early", "last"),
    [
        ("NB501009", "SampleSheetUsed.csv", "RTAComplete.xml"),
        ("M00123", "CompletedJobInfo.xml", "RTAComplete.txt"),
        ("VH00123", "RTAComplete.txt", "CopyComplete.txt"),
        ("A00123", "SequenceComplete.txt", "CopyComplete.txt"),
        ("LH00123", "RTAComplete.txt", "CopyComplete.txt"),
        ("FS10000123", "RTAComplete.txt", "CopyComplete.txt"),
    ],
)
def test_illumina_waits_for_the_instruments_own_marker(
    tmp_path: Path, instrument: str, early: str, last: str
):
    lab, run = illumina_run(tmp_path)
    run.name = run.name.replace("NB501009", instrument)
    run.begin()
    run.put(early, b"")
    lab.scan()
    before = lab.run_states()

    run.put(last, b"")
    lab.scan()

    assert (before, lab.run_states()) == ({run.path: "incomplete"}, {run.path: "complete"})


@pytest.mark.usefixtures("on_each_database")
def test_several_joint_vcfs_are_recorded_when_they_are_there(tmp_path: Path):
    lab = Lab(tmp_path / "lab")
    run = lab.run().complete()
    joint = f"2_variants/{run.name}"
    run.put(f"{joint}.vardict.hg38.vcf.gz", b"vcf")

    lab.scan()

    slots = {slot: state for (kind, slot), state in lab.files(run.path).items() if "joint" in kind}
    assert slots == {
        f"{joint}.gatk.hg38.vcf.gz": "complete",
        f"{joint}.vardict.hg38.vcf.gz": "complete",
    }


KITS = """
[kits.haem.file_types.vcf]
patterns = ["2_variants/haem/{sample_name}.vcf.gz"]
[kits.haem.file_types.joint_vcf]
patterns = ["2_variants/{sequencing_run}.haem.vcf.gz"]
"""


@pytest.mark.usefixtures("on_each_database")
def test_each_kit_has_its_vcfs_and_each_path_is_expected_once(tmp_path: Path):
    lab = Lab(tmp_path / "lab")
    text = files("seqauto_pipeline.layouts").joinpath("tau.toml").read_text() + KITS
    (tmp_path / "tau_kits.toml").write_text(text)
    lab.environ["SEQAUTO_LAYOUT"] = str(tmp_path / "tau_kits.toml")
    rows = tuple(
        Sample(each.name, each.index, more=(("Panel", kit),))
        for each, kit in zip(
            samples("S1", "S2", "S3", "S4"), ("haem", "exome", "HAEM", "exome"), strict=True
        )
    )
    run = lab.run(rows=rows, kit="kit_a").complete()

    lab.scan()

    states = lab.files(run.path)
    assert {slot for kind, slot in states if kind == "joint_vcf"} == {
        f"2_variants/{run.name}.haem.vcf.gz",
        f"2_variants/{run.name}.gatk.hg38.vcf.gz",
    }
    assert lab.plan().changes.runs == 0


def test_both_shipped_layouts_hold_together_and_have_a_fastq():
    assert shipped_layouts() == ("illumina", "tau")
    for name in shipped_layouts():
        layout = load_layout(name)
        assert layout.name == name
        assert any(file_type.name == "fastq" for file_type in layout.file_types)


def test_a_layout_that_is_not_there_says_what_there_is():
    with pytest.raises(LayoutError, match="no such layout; shipped are illumina, tau"):
        load_layout("tao")


def test_a_layout_file_that_cannot_be_read_says_why(tmp_path: Path):
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")

    with pytest.raises(LayoutError, match=r"cannot be read: .*No such file"):
        load_layout(str(tmp_path / "gone.toml"))
    with pytest.raises(LayoutError, match="cannot be read: 'utf-8' codec"):
        load_layout(str(tmp_path / "latin.toml"))


def places_of(name: str) -> set[str]:
    """Give every literal piece of a path that tells one layout from others."""
    layout = load_layout(name)
    run = layout.run
    patterns = [*run.markers, *run.run_info, *run.interop, *run.basecalls]
    for each in layout.file_types:
        patterns += [*each.patterns, *each.patterns_if_present, each.values or ""]
    pieces = {piece for pattern in patterns for piece in re.split(r"\{\w+\}|\*", pattern)}
    folders = {part for piece in pieces for part in piece.split("/") if re.match(r"\d_", part)}
    names = {piece.rpartition("/")[2] for piece in pieces}
    paths = {piece.rpartition("/")[0] for piece in pieces}
    return (
        folders
        | {name for name in names if _TELLING.search(name)}
        | {path for path in paths if "/" in path}
    )


# A vendor's names and endings are no layout's: what is left has a word of its own in it.
_TELLING = re.compile(r"hg38|_stats|_summary|per_gene|report|_data")


def texts_of(path: Path) -> Iterator[str]:
    """Give the texts that a module works with: all but docstrings."""
    module = ast.parse(path.read_text())
    spoken = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in spoken:
            yield node.value


@pytest.mark.parametrize("name", shipped_layouts())
def test_the_paths_of_a_layout_stand_in_its_file_only(name: str):
    package = Path(seqauto_pipeline.__file__).parent
    layouts = package / "layouts"
    places = places_of(name)
    sources = [path for path in package.rglob("*.py") if layouts not in path.parents]

    found = {
        f"{path.relative_to(package)}: {place}"
        for path in sources
        for text in texts_of(path)
        for place in places
        if place in text
    }

    assert places
    assert found == set()


def test_the_pieces_of_tau_that_are_looked_for_are_its_folders():
    assert {"0_fastq", "0_goi", "1_BAM", "2_variants", "4_QC"} <= places_of("tau")
