"""The things of a run's files: file sets of samples, joint VCFs, QC, uploads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.db.outbox.load import (
    BAM,
    EXEC_SUMMARY,
    FASTQ,
    GENE_COVERAGE,
    GENE_LIST,
    JOINT_VCF,
    VCF,
)
from seqauto_pipeline.db.outbox.values import RunToTell, StoredFile
from seqauto_pipeline.delivery.figures import exec_summary_body, gene_list_body
from seqauto_pipeline.delivery.names import badly_named, disk_path, file_path, first_badly_named
from seqauto_pipeline.delivery.rules import DeliveryRules, Tool
from seqauto_pipeline.delivery.run_things import SampleToTell, sheet_key
from seqauto_pipeline.delivery.things import BlockCode, Blocked, Body, Json, Kind, Thing, ThingKey

_FILES, _SHEET = Kind.SEQUENCING_FILES.value, Kind.SAMPLE_SHEET.value
_QC_FILES = (
    (EXEC_SUMMARY, Kind.EXEC_SUMMARY),
    (GENE_LIST, Kind.GENE_LIST),
    (GENE_COVERAGE, Kind.GENE_COVERAGE),
)


@dataclass(frozen=True, slots=True)
class FilesOfRun:
    """The files of a run by what they are of."""

    run: RunToTell
    rules: DeliveryRules
    folder: str  # as the disk has it
    by_sample: dict[tuple[str, str], list[StoredFile]]  # type and sample name
    joint: tuple[StoredFile, ...]
    sheet: tuple[ThingKey, ...]  # what all files hang on

    def path(self, file: StoredFile) -> str:
        return file_path(self.folder, file.path)

    def key(self, file: StoredFile) -> str:
        """Name a file by its path, escaped: a database takes no name that is not UTF-8."""
        return path_from(f"{self.run.root}/{self.run.path}", file.path)

    def one(self, file_type: str, sample: SampleToTell) -> StoredFile | None:
        found = self.by_sample.get((file_type, sample.sample_name), ())
        return found[0] if len(found) == 1 else None


def files_of(run: RunToTell, rules: DeliveryRules) -> FilesOfRun:
    by_sample: dict[tuple[str, str], list[StoredFile]] = {}
    for file in run.files:
        if file.sample_name is not None:
            by_sample.setdefault((file.file_type, file.sample_name), []).append(file)
    joint = tuple(file for file in run.files if file.file_type == JOINT_VCF)
    folder = disk_path(run.root, run.path)
    sheet = ((_SHEET, sheet_key(run)),)
    return FilesOfRun(run, rules, folder, by_sample, joint, sheet)


def file_things(
    run: RunToTell, samples: Sequence[SampleToTell], rules: DeliveryRules
) -> Iterator[Thing]:
    """Give what there is of a run's files, in order of dependence."""
    files = files_of(run, rules)
    keyed = [(sample, sample_key(run, sample)) for sample in samples]
    for sample, key in keyed:
        yield _file_set(files, sample, key)
    said = [(sample, key) for sample, key in keyed if sample.blocked is None]
    joint = [file for file in files.joint if file.is_complete]
    for file in joint:
        yield _joint_vcf(files, file)
    for file_type, kind in _QC_FILES:
        for sample, key in said:
            found = files.one(file_type, sample)
            if found is not None and found.is_complete:
                yield _qc_thing(files, key, found, kind)
    yield from _uploads(files, said, joint)


def sample_key(run: RunToTell, sample: SampleToTell) -> str:
    """Name what is of one sample. Two ids may share a name, which is then blocked."""
    is_twice = sample.blocked is not None and sample.blocked.code is BlockCode.SAMPLE_NAME_TWICE
    same = f"{run.name}/{sample.sample_name}"
    return f"{same}/{sample.sample_id}" if is_twice else same


def _file_set(files: FilesOfRun, sample: SampleToTell, key: str) -> Thing:
    """Give the files of one sample, once all that are expected of the set are complete."""
    if sample.blocked is not None:
        return Thing(Kind.SEQUENCING_FILES, key, None, blocked=sample.blocked)
    bam, vcf = files.one(BAM, sample), files.one(VCF, sample)
    if bam is None or vcf is None:
        return Thing(Kind.SEQUENCING_FILES, key, None, lacks="one BAM and one VCF of the sample")
    for name, file in (("BAM", bam), ("VCF", vcf)):
        if not file.is_complete:
            lacks = f"its {name}, which is {file.data_state}"
            return Thing(Kind.SEQUENCING_FILES, key, None, lacks=lacks)
    reads = _reads(files, sample)
    if isinstance(reads, str):
        return Thing(Kind.SEQUENCING_FILES, key, None, lacks=reads)
    if isinstance(reads, Blocked):
        return Thing(Kind.SEQUENCING_FILES, key, None, blocked=reads)
    return _whole_set(files, sample, key, (bam, vcf), reads)


def _whole_set(
    files: FilesOfRun,
    sample: SampleToTell,
    key: str,
    both: tuple[StoredFile, StoredFile],
    reads: Body,
) -> Thing:
    bam, vcf = both
    bam_path, vcf_path = files.path(bam), files.path(vcf)
    aligner = files.rules.aligner(_name(bam), sample.kit)
    caller = files.rules.caller(_name(vcf), sample.kit)
    blocked = (
        badly_named("the BAM", bam_path)
        or badly_named("the VCF", vcf_path)
        or _no_tool("delivery_aligners", aligner, bam, sample.kit)
        or _no_tool("delivery_variant_callers", caller, vcf, sample.kit)
    )
    if blocked is not None or aligner is None or caller is None:
        return Thing(Kind.SEQUENCING_FILES, key, None, blocked=blocked)
    body: dict[str, Json] = {
        "sample_name": sample.sample_name,
        "bam_file": {
            "path": bam_path,
            "aligner": {"name": aligner.name, "version": aligner.version},
        },
        "vcf_file": {"path": vcf_path, "variant_caller": _caller_body(caller)},
    }
    if reads:
        body["unaligned_reads"] = dict(reads)
    return Thing(Kind.SEQUENCING_FILES, key, body, files.sheet)


