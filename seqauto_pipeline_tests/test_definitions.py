"""What Dagster loads for each scan, and what it does not."""

import subprocess
import sys

_NOT_FOR_EACH_SCAN = {
    *("pandas", "interop", "psycopg2", "dagster_postgres", "dagster_celery", "dagster_k8s"),
    "seqauto_pipeline.core.verdict.run_judgement",
    "seqauto_pipeline.db.migrate",
    "seqauto_pipeline.delivery.delivering",
    "seqauto_pipeline.jobs.stage",
    "seqauto_pipeline.orchestration.shard_job",
    "seqauto_pipeline.orchestration.shard_ops",
    "seqauto_pipeline.report.update",
}


def test_loading_the_definitions_imports_nothing_that_only_some_scans_need() -> None:
    program = (
        "import gc, sys, seqauto_pipeline.definitions\n"
        f"print(*sorted({_NOT_FOR_EACH_SCAN!r} & set(sys.modules)))\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n") == ["", "True True", ""]
