"""Everything known of one sequencing run: RunInfo first, then RunParameters, then the name."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.metadata.instruments import FAMILIES, family_of, model_of
from seqauto_pipeline.core.metadata.run_folder import (
    RunFolderName,
    flowcell_id_of,
    parse_run_folder_name,
)
from seqauto_pipeline.core.metadata.run_info import ReadInfo, RunInfo
from seqauto_pipeline.core.metadata.run_parameters import RunParameters
from seqauto_pipeline.core.problems import Problem, Severity

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What one run is; None for what no source says."""

    run_id: str | None
    date: dt.date | None
    instrument: str | None  # exported as sequencer
    model: str | None  # exported as sequencer_model
    experiment: str | None
    flowcell_id: str | None  # as the folder's name has it, side letter included
    flowcell: str | None  # without its side
    side: str | None  # A or B
    run_number: int | None
    lanes: int | None
    reads: tuple[ReadInfo, ...]  # those with cycles, in the order of sequencing
    application: str | None
    application_version: str | None
    rta_version: str | None
    chemistry: str | None
    flowcell_type: str | None
    reagent_kit: str | None  # serial number
    reagent_kit_type: str | None
    secondary_analysis: str | None  # as RunParameters has it: Cloud, None


@dataclass(frozen=True, slots=True)
class _Claims:
    """What one source says of the facts that more than one source can tell."""

    source: str
    run_id: str | None = None
    run_number: int | None = None
    instrument: str | None = None
    flowcell: str | None = None
    side: str | None = None
    date: dt.date | None = None
    lanes: int | None = None
    reads: tuple[ReadInfo, ...] = ()


def derive_run_facts(
    name: str, run_info: RunInfo | None, run_parameters: RunParameters | None
) -> tuple[RunFacts, tuple[Problem, ...]]:
    """Merge what the sources say, and list where they differ: RunInfo wins, none is an error.

    Of a folder that the lab renamed, the run id in the files stands in for the name.
    """
    in_files = (
        *_claims_of_file("RunInfo.xml", run_info),
        *_claims_of_file("RunParameters.xml", run_parameters),
    )
    parts = parse_run_folder_name(name)
    in_name = _claims_of_name(parts, in_files)
    original = in_name or _claims_of_name(_original_name(in_files), in_files)
    facts = _merge(name, (*in_files, *original), run_parameters)
    return facts, (
        *_about_name(name, parts, known=bool(in_files)),
        *_about_instrument(facts),
        *_disagreements((*in_files, *in_name)),
    )


def _claims_of_file(source: str, told: RunInfo | RunParameters | None) -> tuple[_Claims, ...]:
    if told is None:
        return ()
    claims = _Claims(
        source=source,
        run_id=told.run_id,
        run_number=told.run_number,
        instrument=told.instrument,
        flowcell=told.flowcell,
        side=told.side,
        date=told.date if isinstance(told, RunInfo) else told.start_date,
        lanes=told.lanes,
        reads=tuple(read for read in told.reads if read.cycles),
    )
    return (claims,)


def _claims_of_name(
    parts: RunFolderName | None, in_files: tuple[_Claims, ...]
) -> tuple[_Claims, ...]:
    if parts is None:
        return ()
    side, flowcell = _side_and_flowcell(parts, _first(in_files, lambda told: told.flowcell))
    family = family_of(parts.instrument)
    names_cartridge = family is not None and family.names_cartridge
    claims = _Claims(
        source="the folder's name",
        run_id=parts.illumina_name,
        run_number=parts.run_number,
        instrument=parts.instrument,
        flowcell=None if names_cartridge else flowcell,
        side=side,
        date=parts.date,
    )
    return (claims,)


def _side_and_flowcell(parts: RunFolderName, known: str | None) -> tuple[str | None, str]:
    """Split the name's flowcell into side and flowcell: as the files have it, else by the model."""
    written = parts.flowcell_id
    if known and known.casefold() == written.casefold():
        return None, written
    if known and known.casefold() == written[1:].casefold() and written[0] in "AB":
        return written[0], written[1:]
    return parts.side, parts.flowcell


def _original_name(in_files: tuple[_Claims, ...]) -> RunFolderName | None:
    return _first(in_files, lambda told: parse_run_folder_name(told.run_id or ""))


