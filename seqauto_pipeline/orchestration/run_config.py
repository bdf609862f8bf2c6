"""Where the launch options stand in the configuration of a Dagster run."""

from collections.abc import Mapping

_PATH = ("resources", "options", "config")


def run_config(options: Mapping[str, object]) -> dict[str, object]:
    """Write launch options as the configuration of a run."""
    config: dict[str, object] = dict(options)
    for key in reversed(_PATH):
        config = {key: config}
    return config


def chosen_options(config: object) -> Mapping[str, object]:
    """Find the launch options that a person gave, in a run's configuration of any shape."""
    for key in _PATH:
        config = config.get(key) if isinstance(config, Mapping) else None
    return (
        {key: value for key, value in config.items() if value}
        if isinstance(config, Mapping)
        else {}
    )
