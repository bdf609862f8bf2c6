"""The QC files of a sample or run: bytes -> values for JSON, and Problems. Never an exception.

Compressed files come decompressed. A file with a problem of severity error has no data.
"""

from seqauto_pipeline.core.qc.exec_summary import read_exec_summary
from seqauto_pipeline.core.qc.fastqc import read_fastqc
from seqauto_pipeline.core.qc.flagstat import read_flagstat
from seqauto_pipeline.core.qc.gene_coverage import Keep, read_gene_coverage
from seqauto_pipeline.core.qc.gene_list import read_gene_list
from seqauto_pipeline.core.qc.illumina_qc import read_illumina_qc
from seqauto_pipeline.core.qc.values import JsonObject, JsonValue, Loaded

__all__ = [
    "JsonObject",
    "JsonValue",
    "Keep",
    "Loaded",
    "read_exec_summary",
    "read_fastqc",
    "read_flagstat",
    "read_gene_coverage",
    "read_gene_list",
    "read_illumina_qc",
]