def _reads(files: FilesOfRun, sample: SampleToTell) -> Body | Blocked | str:
    """Give the one pair of FASTQs, nothing where there is not exactly one; or what is lacking."""
    found = files.by_sample.get((FASTQ, sample.sample_name), [])
    gone = [file for file in found if not file.is_complete]
    if gone:
        return _without_reads(files, gone)
    pairs: dict[int | None, dict[int | None, StoredFile]] = {}
    for file in found:
        pairs.setdefault(file.lane, {})[file.read] = file
    if len(pairs) != 1:
        return {}
    (pair,) = pairs.values()
    if not {1} <= pair.keys() <= {1, 2}:
        return {}
    paths = {f"fastq_r{read}": files.path(file) for read, file in sorted(pair.items())}
    bad = first_badly_named(("the FASTQ", path) for path in paths.values())
    return bad or {name: {"path": path} for name, path in paths.items()}


def _without_reads(files: FilesOfRun, gone: Sequence[StoredFile]) -> Body | Blocked | str:
    """Say what becomes of a set whose FASTQs are not there: archived ones are not waited for."""
    run = files.run
    if files.rules.archive.covers(FASTQ, run.enrichment_kit, run.date):
        return {}
    first = gone[0]
    if first.data_state != DataState.DELETED.value:
        return f"its FASTQ {_name(first)}, which is {first.data_state}"
    reason = (
        f"the FASTQ {_name(first)} was deleted before it could be delivered, and files once sent "
        "without it cannot be sent with it later; restore it, or name what you archive in the "
        "setting archived"
    )
    return Blocked(BlockCode.READS_LOST, reason)


def _no_tool(setting: str, tool: Tool | None, file: StoredFile, kit: str | None) -> Blocked | None:
    if tool is not None:
        return None
    reason = (
        f"the setting {setting} does not say what made {_name(file)} of kit {kit}, and VariantGrid "
        "needs name and version; add a line for it"
    )
    return Blocked(BlockCode.NO_TOOL, reason)


def _caller_body(caller: Tool) -> dict[str, Json]:
    return {"name": caller.name, "version": caller.version, "run_params": caller.run_params}


def _joint_vcf(files: FilesOfRun, file: StoredFile) -> Thing:
    run, path, key = files.run, files.path(file), files.key(file)
    caller = files.rules.caller(_name(file), run.enrichment_kit)
    blocked = badly_named("the joint VCF", path) or _no_tool(
        "delivery_variant_callers", caller, file, run.enrichment_kit
    )
    if blocked is not None or caller is None:
        return Thing(Kind.JOINT_VCF, key, None, blocked=blocked)
    body: dict[str, Json] = {"path": path, "variant_caller": _caller_body(caller)}
    return Thing(Kind.JOINT_VCF, key, body, files.sheet)


def _qc_thing(files: FilesOfRun, key: str, file: StoredFile, kind: Kind) -> Thing:
    """Give one QC file; which files of the sample it is about is added when it is sent."""
    path = files.path(file)
    made = badly_named("the file", path) or _qc_body(files, file, kind, path)
    if isinstance(made, Blocked):
        return Thing(kind, key, None, (), made)
    return Thing(kind, key, made, ((_FILES, key),))


def _qc_body(files: FilesOfRun, file: StoredFile, kind: Kind, path: str) -> Body | Blocked:
    if kind is Kind.GENE_COVERAGE:
        return {"path": path}
    content = files.run.contents.get(file.id, {})
    if kind is Kind.EXEC_SUMMARY:
        return exec_summary_body(path, content, file.modified_ns)
    return gene_list_body(path, content)


def _uploads(
    files: FilesOfRun, said: Sequence[tuple[SampleToTell, str]], joint: Sequence[StoredFile]
) -> Iterator[Thing]:
    wanted = files.rules.uploads
    of_joint: tuple[ThingKey, ...] = ()
    if JOINT_VCF in wanted:
        things = [
            _upload(files, file, Kind.UPLOAD_VCF, ((Kind.JOINT_VCF.value, files.key(file)),))
            for file in joint
        ]
        yield from things
        of_joint = tuple(thing.id for thing in things)
    for sample, key in said:
        before: tuple[ThingKey, ...] = of_joint
        vcf, coverage = files.one(VCF, sample), files.one(GENE_COVERAGE, sample)
        if VCF in wanted and vcf is not None and vcf.is_complete:
            thing = _upload(files, vcf, Kind.UPLOAD_VCF, ((_FILES, key),))
            yield thing
            before = (thing.id,)
        if GENE_COVERAGE in wanted and coverage is not None and coverage.is_complete:
            # It is read with the genome build of the VCF that was imported before it.
            needs = ((Kind.GENE_COVERAGE.value, key), *before)
            yield _upload(files, coverage, Kind.UPLOAD_COVERAGE, needs)


def _upload(files: FilesOfRun, file: StoredFile, kind: Kind, needs: tuple[ThingKey, ...]) -> Thing:
    path = files.path(file)
    blocked = badly_named("the file", path)
    body: Body = {"path": path, "size": file.size, "modified_ns": file.modified_ns}
    return Thing(kind, files.key(file), None if blocked else body, needs, blocked)


def _name(file: StoredFile) -> str:
    return file.path.rpartition("/")[2]
