"""A laboratory whose disk another machine lists."""

from pathlib import Path

from seqauto_pipeline.list_files.main import main
from seqauto_pipeline.list_files.request import request_text
from seqauto_pipeline.scan.list_requests import request_by_settings
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.settings.groups.scanning import ScanRoot
from seqauto_pipeline_tests.scan.lab import Lab, Outcome


class ListedLab(Lab):
    """Its root is listed into a file before each scan, as by cron."""

    def __init__(self, folder: Path, home: str = "home") -> None:
        super().__init__(folder, home=home)
        self.overrides["scan_roots"] = (ScanRoot(path=self.root, list_file=self.list_file),)

    @property
    def list_file(self) -> Path:
        return self.home / "made_elsewhere.jsonl.gz"

    def make_list(self) -> None:
        asked = request_text(request_by_settings(self.settings, self.root))
        (self.home / "request.json").write_text(asked)
        self.list_by_request()

    def list_by_request(self) -> None:
        request = self.home / "request.json"
        given = [str(self.root), "--output", str(self.list_file), "--request", str(request)]
        assert main(given) == 0

    def scan_as_asked(self, request: ScanRequest) -> Outcome:
        self.make_list()
        return super().scan_as_asked(request)

    def scan_by_the_list_there(self) -> Outcome:
        """Scan without making the list anew."""
        return super().scan_as_asked(ScanRequest())
