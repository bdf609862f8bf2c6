"""What is known of our own directories, and of the file system that each is on."""

from pathlib import Path

from seqauto_pipeline.monitoring.disks import mount_of, storage_facts


def test_a_directory_is_on_the_innermost_mount_that_holds_it(tmp_path: Path):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        f"server:/home {tmp_path} nfs4 rw 0 0\n"
        f"server:/other {tmp_path}/other cifs rw 0 0\n"
    )

    assert mount_of(f"{tmp_path}/home", str(mounts)) == (str(tmp_path), "nfs4")
    assert mount_of("/", str(mounts)) == ("/", "ext4")
    assert mount_of("/", f"{tmp_path}/none") == ("", "")


def test_a_home_that_is_still_to_be_made_is_on_the_file_system_of_its_parent(tmp_path: Path):
    facts = storage_facts(tmp_path / "not" / "yet", has_databases=True)

    assert (facts.exists, facts.has_databases) == (False, True)
    assert (facts.mounted_at, facts.file_system) == mount_of(str(tmp_path))
    assert facts.total > 0
