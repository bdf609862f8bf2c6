"""What is wrong with settings, in plain words."""

from pydantic_core import ErrorDetails

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.toml_input.complaints import (
    Complaint,
    expected,
    name_of,
)
from seqauto_pipeline.toml_input.wording import found

_TOOL_KEYS = "name, version, files, kit or run_params"
_KEYS = {
    "scan_roots": "path, layout, list_command, list_timeout_seconds, list_file, "
    "list_max_age_hours or root_there",
    "archived": "file_type, older_than_days or kit",
    "qc_limits": "figure, min, max or kit",
    "illumina_qc_limits": "kit, instrument, or a figure with _min or _max: percent_q30_min",
    "delivery_kits": "name or version",
    "delivery_aligners": _TOOL_KEYS,
    "delivery_variant_callers": _TOOL_KEYS,
}
_TOOL = "a table with name, version and, if wanted, files, kit and run_params"
_TABLES = {
    "scan_roots": "a path, or a table with path and layout",
    "archived": "a table with file_type, older_than_days and, if wanted, kit",
    "qc_limits": "a table with figure, min or max, and kit if wanted",
    "illumina_qc_limits": "a table with limits such as percent_q30_min, and kit or instrument",
    "delivery_kits": "a table with name and, if wanted, version",
    "delivery_aligners": _TOOL,
    "delivery_variant_callers": _TOOL,
}
_SECRETS = frozenset({
    *("database_url", "smtp_password", "alert_slack_webhook"),
    *("variantgrid_token", "delivery_webhook", "delivery_webhook_secret"),
    *("celery_broker", "celery_backend"),
})  # fmt: skip


def reason_of(location: tuple[str | int, ...], kind: str, details: ErrorDetails) -> str:
    """Put one finding of the model in plain words: which setting, what was found, and expected."""
    name = name_of(location)
    if kind == "value_error":
        return f"{name}: {details['ctx']['error']}"
    if kind == "extra_forbidden":
        return f"{name}: found an unknown key, expected {_KEYS[str(location[0])]}"
    if kind == "missing":
        return f"{name}: found nothing, expected a value"
    is_secret = location[0] in _SECRETS
    shown = "a value that is not text" if is_secret else found(details["input"])
    if kind in ("model_type", "model_attributes_type"):
        return f"{name}: found {shown}, expected {_TABLES[str(location[0])]}"
    return f"{name}: found {shown}, expected {expected(kind, details.get('ctx', {}))}"


def settings_error(complaints: tuple[Complaint, ...]) -> SettingsError:
    """Tell all complaints in one error, one a line."""
    first, *others = complaints
    return SettingsError(
        first.where, "\n".join((first.reason, *(f"{one.where}: {one.reason}" for one in others)))
    )
