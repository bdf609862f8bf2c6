"""RunInfo, RunParameters and sheet heads: real files with one sequencing run's values put in."""

import datetime as dt
from collections.abc import Mapping
from importlib.resources import files

from seqauto_pipeline.demo_disk import templates
from seqauto_pipeline.demo_disk.plan import DemoRun

OPERATOR = "Demo Lab"


def read_template(name: str) -> str:
    """Give a template as it is, line ends included."""
    return files(templates).joinpath(name).read_bytes().decode("utf-8")


def run_info(run: DemoRun) -> bytes:
    return fill(read_template(f"{run.instrument.template}_RunInfo.xml"), run).encode()


def run_parameters(run: DemoRun) -> bytes:
    instrument = run.instrument
    text = read_template(f"{instrument.template}_{instrument.run_parameters}")
    return fill(text, run).encode()


def fill(text: str, run: DemoRun, more: Mapping[str, str] | None = None) -> str:
    """Replace the marks of a template, such as ``@RUN_ID@``."""
    for mark, value in {**_marks(run), **(more or {})}.items():
        text = text.replace(f"@{mark}@", value)
    return text


def _marks(run: DemoRun) -> Mapping[str, str]:
    instrument, date = run.instrument, run.date
    return {
        "RUN_ID": run.run_id,
        "NUMBER": str(run.number),
        "INSTRUMENT": run.serial,
        "FLOWCELL": run.flowcell,
        "SIDE": run.side,
        "SIDE_NUMBER": str("AB".find(run.side) + 1),
        "EXPERIMENT": run.experiment,
        "DATE": f"{date:%y%m%d}",
        "DATE_US": f"{date.month}/{date.day}/{date.year}",
        "DATE_ISO": date.isoformat(),
        "NEXT_DATE_ISO": (date + dt.timedelta(days=1)).isoformat(),
        "MODEL": instrument.model,
        "OPERATOR": OPERATOR,
        "CYCLES": str(instrument.cycles),
        "INDEX_CYCLES": str(instrument.index_lengths[-1]),
        "OVERRIDE_CYCLES": _override_cycles(run),
    }


def _override_cycles(run: DemoRun) -> str:
    """Say which cycles of each read are used: index reads may be longer than the indexes."""
    instrument = run.instrument
    index_reads = (
        f"I{length}" + (f"N{cycles - length}" if cycles > length else "")
        for length, cycles in zip(instrument.index_lengths, instrument.index_reads, strict=True)
    )
    read = f"Y{instrument.cycles}"
    return ";".join((read, *index_reads, read))
