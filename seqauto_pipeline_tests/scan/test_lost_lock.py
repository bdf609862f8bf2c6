"""What a scan says whose lock another took while it stood still."""

import pytest

from seqauto_pipeline.db.fence import take_fence
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import ScanLockLostError
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import create_models, parse_sample_sheets, scan_files
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.scan.lab import Lab


def test_it_is_told_who_has_it_and_not_to_force_its_older_list(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    settings, home, request = lab.settings, lab.home, ScanRequest()
    engine = open_database(database_url_for(settings, home))
    fence = take_fence(engine, "the-first")
    scan_files(settings, home, "the-first", request, fence=fence)
    parse_sample_sheets(settings, home, "the-first", "the-first", fence=fence)
    run.remove("bam", "S1")
    lab.scan()
    take_fence(engine, "the-second")

    with pytest.raises(ScanLockLostError, match="the-second"):
        create_models(settings, home, "the-first", "the-first", request, fence=fence)
    engine.dispose()
