"""The tables behind the API, and what its calls do to them, without transactions."""

import hashlib
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


class RefusalError(Exception):
    """400, raised before or while writing."""

    def __init__(self, said: Any) -> None:
        super().__init__(said)
        self.said = said


class SickError(Exception):
    """500: something referred to does not exist, or is there twice."""


class HiddenError(Exception):
    """404 with JSON."""


class Tables:
    """Everything that was stored. Plain values only: it is written to a file as JSON."""

    def __init__(self, stored: Json | None = None) -> None:
        tables = ("experiments", "kits", "models", "sequencers", "runs", "sheets", "current")
        empty: Json = {name: {} for name in (*tables, "joint")}
        self.all: Json = stored or {**empty, "bams": [], "uploads": [], "wrong": [], "poison": []}

    def wrong(self, what: str) -> None:
        """Note what a sender must never do."""
        self.all["wrong"].append(what)

    def post(self, endpoint: str, body: Json, *, fail_second: bool = False) -> Json:
        name = endpoint.partition("/")[0]
        if "records" in body:
            for number, record in enumerate(body["records"]):
                if number == 1 and fail_second:
                    raise SickError
                self._poisoned(record)
                getattr(self, f"_{name}")(body, record)
            return {"message": "Records created successfully"}
        self._poisoned(body)
        stored: Json = getattr(self, f"_{name}")(body)
        return stored

    def _poisoned(self, body: Json) -> None:
        if any(word in str(body) for word in self.all["poison"]):
            raise SickError

    def _experiment(self, body: Json) -> Json:
        return self.all["experiments"].setdefault(body["name"], body)

    def _enrichment_kit(self, body: Json) -> Json:
        return self.all["kits"].setdefault(f"{body['name']}/{body['version']}", body)

    def _sequencer_model(self, body: Json) -> Json:
        return self.all["models"].setdefault(body["model"], body)

    def _sequencer(self, body: Json) -> Json:
        self._need("models", body["sequencer_model"]["model"])
        return self.all["sequencers"].setdefault(body["name"], body)

    def _sequencing_run(self, body: Json) -> Json:
        self._need("sequencers", body["sequencer"])
        self._need_kit(body["enrichment_kit"])
        if body["experiment"] not in self.all["experiments"]:
            raise RefusalError(
                {"experiment": [f"Object with name={body['experiment']} not found."]}
            )
        return self.all["runs"].setdefault(body["name"], body)

    def patch(self, name: str, body: Json) -> Json:
        run = self.all["runs"].get(name)
        if run is None or run["hidden"]:
            raise HiddenError
        run.update(body)
        return run

    def run(self, name: str) -> Json:
        run = self.all["runs"].get(name)
        if run is None or run["hidden"]:
            raise HiddenError
        done = [each for each in self.all["uploads"] if each["status"] == "Success"]
        return {**run, "vcf_set": [{"pk": each["id"], "path": each["path"]} for each in done]}

    def _need(self, table: str, key: str) -> None:
        if key not in self.all[table]:
            self.wrong(f"sent before what it needs: {table} {key}")
            raise SickError

    def _need_kit(self, kit: Json) -> None:
        self._need("kits", f"{kit['name']}/{kit['version']}")

    def _sample_sheet(self, body: Json) -> Json:
        run, sheet_hash = body["sequencing_run"], body["hash"]
        self._need("runs", run)
        sheets = self.all["sheets"].setdefault(run, {})
        sheet = sheets.setdefault(sheet_hash, {"samples": {}})
        sheet["path"] = body["path"]
        for sample in body["sequencingsample_set"]:
            self._need_kit(sample["enrichment_kit"])
            sheet["samples"][sample["sample_id"]] = sample
        old = self.all["current"].get(run)
        self.all["current"][run] = sheet_hash
        if old not in (None, sheet_hash) and _barcodes(sheets[old]) == _barcodes(sheet):
            self.move(run, old, sheet_hash)
        return body

    def move(self, run: str, old: str, new: str) -> None:
        """Move the files of a sheet to another version of it; joint VCFs stay."""
        for bam in self.all["bams"]:
            if (bam["run"], bam["hash"]) == (run, old):
                bam["hash"] = new

    def _sample(self, run: str, sheet_hash: str, name: str) -> None:
        sheet = self.all["sheets"].get(run, {}).get(sheet_hash)
        if sheet is None:
            raise RefusalError(["SampleSheet not found."])
        rows = [each for each in sheet["samples"].values() if each["sample_name"] == name]
        if not rows:
            raise RefusalError([f"SequencingSample not found for {name}"])
        if len(rows) > 1:
            self.wrong(f"a sample name that is twice in its sheet: {name}")
            raise SickError

    def _sequencing_files(self, body: Json, record: Json) -> None:
        lookup = body["sample_sheet"]
        run, sheet_hash, name = lookup["sequencing_run"], lookup["hash"], record["sample_name"]
        self._sample(run, sheet_hash, name)
        bam, vcf = record["bam_file"], record["vcf_file"]
        wanted = {
            "run": run, "hash": sheet_hash, "sample": name, "path": bam["path"],
            "aligner": bam["aligner"], "has_reads": "unaligned_reads" in record,
        }  # fmt: skip
        same = [
            each for each in self.all["bams"] if all(each[key] == wanted[key] for key in wanted)
        ]
        if not same:
            if any((each["run"], each["sample"]) == (run, name) for each in self.all["bams"]):
                self.wrong(f"a second BAM row for sample {name} of {run}")
            self.all["bams"].append({**wanted, "vcfs": [], "qc": {}})
            same = self.all["bams"][-1:]
        row = same[0]
        row["reads"] = record.get("unaligned_reads")
        self._vcf(row, vcf)

    def _vcf(self, row: Json, vcf: Json) -> None:
        for other in self.all["bams"]:
            for each in other["vcfs"]:
                is_other = other is not row or each["variant_caller"] != vcf["variant_caller"]
                if each["path"] == vcf["path"] and is_other:
                    raise RefusalError(
                        {"path": f"Existing SingleSampleVCF(pk=1) with path={vcf['path']}"}
                    )
        for each in row["vcfs"]:
            if each["variant_caller"] == vcf["variant_caller"]:
                each["path"] = vcf["path"]
                return
        row["vcfs"].append(dict(vcf))

    def _joint_called_vcf(self, body: Json) -> Json:
        lookup = body["sample_sheet"]
        if lookup["hash"] not in self.all["sheets"].get(lookup["sequencing_run"], {}):
            raise RefusalError(["SampleSheet not found."])
        stored = self.all["joint"].setdefault(body["path"], body)
        if stored != body:
            raise RefusalError({"path": f"Existing JointCalledVCF(pk=1) with path={body['path']}"})
        return stored

    def _qc_of(self, record: Json) -> Json:
        """Find the BAM that a QC is about: 500 where it is not under that sheet."""
        qc = record["qc"]
        lookup = qc["sequencing_sample"]["sample_sheet"]
        found = [
            each
            for each in self.all["bams"]
            if (each["run"], each["hash"]) == (lookup["sequencing_run"], lookup["hash"])
            and each["sample"] == qc["sequencing_sample"]["sample_name"]
        ]
        if len(found) != 1 or found[0]["path"] != qc["bam_file"]["path"]:
            raise SickError
        if all(each["path"] != qc["vcf_file"]["path"] for each in found[0]["vcfs"]):
            raise SickError
        stored: Json = found[0]["qc"]
        return stored

    def _qc_exec_summary(self, _: Json, record: Json) -> None:
        self._qc_of(record)["exec_summary"] = _without_qc(record)

    def _qc_gene_list(self, _: Json, record: Json) -> None:
        self._qc_of(record)["gene_list"] = _without_qc(record)

    def _qc_gene_coverage(self, _: Json, record: Json) -> None:
        self._qc_of(record)["gene_coverage"] = _without_qc(record)

    def upload(self, path: str, name: str, data: bytes, *, force: bool) -> Json:
        digest = hashlib.sha256(data).hexdigest()
        same = [each for each in self.all["uploads"] if each["sha256"] == digest]
        if any(each["path"] == path and each["status"] != "Error" for each in same):
            self.wrong(f"a second import of {path}")
        known = [each for each in same if each["status"] != "Created"]
        if known and not force:
            number = known[-1]["id"]
            return {"file_upload_id": number, "sha256_hash": digest, "message": "already known"}
        number = len(self.all["uploads"]) + 1
        self.all["uploads"].append(
            {"id": number, "path": path, "name": name, "sha256": digest, "status": "Created",
             "ends": "Success" if self._is_registered(path) else "Error"}
        )  # fmt: skip
        return {"file_upload_id": number, "sha256_hash": digest}

    def _is_registered(self, path: str) -> bool:
        if path in self.all["joint"]:
            return True
        return any(
            path in [each["path"] for each in bam["vcfs"]]
            or path == bam["qc"].get("gene_coverage", {}).get("path")
            for bam in self.all["bams"]
        )

    def upload_status(self, number: int) -> Json:
        """Tell how an import goes: it ends when it is asked about for the second time."""
        return self._told_of(self.all["uploads"][number - 1])

    def upload_status_by_content(self, digest: str) -> Json:
        same = [each for each in self.all["uploads"] if each["sha256"] == digest]
        if not same:
            raise HiddenError
        return self._told_of(same[-1])

    def _told_of(self, upload: Json) -> Json:
        said = {"pipeline_status": upload["status"], "progress_percent": 50, "error": None}
        if upload["status"] == "Error":
            said["error"] = "no such path is registered"
        upload["status"] = upload["ends"]
        return said


def _barcodes(sheet: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(each["sample_name"], each["barcode"]) for each in sheet["samples"].values()}


def _without_qc(record: Json) -> Json:
    return {name: value for name, value in record.items() if name != "qc"}
