from dataclasses import replace

from seqauto_pipeline.core.file_list import DirectoryListing, Entry, EntryKind
from seqauto_pipeline.views.explanation.evidence import gather
from seqauto_pipeline.views.explanation.last_look import near_facts
from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, NS


def test_the_index_of_another_samples_file_is_no_near_name(models: OpenModels) -> None:
    evidence = gather(models, one_run(models, EXOME))
    assert evidence.listing is not None
    names = ("S2.hg38.bam.bai", "S2.hg38.bai", "S1.HG38.bam")
    entries = {name: Entry(EntryKind.FILE, 9, NS) for name in names}
    listing = replace(evidence.listing, directories={"1_BAM": DirectoryListing(NS, NS, entries)})

    facts = near_facts(models, replace(evidence, listing=listing), "1_BAM/S1.hg38.bam")

    assert [fact.text.partition(":")[0] for fact in facts] == ["S1.HG38.bam"]
