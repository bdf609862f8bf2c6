"""Names and kinds of files that nobody means well with: judged, harmless, and never followed."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.scan import one_scan
from seqauto_pipeline_tests.scan.lab import Lab, tree
from seqauto_pipeline_tests.scan.programs import require
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, run_name, samples, sheet_text

HOSTILE = {
    "a way out": "../../etc/passwd",
    "an absolute path": "/etc/passwd",
    "two dots": "..",
    "a shell command": "a;rm -rf x",
    "SQL": "'); DROP TABLE sequencing_run; --",
    "HTML": "<script>alert(1)</script>",
    "rich markup": "[bold red]x[/]",
    "a spreadsheet formula": "=1+cmd|' /C calc'!A0",
    "a terminal escape": "\x1b]0;owned\x07",
    "5,000 characters": "A" * 5000,
    "a pattern field": "{sample_id}{newest}",
    "a format": "%s%n{0.__class__}",
    "a glob": "*",
    "an escape of ours": "\\x41\\\\",
    "bidirectional text": "abc\u202egpj.exe",
    "a NUL": "a\x00b",
}


@pytest.fixture
def guarded(lab: Lab) -> Lab:
    """A lab with a healthy run, and a secret beside its root that nothing may read."""
    lab.run(100).complete()
    (lab.root.parent / "secret.csv").write_text(sheet_text(samples("SECRET")))
    return lab


def outputs(lab: Lab, monkeypatch: pytest.MonkeyPatch, run: RunFolder) -> list[str]:
    """What the commands print of a run."""
    for name, value in {"DAGSTER_HOME": str(lab.home), **lab.environ}.items():
        monkeypatch.setenv(name, value)
    commands = (
        ("run", str(run.folder)),
        ("files", "--run", str(run.folder)),
        ("messages", "--run", str(run.folder)),
        ("export", "--format", "csv"),
    )
    results = [CliRunner().invoke(main, command) for command in commands]
    assert [result.exit_code for result in results] == [0] * len(commands), results
    return [result.output for result in results]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_sample_name_is_judged_and_harmless(
    kind: str, guarded: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = HOSTILE[kind]
    run = guarded.run(1, rows=samples("S1")).complete()
    rows = (*samples("S1"), Sample(name, "GGAATTCC"))
    quoted = sheet_text(rows).replace(f"{name},{name}", f'"{name}","{name}"')
    run.write_sheet(quoted.encode())
    before = tree(guarded.root)

    outcome = guarded.scan()

    assert outcome.summary.changes.failed_runs == []
    assert guarded.run_states()[run.path] == "complete"
    assert guarded.files(run.path)["bam", "S1"] == "complete"
    assert guarded.messages(run.path) != ()
    assert all("/.." not in f"/{path}" for path in guarded.expected_paths())
    assert tree(guarded.root) == before
    for output in outputs(guarded, monkeypatch, run):
        assert "\x1b]" not in output
        assert "\x00" not in output
    assert len(guarded.facts()["sequencing_run"]) == 2


FOLDERS = {
    "a newline": "200920_NB501009_0410_AHNLYFBGXG\nx",
    "no UTF-8": os.fsdecode(b"200920_NB501009_0410_AHNLYFBGXG_\xff\xfe"),
    "250 bytes of UTF-8": "200920_NB501009_0410_AHNLYFBGXG_" + "ä" * 109,
    "markup": "[red]200920_NB501009_0410_AHNLYFBGXG",
    "quotes": "200920_NB501009_0410_AHNLYFBGXG'\"; --",
    "a backslash": "200920_NB501009_0410_AHNLYFBGXG\\x41",
    "pattern fields": "{sample_name}_{read}",
    "a dash first": "-rf",
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_run_folder_with_a_hostile_name_is_one_run(
    kind: str, guarded: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = guarded.run(name=FOLDERS[kind])
    run.write_sheet(run.samples)
    run.finish()
    run.write_all("bam")
    before = tree(guarded.root)

    outcome = guarded.scan()
    dump = guarded.dump()
    again = guarded.scan()

    assert outcome.summary.changes.failed_runs == []
    assert again.summary.in_words() == "nothing"
    assert guarded.dump() == dump
    assert list(guarded.run_states().values()) == ["complete", "complete"]
    (stored,) = (path for path in guarded.run_states() if run_name(100) not in path)
    assert guarded.counts(stored)["complete"] == 2
    assert tree(guarded.root) == before
    for output in outputs(guarded, monkeypatch, run):
        assert "\udcff" not in output


def test_a_run_folder_of_250_characters_is_one_run(guarded: Lab) -> None:
    run = guarded.run(name="200920_NB501009_0410_AHNLYFBGXG_" + "x" * 218)
    run.write_sheet(run.samples)
    run.finish()

    guarded.scan()

    assert guarded.run_states()[run.path] == "complete"


def test_a_kit_that_is_not_utf8_holds_runs_like_any_other(guarded: Lab) -> None:
    run = guarded.run(1, os.fsdecode(b"kit_\xe4")).begin()
    run.finish()

    guarded.scan()
    dump = guarded.dump()
    guarded.scan()

    assert guarded.dump() == dump
    assert guarded.run_states()[rf"kit_\xe4/{run.name}"] == "complete"


def test_file_names_with_newlines_and_bytes_that_are_not_utf8_are_listed_as_unexpected(
    guarded: Lab,
) -> None:
    run = guarded.run(1).complete()
    folder = run.place("fastq", read=1).parent
    for name in (b"a\nb.fastq.gz", b"\xff\xfe.fastq.gz", b"; rm -rf x", b"\\x41"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).touch()

    guarded.scan()
    dump = guarded.dump()
    guarded.scan()

    assert guarded.dump() == dump
    assert guarded.messages(run.path) == ("UNEXPECTED_FILES",)
    found = {str(row[2]).rpartition("/")[2] for row in guarded.facts()["unexpected_file"]}
    assert found == {"a\nb.fastq.gz", r"\xff\xfe.fastq.gz", "; rm -rf x", r"\\x41"}


def test_a_fifo_is_neither_opened_nor_waited_for(guarded: Lab) -> None:
    run = guarded.run(1).complete()
    for place in (run.sheet, run.place("bam"), run.place("gene_list"), run.run_info):
        place.unlink()
        os.mkfifo(place)

    guarded.scan()

    assert guarded.run_states()[run.path] == "error"
    assert any("it is not a regular file" in text for text in guarded.texts("UNREADABLE"))

    run.sheet.unlink()
    run.write_sheet(run.samples)
    guarded.scan()

    files = guarded.files(run.path)
    assert (files["bam", "S1"], files["gene_list", "S1"]) == ("error", "error")


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_a_device_or_socket_is_refused_and_never_read(kind: int, guarded: Lab) -> None:
    run = guarded.run(1).complete()
    try:
        for place in (run.sheet, run.place("bam"), run.run_info):
            place.unlink()
            os.mknod(place, kind | 0o644, os.makedev(1, 5))  # /dev/zero, which has no end
    except PermissionError:
        pytest.skip("only root makes devices")

    guarded.scan()

    assert guarded.run_states()[run.path] == "error"
    assert any("SampleSheet.csv cannot be read" in text for text in guarded.texts("UNREADABLE"))


WRITING = (
    "open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,chmod,fchmodat,chown,fchownat,utimensat,truncate"
)
LINKED = ("the sheet", "a FASTQ", "an exec summary", "the directory of BAMs", "the run", "the kit")


def linked_place(run: RunFolder, what: str) -> Path:
    return {
        "the sheet": run.sheet,
        "a FASTQ": run.place("fastq", "S1", 1),
        "an exec summary": run.place("exec_summary"),
        "the directory of BAMs": run.place("bam").parent,
        "the run": run.folder,
        "the kit": run.folder.parent,
    }[what]


def lead_out(run: RunFolder, what: str) -> None:
    """Move a part of a run out of the root, and leave a link to it."""
    place = linked_place(run, what)
    outside = run.root.parent / "outside"
    outside.mkdir()
    place.rename(outside / place.name)
    place.symlink_to(outside / place.name)


@pytest.mark.parametrize("what", LINKED)
def test_a_link_out_of_the_root_is_not_followed_and_is_named(what: str, guarded: Lab) -> None:
    run = guarded.run(1, "kit_linked").complete()
    lead_out(run, what)

    guarded.scan()

    said = (*guarded.texts("UNREADABLE"), *guarded.texts("LINK_OUT_OF_ROOT"))
    assert len(said) == 1
    assert "symbolic link" in said[0] or "link that leads out" in said[0]
    assert all("complete" not in state for state in _states_behind(guarded, run, what))


def _states_behind(lab: Lab, run: RunFolder, what: str) -> list[str]:
    files = lab.files(run.path)
    behind = {
        "the sheet": list(files.values()),
        "a FASTQ": [files.get(("fastq", "S1/R1"), "")],
        "an exec summary": [files.get(("exec_summary", "S1"), "")],
        "the directory of BAMs": [files.get(("bam", "S1"), "")],
    }
    return behind.get(what, list(files.values()))


@pytest.mark.parametrize("what", LINKED)
def test_a_part_that_is_replaced_by_a_link_out_of_the_root_is_not_deleted(
    what: str, guarded: Lab
) -> None:
    run = guarded.run(1, "kit_linked").complete()
    guarded.scan()
    lead_out(run, what)

    outcome = guarded.scan()

    assert outcome.error is None
    assert guarded.run_states()[run.path] == "complete"
    assert "deleted" not in guarded.counts(run.path)


@pytest.mark.parametrize("what", LINKED)
def test_a_link_out_of_the_root_is_followed_where_a_setting_allows(what: str, guarded: Lab) -> None:
    run = guarded.run(1, "kit_linked").complete()
    lead_out(run, what)
    guarded.environ["SEQAUTO_FOLLOW_LINKS_OUT_OF_ROOT"] = "true"

    guarded.scan()

    assert guarded.counts(run.path) == {"complete": 15}
    assert guarded.messages(run.path) == ()


def test_links_within_the_root_are_followed(guarded: Lab) -> None:
    run = guarded.run(1).complete()
    store = guarded.root / ".store"
    store.mkdir()
    for kind in ("bam", "gene_list", "exec_summary", "gene_coverage"):
        place = run.place(kind)
        place.rename(store / place.name)
        place.symlink_to(store / place.name)
    values = run.values_of("exec_summary")
    values.rename(store / values.name)
    values.symlink_to(store / values.name)

    guarded.scan()

    assert guarded.counts(run.path) == {"complete": 15}
    assert guarded.messages(run.path) == ()


def test_loops_of_links_end(guarded: Lab) -> None:
    run = guarded.run(1).complete()
    (run.folder / "loop").symlink_to(run.folder)
    bams = run.place("bam").parent
    (bams / "self.bam").symlink_to(bams / "self.bam")
    (guarded.root / "kit_a" / "up").symlink_to(guarded.root)
    run.sheet.unlink()
    run.sheet.symlink_to(run.sheet)

    guarded.scan()

    assert guarded.run_states()[run.path] == "error"
    assert len(guarded.run_states()) == 2


def test_a_sheet_that_turns_into_a_link_to_a_secret_is_not_read(guarded: Lab) -> None:
    run = guarded.run(1).complete()
    guarded.scan()
    run.sheet.unlink()
    run.sheet.symlink_to(guarded.root.parent / "secret.csv")

    guarded.scan()

    assert "SECRET" not in repr(guarded.dump())
    assert guarded.counts(run.path) == {"complete": 15}


def test_a_scan_opens_nothing_below_its_roots_to_write(guarded: Lab, tmp_path: Path) -> None:
    require("strace")
    trace = tmp_path / "trace"
    scan = [sys.executable, "-m", one_scan.__name__, str(guarded.home)]
    command = ["strace", "-f", "-s", "4096", "-o", str(trace), "-e", f"trace={WRITING}", *scan]
    environ = {**os.environ, **guarded.environ, "DAGSTER_HOME": str(guarded.home)}

    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=False, timeout=300
    )

    assert done.returncode == 0, done.stderr
    calls = [line for line in trace.read_text().splitlines() if f'"{guarded.root}/' in line]
    assert len(calls) > 5
    assert [call for call in calls if "O_RDONLY" not in call or "O_CREAT" in call] == []


def test_a_scan_writes_nothing_below_its_roots(guarded: Lab) -> None:
    run = guarded.run(1).complete()
    (run.place("fastq", read=1).parent / "stray.txt").touch()
    before = tree(guarded.root)

    guarded.scan()
    guarded.plan()

    assert tree(guarded.root) == before
