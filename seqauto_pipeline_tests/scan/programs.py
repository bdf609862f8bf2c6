"""Programs that some tests need and not every machine has."""

import os
import shutil

import pytest


def require(program: str) -> None:
    """Skip a test where a program is not installed; fail it where ``REQUIRE_<PROGRAM>=1``."""
    if shutil.which(program) is not None:
        return
    reason = f"{program} is not installed"
    if os.environ.get(f"REQUIRE_{program.upper()}") == "1":
        pytest.fail(f"REQUIRE_{program.upper()}=1, but {reason}")
    pytest.skip(reason)
