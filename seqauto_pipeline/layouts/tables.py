"""The tables of a layout file, and what each value of theirs must be like.

The fields of the file, their meaning and their defaults are in ``docs/layouts.md``.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

from seqauto_pipeline.core.layout import Expect, Lanes, Per
from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.core.pattern import alternatives_of
from seqauto_pipeline.layouts.checks import (
    Misfit,
    checked_glob,
    checked_open_file,
    checked_open_path,
    checked_run_glob,
    checked_run_path,
)

_FOR_PEOPLE = frozenset({"description", "source"})


def _alternatives(written: tuple[str, ...]) -> tuple[str, ...]:
    """Make each alternative one of its own, in order of preference."""
    return tuple(dict.fromkeys(one for each in written for one in alternatives_of(each)))


def _open_paths(written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(checked_open_path(each) for each in _alternatives(written))


def _open_files(written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(checked_open_file(each) for each in _alternatives(written))


Text: TypeAlias = Annotated[str, Field(min_length=1)]
Texts: TypeAlias = tuple[Text, ...]
Alternatives: TypeAlias = Annotated[Texts, AfterValidator(_alternatives)]
OpenPaths: TypeAlias = Annotated[Texts, AfterValidator(_open_paths)]
OpenFiles: TypeAlias = Annotated[Texts, AfterValidator(_open_files)]
Globs: TypeAlias = tuple[Annotated[Text, AfterValidator(checked_glob)], ...]
RunGlobs: TypeAlias = tuple[Annotated[Text, AfterValidator(checked_run_glob)], ...]
RunPaths: TypeAlias = tuple[Annotated[Text, AfterValidator(checked_run_path)], ...]
Level: TypeAlias = Annotated[StrictInt, Field(ge=0, le=8)]


class Table(BaseModel):
    """A table that cannot be changed and has no fields but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _is_known(cls, value: object) -> object:
        """Refuse an unknown field here, where the known ones are at hand for a suggestion."""
        for key in value if isinstance(value, Mapping) else ():
            if key not in cls.model_fields:
                near = nearest(key, cls.model_fields)
                known = f"known are {', '.join(sorted(cls.model_fields))}"
                hint = f"did you mean {near!r}?" if near else known
                raise Misfit(f"unknown field {key!r}; {hint}", key)
        return value

    def given(self) -> dict[str, Any]:
        """Give what the file says, without what it says to people: the core has the defaults."""
        return {key: value for key, value in self if key in self.model_fields_set - _FOR_PEOPLE}


class RunTable(Table):
    markers: RunPaths = ()
    markers_by_instrument: StrictBool = False
    sample_sheet: RunPaths = ()
    run_info: RunPaths = ()
    run_parameters: RunPaths = ()
    basecalls: RunGlobs = ()
    interop: RunGlobs = ()

    @model_validator(mode="after")
    def _is_enough(self) -> Self:
        if bool(self.markers) == self.markers_by_instrument:
            raise Misfit(
                "give either markers or markers_by_instrument = true: "
                "without one no run is ever complete",
                "markers",
            )
        if not self.sample_sheet:
            raise Misfit("sample_sheet is missing: nothing says what to expect", "sample_sheet")
        return self


class ConversionTable(Table):
    directories: OpenPaths = Field(min_length=1)
    converters: Texts = Field(min_length=1)
    instruments: Texts = ()
    compressions: Texts = ()
    sheets: OpenFiles = ()
    ended_by: OpenFiles = ()
    holds: tuple[Texts, ...] = ()
    description: object = None
    source: object = None


class NamingTable(Table):
    converter: Text
    pattern: Text
    description: object = None
    source: object = None


class FileTypeTable(Table):
    per: Per = Per.SAMPLE
    patterns: Alternatives = ()
    patterns_if_present: Alternatives = ()
    expect: Expect = Expect.ALWAYS
    directories: Globs = ()
    of: Text | None = None
    content: Text | None = None
    values: Text | None = None
    genes_from: Text | None = None
    non_empty: StrictBool = False
    index_suffixes: Texts = ()
    made_from: Text | None = None
    conversions: tuple[ConversionTable, ...] = ()
    namings: tuple[NamingTable, ...] = ()
    description: object = None


class OverrideTable(Table):
    """What an enrichment kit may change of a file type."""

    patterns: Alternatives = ()
    patterns_if_present: Alternatives = ()
    expect: Expect = Expect.ALWAYS


class KitTable(Table):
    file_types: Mapping[str, OverrideTable] = {}


class LayoutTable(Table):
    name: Text
    run: RunTable
    file_types: Mapping[str, FileTypeTable] = {}
    run_depth: Level = 2
    enrichment_kit_level: Level = 1
    lanes: Lanes = Lanes.SHEET
    never_unexpected: Texts = ()
    never_searched: Globs = ()
    ignored_directories: Texts = ()
    kits: Mapping[str, KitTable] = {}
    description: object = None
