"""What a person may choose when launching a scan: the options of `ScanRequest`, for Dagster."""

import dagster as dg

from seqauto_pipeline.scan.request import LAUNCH_OPTIONS, LaunchOption, ScanRequest, request_of


def _field(option: LaunchOption) -> dg.Field:
    # Plain types: those of a ConfigurableResource would also take {"env": NAME}, and the web
    # server, which has no login, would show the value of any environment variable in the message
    # about it.
    is_many = isinstance(option.default, tuple)
    return dg.Field(
        [str] if is_many else type(option.default),
        default_value=[] if is_many else option.default,
        description=option.texts.in_launchpad or option.texts.on_command_line,
    )


LAUNCH_FIELDS = {option.name: _field(option) for option in LAUNCH_OPTIONS}


@dg.resource(
    config_schema=LAUNCH_FIELDS,
    description="How this scan differs from a scan of everything. "
    "All fields may be left as they are.",
)
def scan_options(context: dg.InitResourceContext) -> ScanRequest:
    """Take what was chosen at the launch."""
    return request_of(context.resource_config)
