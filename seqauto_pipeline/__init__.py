"""Which files should be on the sequencing disks, which are, and why not: one scan, one database."""

__version__ = "0.1.0"
