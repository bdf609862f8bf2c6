"""The example of each kind of QC file, and what the tests of all readers ask of it."""

import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.readers import (
    JsonObject,
    Loaded,
    read_exec_summary,
    read_fastqc,
    read_flagstat,
    read_gene_coverage,
    read_gene_list,
    read_illumina_qc,
)

DATA = Path(__file__).parents[2] / "data" / "qc"
SAMPLE = "S003-01_4049085A"

READERS: dict[str, Callable[[bytes], Loaded]] = {
    "exec_summary": lambda data: read_exec_summary(data, sample_name=SAMPLE),
    "gene_list": read_gene_list,
    "gene_coverage": lambda data: read_gene_coverage(data, genes=frozenset({"ALPL"}), keep="all"),
    "fastqc": read_fastqc,
    "flagstat": read_flagstat,
    "illumina_qc": read_illumina_qc,
}
EXAMPLES = {
    "exec_summary": "sample_stats.tsv",
    "gene_list": "gene_list.txt",
    "gene_coverage": "sample.per_gene_coverage.tsv",
    "fastqc": "fastqc_data.txt",
    "flagstat": "flagstat_1.17.txt",
    "illumina_qc": "illuminate_report.txt",
}


def example(name: str) -> bytes:
    return (DATA / name).read_bytes()


def content(loaded: Loaded) -> JsonObject:
    assert loaded.data is not None, loaded.problems
    return loaded.data


def only(loaded: Loaded) -> Problem:
    assert len(loaded.problems) == 1, loaded.problems
    return loaded.problems[0]


def read_stats(text: str) -> Loaded:
    return read_exec_summary(text.encode(), sample_name="A")


def stats(**figures: str) -> str:
    """A summary of sample A that has all that VariantGrid requires."""
    values = {
        "Sample": "A",
        "%ReadEnrich": "88.51",
        "MedianInsert": "381.62",
        "MeanDepth_Kit": "93.40",
        "MeanDepth_GOI": "191.90",
        "%Duplication": "10.64",
        "%UniformCov": "93.73",
    } | figures
    return "Name\tValue\n" + "".join(f"{name}\t{value}\n" for name, value in values.items())


def is_sound(loaded: Loaded) -> bool:
    """Hold what every caller relies on."""
    json.dumps(loaded.data, allow_nan=False)
    has_error = any(problem.severity is Severity.ERROR for problem in loaded.problems)
    return has_error == (loaded.data is None) and all(
        len(problem.message) < 1_000 and problem.fix and problem.message.isprintable()
        for problem in loaded.problems
    )


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut a piece of an example out, and put another in its place."""
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + draw(st.sampled_from([0, 1, 5, 500])))))
    piece = draw(
        st.one_of(
            st.binary(max_size=8),
            st.text("0123456789.,;:+-%()\t\n eNnaif", max_size=12).map(str.encode),
            st.sampled_from([b"nan", b"1e999", b"\x85", b"\xe2\x80\xa8", b"9" * 5000, b"\t" * 9]),
        )
    )
    return data[:start] + piece + data[end:]
