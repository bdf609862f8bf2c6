"""One run, scanned again and again, as the store keeps it."""

from sqlalchemy import Engine

from seqauto_pipeline.core.file_list import RunListing, Scope
from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_judgement import judge_run
from seqauto_pipeline.core.verdict.run_plan import RunPlan, plan_run
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline_tests.cli.conftest import scan_time
from seqauto_pipeline_tests.core.runs import LAB, parsed


class Life:
    """One run as it is judged, stored and loaded again."""

    def __init__(self, engine: Engine) -> None:
        self.store = ModelStore(engine)
        self.scan = 0

    def sees(self, listing: RunListing, contents: Contents | None = None) -> RunPlan:
        run = parsed(listing)
        return self.stores(listing, run, contents or Contents())

    def stores(self, listing: RunListing, run: ParsedRun, contents: Contents) -> RunPlan:
        ids = self.begin()
        loaded = self.loaded
        stored = None if loaded is None else loaded.stored
        judgement = judge_run(listing, run, LAB, None if stored is None else stored.known)
        plan = plan_run(
            judgement=judgement,
            parsed=run,
            listing=listing,
            stored=stored,
            contents=contents,
            scan=ids,
            fingerprint="fingerprint",
        )
        self.store.save([(loaded, plan)], ids, scan_time(self.scan))
        return plan

    def begin(self) -> ScanIds:
        self.scan += 1
        number = self.store.scans.begin(str(self.scan), scan_time(self.scan), Scope(), full=True)
        return ScanIds(number, self.scan - 1 or None)

    @property
    def loaded(self) -> LoadedRun | None:
        ids = [row.id for row in self.store.known.runs()]
        return next(iter(self.store.load(ids).values()), None)
