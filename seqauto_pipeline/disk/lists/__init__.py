"""Lists of roots that were made elsewhere: fetched, checked, and asked in place of a disk."""
