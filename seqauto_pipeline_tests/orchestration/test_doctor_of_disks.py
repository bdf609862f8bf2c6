"""Disks and directories that are broken for real: `seqauto doctor` names each."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from seqauto_pipeline_tests.orchestration.conftest import RUN, SCAN, eventually
from seqauto_pipeline_tests.orchestration.examinations import contents, run_doctor, without_powers

HANG = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <unistd.h>
#include <dirent.h>
DIR *opendir(const char *path) {
  DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
  if (strstr(path, "/disk")) sleep(60);
  return real(path);
}
"""


def test_a_home_that_does_not_exist_is_noted_and_not_made(lab, examine):
    shutil.rmtree(lab.home)

    assert "home_missing" in examine()


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_home_and_a_database_of_another_user_are_named(lab, scan):
    scan()
    (lab.home / "seqauto.db").chmod(0o444)
    lab.home.chmod(0o555)
    before = contents(lab.home, lab.root)

    named = run_doctor(*without_powers(), cwd=lab.root)

    assert {"home_not_writable", "database_not_writable"} <= named.keys()
    assert contents(lab.home, lab.root) == before
    lab.home.chmod(0o755)


def test_a_disk_of_ours_that_is_too_full_is_named(lab, examine):
    lab.configure(f"min_free_mib = {10**9}")

    assert str(lab.home) in examine()["disk_full"]["fix"]


@pytest.mark.slow
def test_a_full_file_system_is_named_and_still_examined(lab):
    namespace = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "-r", "--mount")
    script = (
        'mount -t tmpfs -o size=1m tmpfs "$0" && cp "$1" "$0/seqauto.toml" &&'
        ' { head -c 2m /dev/zero > "$0/filler" 2>/dev/null; shift; exec "$@"; }'
    )
    settings = lab.home.parent / "settings.toml"
    shutil.move(lab.home / "seqauto.toml", settings)

    named = run_doctor(*namespace, "sh", "-c", script, str(lab.home), str(settings), cwd=lab.root)

    assert "0 B of 1.0 MiB free" in named["disk_full"]["text"]


@pytest.mark.slow
def test_a_root_that_was_unmounted_is_named(lab):
    namespace = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "-r", "--mount")
    script = (
        'mount -t tmpfs tmpfs "$0" && mkdir -p "$0/kit" && "$1" scan >/dev/null;'
        ' umount "$0"; shift; exec "$@"'
    )
    shutil.rmtree(lab.root)
    lab.root.mkdir()

    named = run_doctor(*namespace, "sh", "-c", script, str(lab.root), SCAN[0], cwd=lab.home)

    assert named["root_empty"]["fix"].startswith(f"Mount it: `mount {lab.root}`")


def test_temporary_homes_that_were_left_behind_are_noted(lab, examine, monkeypatch):
    left = lab.root.parent / ".tmp_dagster_home_abc"
    left.mkdir()
    monkeypatch.chdir(left.parent)

    assert examine()["temporary_home"]["fix"].endswith(f"rm -r {left}")


def test_a_temporary_home_in_use_is_no_finding(lab, examine, monkeypatch):
    used = lab.root.parent / ".tmp_dagster_home_abc"
    used.mkdir()
    monkeypatch.chdir(used.parent)
    monkeypatch.setenv("DAGSTER_HOME", str(used))
    user = lab.start("sleep", "60")
    monkeypatch.setenv("DAGSTER_HOME", str(lab.home))
    eventually(lambda: str(used).encode() in Path(f"/proc/{user.pid}/environ").read_bytes())

    assert "temporary_home" not in examine()


def test_a_root_that_does_not_exist_is_named(lab, examine):
    shutil.rmtree(lab.root)

    assert str(lab.root) in examine()["root_missing"]["text"]


def test_a_root_that_is_a_file_is_named(lab, examine):
    shutil.rmtree(lab.root)
    lab.root.write_text("")

    assert "root_not_a_directory" in examine()


def test_a_root_that_hangs_is_named_in_time(lab, tmp_path_factory, examine, monkeypatch):
    shim = tmp_path_factory.mktemp("shim")
    (shim / "hang.c").write_text(HANG)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", "hang.so", "hang.c", "-ldl"], cwd=shim, check=True
    )
    lab.configure("probe_timeout_seconds = 2")
    monkeypatch.setenv("LD_PRELOAD", str(shim / "hang.so"))
    begin = time.monotonic()

    found = examine()["root_hung"]

    assert "did not end within 2 s" in found["text"]
    assert time.monotonic() - begin < 20


@pytest.mark.slow
def test_a_directory_that_may_not_be_read_is_named_with_the_line_that_helps(lab):
    kit = (lab.root / RUN).parent
    kit.chmod(0)
    before = contents(lab.home, lab.root)

    found = run_doctor(*without_powers(), cwd=lab.home)["unreadable_directory"]

    assert "chmod u+rx " in found["fix"]  # it belongs to who asks
    assert str(kit) in found["fix"]
    assert contents(lab.home, lab.root) == before
    kit.chmod(0o755)


def test_a_clock_that_runs_ahead_is_named(lab, examine):
    ahead = time.time() + 7200
    os.utime(lab.root, (ahead, ahead))

    assert "in the future" in examine()["clock_wrong"]["text"]


def test_a_file_system_whose_directory_times_stand_still_is_named(lab, scan, examine):
    folder = lab.root / RUN / "1_BAM"
    os.utime(folder, (1_700_000_000, 1_700_000_000))
    scan()
    (folder / "new.bam").write_text("BAM")
    os.utime(folder, (1_700_000_000, 1_700_000_000))

    found = examine()["directory_times"]

    assert str(folder) in found["text"]
    assert "trust_directory_times = false" in found["fix"]
