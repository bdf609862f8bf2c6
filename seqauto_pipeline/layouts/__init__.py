"""Layouts that ship with the package; a lab's own stand in files that the settings name."""

from importlib.resources import files
from pathlib import Path

from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts.parse import parse_layout


def shipped_layouts() -> tuple[str, ...]:
    names = (resource.name for resource in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def shipped_text(name: str) -> str:
    """Give the file of a layout that ships with the package."""
    return files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def load_layout(name_or_path: str) -> Layout:
    """Read a shipped layout by its name, or a lab's own by its path (with a ``/`` or ``.toml``).

    Raises LayoutError when it cannot be read or does not hold together.
    """
    if name_or_path in shipped_layouts():
        return parse_layout(shipped_text(name_or_path), f"layout {name_or_path}")
    path = Path(name_or_path)
    if "/" not in name_or_path and path.suffix != ".toml":
        known = ", ".join(shipped_layouts())
        raise LayoutError(f"layout {name_or_path!r}", f"no such layout; shipped are {known}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(name_or_path, f"cannot be read: {error}") from error
    return parse_layout(text, name_or_path)
