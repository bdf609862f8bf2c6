"""File systems whose files another computer keeps, by the type that /proc/mounts tells."""

_TYPES = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs", "coda", "ceph",
        "glusterfs", "lustre", "gpfs", "beegfs", "pvfs2", "panfs", "vboxsf", "vmhgfs", "davfs",
    }
)  # fmt: skip
_FUSE_TYPES = frozenset(
    {
        "sshfs", "ceph", "ceph-fuse", "glusterfs", "davfs", "davfs2", "s3fs", "rclone", "gcsfuse",
        "goofys", "vmhgfs-fuse", "juicefs", "smbnetfs", "curlftpfs",
    }
)  # fmt: skip


def is_of_network(file_system: str) -> bool:
    """Tell whether a type, such as ``nfs4`` or ``fuse.sshfs``, is of a network file system."""
    kind, _, program = file_system.casefold().partition(".")
    return kind in _TYPES or (kind == "fuse" and program in _FUSE_TYPES)
