"""Random sequences of scans, changes of disk and sheet, deliveries, and faults of the server."""

import random
from collections.abc import Callable
from pathlib import Path

from seqauto_pipeline.delivery.report import DeliveryReport
from seqauto_pipeline_tests.delivery.agreement import disagreements
from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples, values_text

_FAULTS = (
    *("drop_before", "drop_after", "429", "500", "502", "503", "504", "html200", "nonsense"),
    *("redirect", "fail_second"),
)
_STEPS = 8
_PER_SAMPLE = ("fastq", "bam", "vcf", "exec_summary", "gene_list", "gene_coverage")
_LAST_DELIVERIES = 12


class Sequence:
    """One sequence, drawn from a seed."""

    def __init__(self, folder: Path, api: Api, seed: int) -> None:
        self.chance = random.Random(seed)
        api.empty()
        self.api, self.lab = api, SendingLab(folder, api)
        self.lab.environ |= {
            "SEQAUTO_DELIVERY_ATTEMPTS": "20",
            "SEQAUTO_DELIVERY_BATCH_RECORDS": str(self.chance.choice([1, 2, 50])),
        }
        self.runs: list[RunFolder] = [self.lab.run(1).complete()]
        self.told: list[str] = []

    def play(self) -> list[str]:
        """Play it to its end; give what does not agree then."""
        actions: tuple[Callable[[], object], ...] = (
            *(self._add_run, self._new_sheet, self._touch_sheet, self._lose_file, self._find_files),
            *(self._new_figures, self._move, self._restart),
            *(self._fault, self._fault, self._fault),
            *(self._scan, self._scan, self._deliver, self._deliver, self._deliver),
        )
        for _ in range(_STEPS):
            action = self.chance.choice(actions)
            self.told.append(action.__name__)
            action()
        self.api.control(faults=[])
        self._scan()
        for _ in range(_LAST_DELIVERIES):
            self.lab.make_due()
            self.lab.retry()
            report = self._deliver()
            if not report.counts and not report.stopped:
                break
        return disagreements(self.lab, self.api)

    def _run(self) -> RunFolder:
        return self.chance.choice(self.runs)

    def _sample(self, run: RunFolder) -> str:
        return self.chance.choice([each.name for each in run.samples])

    def _add_run(self) -> None:
        number = len(self.runs) + 1
        names = [f"S{each}" for each in range(1, self.chance.randint(1, 4) + 1)]
        self.runs.append(self.lab.run(number, rows=samples(*names)).complete())

    def _new_sheet(self) -> None:
        run = self._run()
        names = [f"S{each}" for each in range(1, self.chance.randint(1, 4) + 1)]
        run.write_sheet(samples(*names))

    def _touch_sheet(self) -> None:
        run = self._run()
        run.write_sheet(run.sheet.read_bytes() + b"\n")

    def _lose_file(self) -> None:
        run = self._run()
        kind, sample = self.chance.choice(_PER_SAMPLE), self._sample(run)
        place = run.place(kind, sample, 1 if kind == "fastq" else None)
        place.unlink(missing_ok=True)

    def _find_files(self) -> None:
        run = self._run()
        for kind in _PER_SAMPLE:
            run.write_all(kind)

    def _new_figures(self) -> None:
        run = self._run()
        sample = self._sample(run)
        value = self.chance.choice(["11.5", "97.25", "NotAvail"])
        place = run.values_of("exec_summary", sample)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(values_text(sample, MedianInsert=value))

    def _move(self) -> None:
        run = self._run()
        run.move(self.chance.choice(["kit_a", "kit_b"]))

    def _restart(self) -> None:
        self.api.stop()
        if self.chance.random() < 0.5:
            self.lab.environ["SEQAUTO_DELIVERY_CONNECT_TIMEOUT_SECONDS"] = "0.2"
            self._deliver()
        self.api.start()

    def _fault(self) -> None:
        faults = [
            self.chance.choice(_FAULTS) if self.chance.random() < 0.5 else ""
            for _ in range(self.chance.randint(1, 6))
        ]
        if self.chance.random() < 0.15:  # these take seconds
            faults[-1] = self.chance.choice(["hang", "slow"])
        self.told[-1] += f" {faults}"
        self.api.control(faults=faults)

    def _scan(self) -> None:
        self.lab.scan()  # where the brake holds, that ends in an error and is as it should be

    def _deliver(self) -> DeliveryReport:
        if not (self.lab.home / "seqauto.db").exists():
            self._scan()
        self.lab.make_due()
        return self.lab.deliver()
