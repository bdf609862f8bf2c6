"""Takes values out of a layout's TOML and says where a wrong one stands."""

from collections.abc import Mapping
from enum import StrEnum

from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.toml_input.lines import keys_of


def _lines_of_names(text: str) -> dict[str, int]:
    """Say on which line each section and each field of a TOML text stands first."""
    lines: dict[str, int] = {}
    for number, key in keys_of(text):
        lines.setdefault(".".join(map(str, key)), number)
    return lines


class Reader:
    """Takes values out of parsed TOML and says where a wrong one stands."""

    def __init__(self, text: str, where: str) -> None:
        self._lines, self._where = _lines_of_names(text), where

    def fail(self, section: str, key: str, reason: str) -> LayoutError:
        return LayoutError(f"{self._where}{self._line(section, key)}", reason)

    def _line(self, section: str, key: str) -> str:
        """Find where a field stands; what is missing is told of at the head of its section."""
        name = ".".join(filter(None, (section, key)))
        below = (line for each, line in self._lines.items() if each.startswith(f"{name}."))
        found = (self._lines.get(name), next(below, None), self._lines.get(section))
        line = next((each for each in found if each is not None), None)
        return "" if line is None else f":{line}"

    def only(self, section: str, table: Mapping[str, object], known: frozenset[str]) -> None:
        for key in table:
            if key not in known:
                near = nearest(key, known)
                hint = (
                    f"did you mean {near!r}?" if near else f"known are {', '.join(sorted(known))}"
                )
                raise self.fail(section, key, f"unknown field {key!r}; {hint}")

    def table(self, section: str, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self.fail("", section, f"{section} should be a table, found {value!r}")
        return value

    def text(self, section: str, table: Mapping[str, object], key: str) -> str | None:
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or not value):
            raise self.fail(section, key, f"{key} should be text, found {value!r}")
        return value

    def number(self, section: str, table: Mapping[str, object], key: str, default: int) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 8:
            raise self.fail(section, key, f"{key} should be a number from 0 to 8, found {value!r}")
        return value

    def flag(self, section: str, table: Mapping[str, object], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(section, key, f"{key} should be true or false, found {value!r}")
        return value

    def texts(self, section: str, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.fail(section, key, f"{key} should be a list of texts, found {value!r}")
        return tuple(value)

    def tables(
        self, section: str, table: Mapping[str, object], key: str
    ) -> tuple[Mapping[str, object], ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.fail(section, key, f"{key} should be a list of tables, found {value!r}")
        return tuple(value)

    def choice(
        self, section: str, table: Mapping[str, object], key: str, kind: type[StrEnum], default: str
    ) -> str:
        value = table.get(key, default)
        if value not in list(kind):
            choices = ", ".join(kind)
            raise self.fail(section, key, f"{key} should be one of {choices}, found {value!r}")
        return str(value)
