"""What a test of deliveries writes on the disk and looks for on the server."""

from typing import Any

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.scan.run_folder import RunFolder, values_text

NO_BLANKS = "begins or ends with a blank"


def sheet_of(api: Api, run: RunFolder) -> dict[str, Any]:
    """The samples of the sheet that is current over there, by id."""
    tables = api.tables
    found: dict[str, Any] = tables["sheets"][run.name][tables["current"][run.name]]["samples"]
    return found


def write_values(run: RunFolder, sample: str, figure: str, value: str) -> None:
    """Write the exec summary of a sample anew, with one figure changed."""
    run.values_of("exec_summary", sample).write_text(values_text(sample, **{figure: value}))


def bams(api: Api) -> dict[str, Any]:
    return {each["sample"]: each for each in api.tables["bams"]}
