"""Reads the contents of one run over several scans."""

import json
from dataclasses import replace

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.core.verdict.run_judgement import judge_run
from seqauto_pipeline.core.verdict.run_parsing import parse_run
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.contents.loading import ContentRequests
from seqauto_pipeline.disk.contents.request import ContentRequest
from seqauto_pipeline.disk.lists.contents import ListedContents
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.disk.walk.walks import list_of
from seqauto_pipeline_tests.scan.run_folder import RunFolder

TAU = load_layout("tau")
SUMMARY, GENES, COVERAGE = ("exec_summary", "S1"), ("gene_list", "S1"), ("gene_coverage", "S1")


class Reader:
    """Reads the contents of one run over several scans."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.stored: StoredRun | None = None
        self.options = ContentOptions()
        self.roots = KnownRoots()
        self.reads_lists = False  # whether a list made elsewhere has to give the same each time

    def listed(self) -> RunListing:
        walk = RootWalk(str(self.run.root), TAU, WalkOptions())
        walk.find()
        (listing,) = walk.list_runs(frozenset({self.run.path}))
        assert isinstance(listing, RunListing)
        return listing

    def request(
        self,
        listing: RunListing | None = None,
        options: ContentOptions | None = None,
        *,
        retry_errors: bool = False,
    ) -> ContentRequest:
        listing = listing or self.listed()
        judgement = judge_run(listing, parse_run(listing, TAU, SheetPolicy()), TAU, None)
        self.record = judgement.record
        options = options or self.options
        return ContentRequest.of(
            judgement.expected, listing, self.stored, options, retry_errors=retry_errors
        )

    def reads(self, listing: RunListing | None = None, *, retry_errors: bool = False) -> Contents:
        listing = listing or self.listed()
        request = self.request(listing, retry_errors=retry_errors)
        (found,) = ContentRequests((request,)).load(self.roots)
        if self.reads_lists:
            with list_of(self.run.root) as disk:
                listed = replace(self.options, listed=ListedContents(disk.file, listing.path))
                request = self.request(listing, listed, retry_errors=retry_errors)
                (from_list,) = ContentRequests((request,)).load(self.roots)
            assert from_list == found
        old = self.stored or StoredRun(self.record)
        self.stored = replace(
            old,
            signatures={**old.signatures, **{k: each.signature for k, each in found.read.items()}},
            content_problems={
                **old.content_problems,
                **{k: each.problems for k, each in found.read.items()},
            },
            genes={
                **old.genes,
                **{
                    slot: frozenset(json.loads(each.data)["genes"])
                    for (kind, slot), each in found.read.items()
                    if kind == "gene_list" and each.data
                },
            },
        )
        return found
