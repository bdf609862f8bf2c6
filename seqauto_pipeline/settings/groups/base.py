"""What all groups of settings have in common."""

from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

MIB = 1024 * 1024

_Item = TypeVar("_Item")


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


ListOf: TypeAlias = Annotated[tuple[_Item, ...], BeforeValidator(_as_tuple)]  # TOML has lists


class SettingsGroup(BaseModel):
    """Settings that cannot be changed and whose values are taken as they are, never converted."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,  # only what all groups make up is ever used
    )
