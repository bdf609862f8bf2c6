"""Starts the program: ``python3 -m seqauto_pipeline.list_files``."""

import sys

from seqauto_pipeline.list_files.main import main

if __name__ == "__main__":
    sys.exit(main())
