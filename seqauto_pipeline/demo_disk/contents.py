"""What the files of the demo disk hold: small, valid, and made once for many files."""

import gzip
import random
import struct
import zlib
from dataclasses import dataclass

from seqauto_pipeline.core.layout import FileType, Per
from seqauto_pipeline.demo_disk.chance import seeded
from seqauto_pipeline.demo_disk.metadata import read_template
from seqauto_pipeline.demo_disk.plan import DemoRow, DemoRun

BAM_INDEX = b"BAI\1" + struct.pack("<IQ", 0, 0)  # no references, no reads without a place
INTEROP = bytes((6, 1))  # version and record length of a metrics file without records
_DEPTHS = (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 250)
_VARIANTS = 32
_BGZF_HEAD = bytes.fromhex("1f8b08040000000000ff0600424302")
_BGZF_END = bytes.fromhex("00001b0003000000000000000000")


@dataclass(frozen=True, slots=True)
class Stock:
    """Contents that many files share."""

    genes: tuple[str, ...]
    reads: tuple[bytes, ...]  # FASTQ, gzip
    alignments: bytes
    coverages: tuple[bytes, ...]  # per-gene tables, gzip
    figures: tuple[str, ...]  # of exec summaries, all lines but the sample's
    fastqc: tuple[bytes, ...]
    flagstats: tuple[bytes, ...]


def make_stock(seed: int) -> Stock:
    rng = seeded(seed, "stock")
    transcripts = tuple(read_template("genes.txt").split())
    several = range(_VARIANTS)
    return Stock(
        genes=tuple(transcript.partition(";")[0] for transcript in transcripts),
        reads=tuple(_gzip(_fastq(rng, number + 4)) for number in several),
        alignments=_bam(),
        coverages=tuple(_gzip(_coverage(rng, transcripts)) for _ in several),
        figures=tuple(_figures(rng) for _ in several),
        fastqc=tuple(_fastqc(rng) for _ in several),
        flagstats=tuple(_flagstat(rng) for _ in several),
    )


def sample_file(stock: Stock, file_type: FileType, run: DemoRun, row: DemoRow, path: str) -> bytes:
    """Give the contents of a file of one sample."""
    variant = run.position * 7 + row.sample_number
    shared = {
        "gene_coverage": stock.coverages,
        "fastqc": stock.fastqc,
        "flagstat": stock.flagstats,
    }
    if file_type.content == "exec_summary":
        return _summary(stock, row.sample_name, variant)
    if file_type.content == "gene_list":
        return _gene_list(stock, variant)
    if file_type.content in shared:
        return shared[file_type.content][variant % _VARIANTS]
    if file_type.per is Per.READ:
        return stock.reads[variant % _VARIANTS]
    return stock.alignments if path.endswith(".bam") else vcf((row.sample_name,))


def run_file(file_type: FileType, run: DemoRun) -> bytes:
    """Give the contents of a file of the whole run."""
    if file_type.content == "illumina_qc":
        return _illumina_qc(run)
    return vcf(tuple(dict.fromkeys(row.sample_name for row in run.rows if row.has_files)))


def summary_values(stock: Stock, run: DemoRun, row: DemoRow, sample_name: str) -> bytes:
    """Give the table beside an exec summary, for whichever sample it is to name."""
    variant = run.position * 7 + row.sample_number
    lines = stock.figures[variant % _VARIANTS]
    return f"Name\tValue\nSample\t{sample_name}\n{lines}".encode()


def vcf(sample_names: tuple[str, ...]) -> bytes:
    """Make a VCF with one variant, gzip."""
    columns = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
    variant = ("chr17", "43093464", ".", "T", "C", "812.6", "PASS", ".", "GT")
    lines = (
        "##fileformat=VCFv4.2",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "##contig=<ID=chr17,length=83257441>",
        "\t".join((*columns, *sample_names)),
        "\t".join((*variant, *("0/1" for _ in sample_names))),
        "",
    )
    return _gzip("\n".join(lines))


