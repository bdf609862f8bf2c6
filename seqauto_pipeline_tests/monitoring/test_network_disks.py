"""Which types of file systems keep their files on another computer."""

import pytest

from seqauto_pipeline.monitoring.network_disks import is_of_network


@pytest.mark.parametrize(
    "file_system", ["nfs", "nfs4", "NFS4", "cifs", "smb3", "9p", "lustre", "ceph", "fuse.sshfs"]
)
def test_a_network_file_system_is_told_by_its_type(file_system):
    assert is_of_network(file_system)


@pytest.mark.parametrize(
    "file_system", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuse.ntfs-3g", "fuse", ""]
)
def test_a_local_one_is_not(file_system):
    assert not is_of_network(file_system)
