"""Scans as the command line starts them."""

import dagster as dg
import pytest

from seqauto_pipeline.errors import ScanForgottenError
from seqauto_pipeline.orchestration.launch import execute_scan
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline_tests.orchestration.conftest import Lab


def test_a_scan_whose_record_goes_while_it_works_says_that_the_database_was_restored(
    lab: Lab,
) -> None:
    def forget(*_: object) -> None:
        with dg.DagsterInstance.get() as instance:
            for scan in instance.get_run_ids():
                instance.delete_run(scan)

    with pytest.raises(ScanForgottenError, match="restored, or made anew, while it worked"):
        execute_scan(ScanRequest(), forget)
