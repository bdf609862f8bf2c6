"""Links that open the launchpad with a scan filled in: the common cases, one click each."""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from seqauto_pipeline.orchestration.catalog.specs import RUNS, STATUS, WAITING
from seqauto_pipeline.orchestration.run_config import run_config
from seqauto_pipeline.orchestration.tags import CODE_LOCATION, SCAN_JOB
from seqauto_pipeline.scan.request import LAUNCH_OPTIONS
from seqauto_pipeline.views.web_ui import asset_path

_SETUP = f"/locations/{CODE_LOCATION}/jobs/{SCAN_JOB}/playground/setup?config="


def launch_path(options: Mapping[str, object]) -> str:
    """Where the launchpad opens with these options; whoever looks may change them there."""
    lines = "\n".join(_yaml(run_config(_in_order(options)))) + "\n"
    return _SETUP + quote(lines, safe="")


def questions() -> str:
    """Write where the questions of a morning are answered as links, for the page of the job."""
    return "\n".join(
        f"- [{words}]({path})"
        for words, path in (
            ("Which runs wait", f"{asset_path(WAITING)}?view=partitions"),
            ("All runs", f"{asset_path(RUNS)}?view=partitions"),
            ("Is the server well", asset_path(STATUS)),
        )
    )


def presets() -> str:
    """Write the common cases as a list of links, for the page of the job."""
    return "\n".join(
        f"- [{words}]({launch_path(options)})"
        for words, options in (
            ("Scan now", {}),
            ("Full scan: list every directory anew", {"full": True}),
            ("Scan one run: write a part of its name", {"runs": ["PART OF A NAME"]}),
            (
                "Use the file list of the last finished scan again",
                {"reuse_prev_scan_id": "latest-finished"},
            ),
            ("What vanished is really gone: write its path", {"accept_vanished": ["PATH"]}),
        )
    )


def _in_order(options: Mapping[str, object]) -> dict[str, object]:
    return {each.name: options[each.name] for each in LAUNCH_OPTIONS if each.name in options}


def _yaml(config: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """Write it as a person would; each value as JSON, which YAML is."""
    if not config:
        yield f"{indent}{{}}"
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _yaml(value, f"{indent}  ")
        else:
            yield f"{indent}{key}: {json.dumps(value)}"
