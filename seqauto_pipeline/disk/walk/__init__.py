"""From a scan root to its run folders and their listings."""
