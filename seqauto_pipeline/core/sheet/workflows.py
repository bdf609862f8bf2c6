"""The DRAGEN workflows that a v2 sheet asks for: [DragenGermline_Settings], [DragenGermline_Data].

A workflow reads the FASTQs of its samples, and deletes them at its end unless it is to keep them.
Sources: miso-lims/runscanner, docs/analysis.md, "BCLConvert"; imgag/megSAP, doc/NovaSeqXPlus.md, of
the setting's spelling. What runs in the cloud ([Cloud_...]) deletes nothing on the disk.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.cells import first_value, key_and_value
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.conversion import Workflow, flag
from seqauto_pipeline.core.sheet.sections import SheetSections, header_place
from seqauto_pipeline.core.sheet.text import Row, Section
from seqauto_pipeline.core.sheet.words import word

_SETTINGS, _DATA = "settings", "data"


def workflows_of(sections: SheetSections) -> tuple[Workflow, ...]:
    """List the workflows in the order of the sheet."""
    parts: dict[str, list[_Part]] = {}
    for part in _parts(sections):
        parts.setdefault(part.of, []).append(part)
    return tuple(map(_workflow, parts.values()))


def unconverted_samples(sections: SheetSections, converted: Collection[str]) -> Iterator[Problem]:
    """Name samples of workflows that the conversion, which lists ``converted``, does not have."""
    told: set[str] = set()
    for part in _parts(sections):
        for row, sample_id in _samples(part):
            if sample_id not in converted and sample_id not in told:
                told.add(sample_id)
                message = f"{quoted(sample_id)} is listed in {quoted(part.section.name)} and not "
                message += "in [BCLConvert_Data]: no reads will be assigned to it"
                yield found("SAMPLE_NOT_CONVERTED", message, row.line, "Sample_ID")


@dataclass(frozen=True, slots=True)
class _Part:
    of: str  # the word of the workflow
    kind: str
    section: Section


def _parts(sections: SheetSections) -> Iterator[_Part]:
    for section in sections.named:
        whole = word(section.name)
        for kind in (_SETTINGS, _DATA):
            if whole.startswith("dragen") and whole.endswith(kind):
                yield _Part(whole.removesuffix(kind), kind, section)


def _workflow(parts: list[_Part]) -> Workflow:
    name = parts[0].section.name
    said = {
        flag(value)
        for part in parts
        if part.kind == _SETTINGS
        for key, value in map(key_and_value, part.section.rows)
        if word(key) == "keepfastq"
    }
    return Workflow(
        name=name.rpartition("_")[0] or name,
        deletes_fastqs=said == {False},
        sample_ids=frozenset(sample_id for part in parts for _, sample_id in _samples(part)),
    )


def _samples(part: _Part) -> Iterator[tuple[Row, str]]:
    rows = part.section.rows if part.kind == _DATA else ()
    place = header_place(rows)
    if place is None:
        return
    column = tuple(map(word, rows[place].cells)).index("sampleid")
    for row in rows[place + 1 :]:
        sample_id = first_value(row.cells, (column,))
        if sample_id:
            yield row, sample_id
