"""The only package that touches sequencing disks, and it only reads."""
