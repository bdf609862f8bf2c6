"""Which scan of everything finished last."""

import dagster as dg

from seqauto_pipeline.orchestration.run_config import chosen_options
from seqauto_pipeline.orchestration.tags import SCAN_JOB

_LOOKED_BACK = 100  # finished scans among which the last of everything is looked for


def last_finished_record(instance: dg.DagsterInstance) -> dg.RunRecord | None:
    """The last scan of everything that finished: one of a part says nothing of the rest."""
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=[dg.DagsterRunStatus.SUCCESS])
    records = instance.get_run_records(wanted, limit=_LOOKED_BACK)
    return next((each for each in records if is_of_everything(each.dagster_run.run_config)), None)


def is_of_everything(config: object) -> bool:
    return chosen_options(config).keys().isdisjoint({"roots", "runs"})
