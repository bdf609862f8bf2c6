"""The rules for settings: which of them a converter knows, and the values that it takes.

Source: Illumina, "BCL Convert", "Sample Sheet" of v3.10 to v4.4: settings that are not recognised
end the conversion of a v2 sheet, and are a warning for a v1 sheet.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.near_words import near_words
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.cells import whole_number
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.conversion import (
    FastqCompression,
    compression,
    flag,
    readable_cycles,
)
from seqauto_pipeline.core.sheet.converter import INSTRUMENT_SETTINGS, SETTINGS, Converter
from seqauto_pipeline.core.sheet.judged_sheet import JudgedSheet, one_for_each_cycles
from seqauto_pipeline.core.sheet.override_cycles import (
    INDEX,
    SEQUENCE,
    UMI,
    OverrideCycles,
    ReadCycles,
)
from seqauto_pipeline.core.sheet.sample_sheet import (
    SampleSheet,
    SheetFormat,
    SheetSample,
    SheetSetting,
)
from seqauto_pipeline.core.sheet.words import word

_ADAPTERS = re.compile(r"[ACGT]+(?:\+[ACGT]+)*", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{0,3}\.?[0-9]{1,9}")
_MOST_MISMATCHES = 2


def _is_flag(value: str) -> bool:
    return flag(value) is not None


def _is_adapter(value: str) -> bool:
    return _ADAPTERS.fullmatch(value) is not None


def _is_stringency(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None and 0.5 <= float(value) <= 1


def _is_mismatches(value: str) -> bool:
    number = whole_number(value)  # other words are told where they are read
    return number is None or number <= _MOST_MISMATCHES


# What the value of each setting must be: a test, and what it asks for in words
_VALUES: Mapping[str, tuple[Callable[[str], bool], str]] = MappingProxyType(
    {
        "createfastqforindexreads": (_is_flag, "0, 1, true or false"),
        "nolanesplitting": (_is_flag, "true or false"),
        "trimumi": (_is_flag, "0, 1, true or false"),
        "findadapterswithindels": (_is_flag, "true or false"),
        "fastqcompressionformat": (
            lambda value: compression(value) is not None,
            f"one of {', '.join(FastqCompression)}",
        ),
        "adapterbehavior": (lambda value: value.casefold() in ("trim", "mask"), "trim or mask"),
        "adapterstringency": (_is_stringency, "a number from 0.5 to 1.0"),
        "minimumadapteroverlap": (lambda value: value in ("1", "2", "3"), "1, 2 or 3"),
        "adapterread1": (_is_adapter, "bases, with + between several"),
        "adapterread2": (_is_adapter, "bases, with + between several"),
        "barcodemismatchesindex1": (_is_mismatches, f"a number from 0 to {_MOST_MISMATCHES}"),
        "barcodemismatchesindex2": (_is_mismatches, f"a number from 0 to {_MOST_MISMATCHES}"),
    }
)
_ANY: tuple[Callable[[str], bool], str] = (lambda _: True, "")
# As some spreadsheets write true and false
_TRANSLATED = frozenset({"wahr", "falsch", "vrai", "faux", "verdadero", "falso", "vero"})
_LANES_WITHOUT_SPLITTING = (4, 4, 6)  # the first version that takes both
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})", re.ASCII)
_ADAPTER_COLUMNS = frozenset({"adapterread1", "adapterread2"})
# Settings that a column may have in their place, with its field and the value of a row
_IN_BOTH: tuple[tuple[str, str, Callable[[SheetSample], object]], ...] = (
    ("OverrideCycles", "override_cycles", lambda sample: sample.override_cycles),
    ("BarcodeMismatchesIndex1", "mismatches1", lambda sample: sample.barcode_mismatches[0]),
    ("BarcodeMismatchesIndex2", "mismatches2", lambda sample: sample.barcode_mismatches[1]),
)


def setting_problems(sheet: SampleSheet, converter: Converter | None) -> Iterator[Problem]:
    """Judge the settings by name and value; ``converter`` is who reads the sheet, if known."""
    is_v2 = sheet.format is SheetFormat.BCLCONVERT_V2
    if is_v2:
        yield from _wrong_section(sheet)
    yield from _repeated(sheet)
    for row in sheet.setting_rows:
        if is_v2 and row.section != "bclconvertsettings":
            continue  # BCL Convert does not read it
        yield from (_v2_name if is_v2 else _v1_name)(row, converter)
        if is_v2 or converter or word(row.name) not in SETTINGS[Converter.BCL2FASTQ]:
            yield from _value(row)


def combination_problems(sheet: SampleSheet, judged: JudgedSheet) -> Iterator[Problem]:
    """Judge the settings that depend on each other or on the columns."""
    yield from _lanes_not_split(sheet)
    if sheet.format is SheetFormat.BCLCONVERT_V2:
        yield from _settings_and_columns(sheet, judged)
        yield from _needed_by_others(sheet)
    yield from _umi_without_fastq(sheet)


def _wrong_section(sheet: SampleSheet) -> Iterator[Problem]:
    if "bclconvertsettings" in map(word, sheet.sections):
        other = next((row for row in sheet.setting_rows if row.section == "settings"), None)
        if other is not None:
            message = f"BCL Convert does not read {quoted(other.name)} in [Settings] of a v2 sheet"
            yield found("SETTINGS_SECTION", message, other.line)
        if all(row.section != "bclconvertsettings" for row in sheet.setting_rows):
            yield found("SETTINGS_SECTION", "The section [BCLConvert_Settings] is empty")
        return
    message = "The v2 sheet has no section [BCLConvert_Settings]"
    if sheet.setting_rows:
        message += "; BCL Convert does not read [Settings]"
    yield found("SETTINGS_SECTION", message)


def _repeated(sheet: SampleSheet) -> Iterator[Problem]:
    """Find settings that stand again with another value. The first one is used here.

    Source: Illumina Connected Software, "Section Requirements": a key has one value.
    """
    first: dict[tuple[str, str], SheetSetting] = {}
    for row in sheet.setting_rows:
        other = first.setdefault((row.section, word(row.name)), row)
        if row.value and row.value != other.value:
            message = f"{quoted(row.name)} is {quoted(row.value)} here and {quoted(other.value)} "
            message += f"on line {other.line}"
            yield found("REPEATED_SETTING", message, row.line)


def _v2_name(row: SheetSetting, _: Converter | None) -> Iterator[Problem]:
    name, known = word(row.name), SETTINGS[Converter.BCL_CONVERT]
    if name in known or not name:
        return
    if name in SETTINGS[Converter.BCL2FASTQ]:
        if row.value:  # without one it asks for nothing
            message = f"{quoted(row.name)} is a setting of bcl2fastq, which BCL Convert refuses "
            yield found("REFUSED_SETTING", f"{message}in a v2 sheet", row.line)
        return
    message = f"{quoted(row.name)} is no known setting; BCL Convert refuses those of a v2 sheet "
    message += f"that it does not know{_meant(name, known)}"
    yield found("UNKNOWN_SETTING", message, row.line)


def _v1_name(row: SheetSetting, converter: Converter | None) -> Iterator[Problem]:
    name = word(row.name)
    readers = (converter,) if converter else tuple(Converter)
    known = {key: title for reader in readers for key, title in SETTINGS[reader].items()}
    if name in known or name in INSTRUMENT_SETTINGS or not name:
        return
    who = " and ".join(reader.label for reader in readers)
    ignore = "ignores" if converter else "ignore"
    message = f"{quoted(row.name)} is no setting that {who} {'knows' if converter else 'know'}: "
    message += f"{'it' if converter else 'they'} {ignore} it{_meant(name, known)}"
    yield found("UNKNOWN_SETTING", message, row.line)


def _meant(name: str, known: Mapping[str, str]) -> str:
    near = near_words(name[:60], known, most=1, alike=0.8)
    return f"; {quoted(known[near[0]])} may be meant" if near else ""


def _value(row: SheetSetting) -> Iterator[Problem]:
    test, expected = _VALUES.get(word(row.name), _ANY)
    if not row.value or test(row.value):
        return
    message = f"{quoted(row.name)} is {quoted(row.value)}, expected {expected}"
    if row.value.casefold() in _TRANSLATED:
        message += "; a spreadsheet translated it"
    yield found("REFUSED_VALUE", message, row.line)


def _lanes_not_split(sheet: SampleSheet) -> Iterator[Problem]:
    row = _stated(sheet, "NoLaneSplitting")
    if row is None or not flag(row.value):
        return
    if all(sample.lane is None for sample in sheet.samples):
        return
    version = _version(sheet.setting("SoftwareVersion"))
    if version is not None and version >= _LANES_WITHOUT_SPLITTING:
        return
    message = "The sheet says NoLaneSplitting and has lanes, which BCL Convert before 4.4.6 refuses"
    problem = found("LANES_NOT_SPLIT", message, row.line)
    yield replace(problem, severity=Severity.ERROR) if version else problem


def _version(text: str | None) -> tuple[int, ...] | None:
    numbers = _VERSION.match(text or "")
    return tuple(int(number) for number in numbers.groups()) if numbers else None


def _settings_and_columns(sheet: SampleSheet, judged: JudgedSheet) -> Iterator[Problem]:
    for name, field, value_of in _IN_BOTH:
        row, column = _stated(sheet, name), judged.column(field)
        has_values = any(value_of(sample) is not None for sample in sheet.samples)
        if row is None or column is None or not has_values:
            continue
        message = f"{quoted(row.name)} stands here for all samples, and in a column of the samples"
        yield found("SETTING_AND_COLUMN", message, row.line, column)


def _needed_by_others(sheet: SampleSheet) -> Iterator[Problem]:
    trim_umi = _stated(sheet, "TrimUMI")
    if trim_umi is not None and not _has_umi(sheet):
        message = f"{quoted(trim_umi.name)} is stated, and no OverrideCycles has UMI cycles (U)"
        yield found("SETTINGS_CONTRADICT", message, trim_umi.line)
    behavior = _stated(sheet, "AdapterBehavior")
    columns = frozenset(map(word, sheet.columns))
    if behavior is not None and not sheet.adapters and not columns & _ADAPTER_COLUMNS:
        message = f"{quoted(behavior.name)} is stated, and neither AdapterRead1 nor AdapterRead2"
        yield found("SETTINGS_CONTRADICT", message, behavior.line)


def _has_umi(sheet: SampleSheet) -> bool:
    """Tell whether any OverrideCycles has UMIs, or may have: it cannot be read."""
    of_rows = (sample.override_cycles for sample in one_for_each_cycles(sheet.samples))
    texts = {text for text in (sheet.override_cycles, *of_rows) if text and word(text) != "na"}
    read = [readable_cycles(text) for text in texts]
    return any(cycles is None or any(part.has(UMI) for part in cycles.reads) for cycles in read)


def _umi_without_fastq(sheet: SampleSheet) -> Iterator[Problem]:
    row = _stated(sheet, "CreateFastqForIndexReads")
    settings = sheet.conversion
    if row is None or not settings.create_fastq_for_index_reads or settings.trim_umi is False:
        return
    for sample in one_for_each_cycles(sheet.samples):
        for read in _inner_reads(sheet.cycles_of(sample)):
            if read.has(UMI) and not read.has(INDEX) and not read.has(SEQUENCE):
                message = f"The read {read} holds UMIs alone: it gets no FASTQ without TrimUMI,0"
                yield found("UMI_WITHOUT_FASTQ", message, row.line)
                return


def _inner_reads(cycles: OverrideCycles | None) -> tuple[ReadCycles, ...]:
    """Take the parts of index reads: by name, or those between the first and the last."""
    if cycles is None:
        return ()
    if cycles.by_name:
        return tuple(read for read in cycles.reads if str(read.name).startswith("I"))
    return cycles.reads[1:-1]


def _stated(sheet: SampleSheet, name: str) -> SheetSetting | None:
    wanted = word(name)
    return next((row for row in sheet.setting_rows if word(row.name) == wanted and row.value), None)