def _gzip(text: str) -> bytes:
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def _fastq(rng: random.Random, reads: int) -> str:
    return "".join(
        f"@DEMO:1:FLOWCELL:1:1101:{number}:1000 1:N:0\n"
        f"{''.join(rng.choices('ACGT', k=101))}\n+\n{'F' * 101}\n"
        for number in range(reads)
    )


def _bam() -> bytes:
    """Make a BAM file with a header and no reads: one BGZF block, and the end mark."""
    text = b"@HD\tVN:1.6\tSO:coordinate\n"
    data = b"BAM\1" + struct.pack("<I", len(text)) + text + struct.pack("<I", 0)
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = compressor.compress(data) + compressor.flush()
    size = struct.pack("<H", len(_BGZF_HEAD) + 3 + len(packed) + 8 - 1)
    block = b"\0" + size + packed + struct.pack("<II", zlib.crc32(data), len(data))
    return _BGZF_HEAD + block + _BGZF_HEAD + _BGZF_END[1:]


def _gene_list(stock: Stock, variant: int) -> bytes:
    genes = seeded(variant).sample(stock.genes, k=3 + variant % 12)
    return "".join(f"{gene}\n" for gene in genes).encode()


def _coverage(rng: random.Random, transcripts: tuple[str, ...]) -> str:
    header = ("Name", "Size", "Mean", "StdDev", "Max", "Min", *(f"% >={n}X" for n in _DEPTHS))
    rows = ("\t".join(_coverage_row(rng, each)) for each in transcripts)
    return "\n".join(("\t".join(header), *rows, ""))


def _coverage_row(rng: random.Random, transcript: str) -> tuple[str, ...]:
    mean = rng.uniform(60, 320)
    covered = [100.0, *sorted((rng.uniform(0, 100) for _ in _DEPTHS[1:]), reverse=True)]
    return (
        transcript,
        str(rng.randrange(600, 9000)),
        f"{mean:.2f}",
        f"{rng.uniform(5, 60):.2f}",
        str(int(mean * rng.uniform(1.4, 3))),
        str(int(mean * rng.uniform(0.05, 0.5))),
        *(f"{percent:.2f}" for percent in covered),
    )


def _figures(rng: random.Random) -> str:
    reads = rng.randrange(1_000_000, 90_000_000)
    figures = {
        "%Reads": f"{rng.uniform(1, 9):.2f}",
        "Reads": f"{reads}.00",
        "DedupReads": f"{int(reads * 0.9)}.00",
        "%ReadEnrich": f"{rng.uniform(60, 95):.2f}",
        "MedianInsert": f"{rng.uniform(150, 400):.2f}",
        "%bp20x_Kit": f"{rng.uniform(85, 99):.2f}",
        "MeanDepth_Kit": f"{rng.uniform(80, 200):.2f}",
        "%Duplication": f"{rng.uniform(3, 25):.2f}",
        "%UniformCov": f"{rng.uniform(80, 98):.2f}",
        "SNPs": f"{rng.randrange(8_000, 60_000)}.00",
        "%SNPs_dbSNP": f"{rng.uniform(94, 99):.2f}",
        "Indels": f"{rng.randrange(500, 6_000)}.00",
        "%Indels_dbSNP": f"{rng.uniform(80, 95):.2f}",
        "Ts/Tv": f"{rng.uniform(2, 3.3):.3f}",
        "SampleID_LOD": rng.choice((f"{rng.uniform(5, 60):.2f}", "NotAvail")),
        "%map2diff_chr": f"{rng.uniform(0.3, 3):.2f}",
        "%SoftClipRate": f"{rng.uniform(0.5, 4):.2f}",
        "%ErrorRate": f"{rng.uniform(0.2, 2):.2f}",
        "MeanDepth_GOI": f"{rng.uniform(80, 300):.2f}",
        "%bp20X_GOI": f"{rng.uniform(95, 100):.2f}",
        "%bp10X_GOI": f"{rng.uniform(97, 100):.2f}",
        "Nb_low_coverage_exons_GOI": str(rng.randrange(9)),
        "SexMatch": rng.choice(("M=yes", "F=yes")),
    }
    return "".join(f"{name}\t{value}\n" for name, value in figures.items())