def _first(claims: tuple[_Claims, ...], fact: Callable[[_Claims], _T | None]) -> _T | None:
    return next((value for told in claims if (value := fact(told)) is not None), None)


def _merge(name: str, claims: tuple[_Claims, ...], parameters: RunParameters | None) -> RunFacts:
    instrument = _first(claims, lambda told: told.instrument)
    return RunFacts(
        run_id=_first(claims, lambda told: told.run_id),
        date=_first(claims, lambda told: told.date),
        instrument=instrument,
        model=model_of(instrument) if instrument else None,
        experiment=parameters.experiment if parameters else None,
        flowcell_id=flowcell_id_of(name),
        flowcell=_first(claims, lambda told: told.flowcell),
        side=_first(claims, lambda told: told.side),
        run_number=_first(claims, lambda told: told.run_number),
        lanes=_first(claims, lambda told: told.lanes),
        reads=_first(claims, lambda told: told.reads or None) or (),
        application=parameters.application if parameters else None,
        application_version=parameters.application_version if parameters else None,
        rta_version=parameters.rta_version if parameters else None,
        chemistry=parameters.chemistry if parameters else None,
        flowcell_type=parameters.flowcell_type if parameters else None,
        reagent_kit=parameters.reagent_kit if parameters else None,
        reagent_kit_type=parameters.reagent_kit_type if parameters else None,
        secondary_analysis=parameters.secondary_analysis if parameters else None,
    )


def _about_name(name: str, parts: RunFolderName | None, *, known: bool) -> Iterator[Problem]:
    if parts is None:
        yield Problem(
            "RUN_NAME_UNLIKE_ILLUMINA",
            Severity.INFO if known else Severity.WARNING,
            f"the folder's name is {quoted(name)}, a name such as "
            "200920_NB501009_0410_AHNLYFBGXG with a possible date was expected",
            "Nothing where RunInfo.xml is read, as its facts are used; else copy it to the folder.",
        )


def _about_instrument(facts: RunFacts) -> Iterator[Problem]:
    if facts.instrument and not facts.model:
        prefixes = ", ".join(prefix for family in FAMILIES for prefix in family.prefixes)
        yield Problem(
            "UNKNOWN_INSTRUMENT",
            Severity.WARNING,
            f"the instrument is {quoted(facts.instrument)}, whose model is not known: digits "
            f"after one of {prefixes} were expected",
            "Check the serial number; the run is kept, without a model.",
        )


def _disagreements(claims: tuple[_Claims, ...]) -> Iterator[Problem]:
    yield from _differs("RUN_ID", "run id", claims, lambda told: told.run_id)
    yield from _differs("RUN_NUMBER", "run number", claims, lambda told: told.run_number)
    yield from _differs("INSTRUMENT", "instrument", claims, lambda told: told.instrument)
    yield from _differs("FLOWCELL", "flowcell", claims, lambda told: told.flowcell)
    yield from _differs("SIDE", "side of the flowcell", claims, lambda told: told.side)
    yield from _differs("LANES", "number of lanes", claims, lambda told: told.lanes)
    yield from _differs("READS", "list of reads", claims, _cycles)
    if _are_days_apart(claims):
        yield from _differs("RUN_DATE", "date", claims, lambda told: told.date)


def _cycles(told: _Claims) -> str | None:
    reads = (f"{read.cycles}{' index' * read.is_index}" for read in told.reads)
    return " + ".join(reads) or None


def _are_days_apart(claims: tuple[_Claims, ...]) -> bool:
    """Names have local time and files may have UTC, so a day more or less is the same date."""
    dates = [told.date for told in claims if told.date]
    return bool(dates) and max(dates) - min(dates) > dt.timedelta(days=1)


def _differs(
    code: str,
    what: str,
    claims: tuple[_Claims, ...],
    fact: Callable[[_Claims], str | int | dt.date | None],
) -> Iterator[Problem]:
    told = [(claim.source, str(value)) for claim in claims if (value := fact(claim)) is not None]
    if len({value.casefold() for _, value in told}) > 1:
        listing = ", ".join(f"{quoted(value)} in {source}" for source, value in told)
        yield Problem(
            f"{code}_DIFFERS",
            Severity.WARNING,
            f"the {what} differs: {listing}; {told[0][0]} is believed",
            "Check that the folder's name and both files are of the same run.",
        )
