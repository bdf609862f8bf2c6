"""A Dagster job with as many steps as a scan, which do nothing: what a scan is measured against."""

import dagster as dg


@dg.op
def first_step() -> int:
    return 0


@dg.op
def next_step(number: int) -> int:
    return number


@dg.job(executor_def=dg.in_process_executor)
def empty_job() -> None:
    next_step.alias("fourth_step")(
        next_step.alias("third_step")(next_step.alias("second_step")(first_step()))
    )


defs = dg.Definitions(jobs=[empty_job])
