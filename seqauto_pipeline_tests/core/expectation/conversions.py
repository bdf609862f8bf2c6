"""What a conversion is asked for in tests: the shipped layout, sheets, names and paths."""

from collections.abc import Sequence

from seqauto_pipeline.core.expectation.expected_files import (
    ExpectedFile,
    expected_files,
)
from seqauto_pipeline.core.expectation.samples import (
    ExpectedSample,
    SheetFacts,
    UsedSheet,
)
from seqauto_pipeline.core.sheet.conversion import conversion_settings
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import (
    expecting,
    run_listing,
    sample,
)

ILLUMINA = load_layout("illumina")
BASECALLS = "Data/Intensities/BaseCalls"
ON_BOARD = "Analysis/1/Data/BCLConvert/fastq"
ENDED = "Analysis/1/Data/Secondary_Analysis_Complete.txt"


def sheet(form: SheetFormat = SheetFormat.BCLCONVERT_V2, **settings: str) -> SheetFacts:
    return SheetFacts(form, conversion_settings(settings.get))


V1, V2, LEGACY = (
    sheet(form) for form in (SheetFormat.IEM_V1, SheetFormat.BCLCONVERT_V2, SheetFormat.LEGACY_FCID)
)


def fastqs(
    samples: Sequence[ExpectedSample],
    there: Sequence[str] = (),
    facts: SheetFacts = V1,
    *,
    model: str | None = "NovaSeq 6000",
    seen: Sequence[str] = (),
    used: dict[str, UsedSheet] | None = None,
    **run: object,
) -> tuple[ExpectedFile, ...]:
    asked = expecting(sheet=facts, model=model, **{"lanes": 1, **run})
    return expected_files(asked, samples, ILLUMINA, run_listing(there), frozenset(seen), used)


def paths(*arguments: object, **more: object) -> list[str]:
    return [file.path for file in fastqs(*arguments, **more)]  # type: ignore[arg-type]


def pair(stem: str) -> list[str]:
    return [f"{stem}_R{read}_001.fastq.gz" for read in (1, 2)]


def named(name: str, identity: str, number: int = 1, project: str | None = "P") -> ExpectedSample:
    return sample(name, number, lanes=[1], sample_id=identity, sample_project=project)
