"""A laboratory whose scans are cut into shards, and what can happen between their parts."""

import uuid
from collections.abc import Callable

from seqauto_pipeline.db.fence import Fence, take_fence
from seqauto_pipeline.db.migrate import prepare_for_scan
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.shards.building import build_shard, cut_models, finish_models
from seqauto_pipeline.scan.shards.listing import find_files, gather_files, list_shard
from seqauto_pipeline.scan.steps import parse_sample_sheets
from seqauto_pipeline.scan.summaries import FilesSummary
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.scan.lab import Lab, Outcome


class ShardLab(Lab):
    """Scans in shards of a few runs, one after the other in this process."""

    def cut(self, runs_per_shard: int = 2) -> "ShardLab":
        self.environ["SEQAUTO_RUNS_PER_SHARD"] = str(runs_per_shard)
        self.built = 0  # shards, of the last scan
        self.listed = 0
        self.before_shard: Callable[[int], None] = lambda _: None
        return self

    @classmethod
    def of_disk_of(cls, lab: Lab, home: str) -> "ShardLab":
        """Make another laboratory that looks at the disk of one."""
        other = cls.__new__(cls)
        other.home, other.roots, other.overrides = lab.home.parent / home, lab.roots, {}
        other.environ = {}
        other.set_up_like(lab)
        other.home.mkdir()
        return other.cut()

    def fence(self, scan_id: str) -> Fence:
        engine = open_database(database_url_for(self.settings, self.home))
        prepare_for_scan(engine)
        fence = take_fence(engine, scan_id)
        engine.dispose()
        self.last_fence = fence
        return fence

    def scan_as_asked(self, request: ScanRequest) -> Outcome:
        scan_id = str(uuid.uuid4())
        fence = self.fence(scan_id)
        files = self.list_files(scan_id, request, fence)
        try:
            models = self.begin_models(scan_id, request, fence)
            if isinstance(models, int):
                for number in range(models):
                    self.before_shard(number)
                    build_shard(self.settings, self.home, scan_id, number, fence)
                models = finish_models(
                    self.settings, self.home, scan_id, scan_id, request, models, fence
                )
        except SeqAutoError as error:
            return Outcome(scan_id, files, None, error)
        return Outcome(scan_id, files, models, None)

    def list_files(self, scan_id: str, request: ScanRequest, fence: Fence) -> FilesSummary:
        settings, home = self.settings, self.home
        files, self.listed = find_files(settings, home, scan_id, request, fence=fence)
        for number in range(self.listed):
            list_shard(settings, home, scan_id, number)
        return gather_files(settings, home, scan_id, fence) if self.listed else files

    def begin_models(self, scan_id: str, request: ScanRequest, fence: Fence) -> object:
        settings, home = self.settings, self.home
        if not self.listed:
            parse_sample_sheets(settings, home, scan_id, scan_id, fence=fence)
        models = cut_models(settings, home, scan_id, scan_id, request, fence=fence)
        self.built = models if isinstance(models, int) else 0
        return models