def _summary(stock: Stock, sample_name: str, variant: int) -> bytes:
    lines = dict(line.split("\t") for line in stock.figures[variant % _VARIANTS].splitlines())
    return (
        f"Version 0.1.0\nSample {sample_name}\n\n\tObserved\n"
        f"Mean coverage across kit\t{lines['MeanDepth_Kit']}\n"
        f"Uniformity of Coverage\t{lines['%UniformCov']}\n"
    ).encode()


def _fastqc(rng: random.Random) -> bytes:
    return (
        "##FastQC\t0.11.9\n>>Basic Statistics\tpass\n#Measure\tValue\n"
        "Filename\treads.fastq.gz\nFile type\tConventional base calls\n"
        "Encoding\tSanger / Illumina 1.9\n"
        f"Total Sequences\t{rng.randrange(1_000_000, 40_000_000)}\n"
        "Sequences flagged as poor quality\t0\nSequence length\t151\n"
        f"%GC\t{rng.randrange(40, 56)}\n>>END_MODULE\n"
        ">>Per base sequence quality\tpass\n>>END_MODULE\n"
    ).encode()


def _flagstat(rng: random.Random) -> bytes:
    pairs = rng.randrange(500_000, 40_000_000)
    total, mapped, proper = 2 * pairs, 2 * pairs - pairs // 90, 2 * pairs - pairs // 40
    return (
        f"{total} + 0 in total (QC-passed reads + QC-failed reads)\n"
        "0 + 0 secondary\n0 + 0 supplementary\n"
        f"{total // 9} + 0 duplicates\n"
        f"{mapped} + 0 mapped ({100 * mapped / total:.2f}% : N/A)\n"
        f"{total} + 0 paired in sequencing\n{pairs} + 0 read1\n{pairs} + 0 read2\n"
        f"{proper} + 0 properly paired ({100 * proper / total:.2f}% : N/A)\n"
        f"{mapped - 900} + 0 with itself and mate mapped\n900 + 0 singletons (0.01% : N/A)\n"
        f"{pairs // 70} + 0 with mate mapped to a different chr\n"
        f"{pairs // 90} + 0 with mate mapped to a different chr (mapQ>=5)\n"
    ).encode()


def _illumina_qc(run: DemoRun) -> bytes:
    rng = seeded(run.run_id, "report")
    cycles = [(run.instrument.cycles, "")] * 2
    cycles[1:1] = [(cycle, " (Index)") for cycle in run.instrument.index_reads]
    reads = "".join(
        f"Read {number}: {rng.uniform(85, 96):.6f}{mark}\n"
        for number, (_, mark) in enumerate(cycles, 1)
    )
    counts = "".join(
        f"{row.index}{'-' + row.index2 if row.index2 else ''} {run.project} {row.sample_name} "
        f"{rng.randrange(1_000_000, 40_000_000)}\n"
        for row in run.rows
    )
    density = rng.randrange(160_000, 240_000)
    return (
        f"TILE METRICS\n------------\nMean Cluster Density: {density}\n"
        f"Mean PF Cluster Density: {int(density * 0.9)}\n"
        f"Total Clusters: {density * 2000}\nTotal PF Clusters: {int(density * 1800)}\n"
        f"Percentage of Clusters PF: {rng.uniform(85, 92):.6f}\n"
        f"Aligned to PhiX: {rng.uniform(0.5, 2):.6f}\n\n"
        f"QUALITY METRICS\n---------------\n{reads}\n"
        f"INDEXING METRICS\n----------------\n{counts}"
    ).encode()
