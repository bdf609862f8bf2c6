"""Which settings keep schedule and sensors from scanning."""

from seqauto_pipeline.settings import Settings, environment_name

_SWITCHES = ("enabled", "scan_disks", "upload_enabled")


def switched_off(settings: Settings) -> tuple[str, ...]:
    """Name the variables that keep schedule and sensors from scanning."""
    return tuple(map(environment_name, settings_off(settings)))


def settings_off(settings: Settings) -> tuple[str, ...]:
    """Name the same as the settings file does."""
    return tuple(name for name in _SWITCHES if not getattr(settings, name))
