from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.core.file_list import DirectoryListing, Entry, EntryKind
from seqauto_pipeline.views.explanation.evidence import gather
from seqauto_pipeline.views.explanation.last_look import near_facts
from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, NS, ModelsDb


def test_the_index_of_another_samples_file_is_no_near_name(models: OpenModels) -> None:
    evidence = gather(models, one_run(models, EXOME))
    assert evidence.listing is not None
    names = ("S2.hg38.bam.bai", "S2.hg38.bai", "S1.HG38.bam")
    entries = {name: Entry(EntryKind.FILE, 9, NS) for name in names}
    listing = replace(evidence.listing, directories={"1_BAM": DirectoryListing(NS, NS, entries)})

    facts = near_facts(models, replace(evidence, listing=listing), "1_BAM/S1.hg38.bam", "bam")

    assert [fact.text.partition(":")[0] for fact in facts] == ["S1.HG38.bam"]


def test_a_file_that_lies_where_scans_do_not_search_is_found_by_one_look(
    models: OpenModels, models_db: ModelsDb
) -> None:
    there = Path(models_db.exome) / "results" / "new"
    there.mkdir(parents=True)
    (there / "S1.hg38.bam").touch()
    (there / "S3_hg38.BAM").touch()
    evidence = gather(models, one_run(models, EXOME))

    same = list(near_facts(models, evidence, "1_BAM/S1.hg38.bam", "bam"))
    near = list(near_facts(models, evidence, "1_BAM/S3.hg38.bam", "bam"))

    unsearched = "layout tau does not search there"
    line = '"results/new/{sample_name}.hg38.bam" among the patterns of [file_types.bam]'
    assert [(fact.label, fact.text) for fact in same if fact.label != "directories"] == [
        ("elsewhere", f"results/new/S1.hg38.bam: the same name; {unsearched}"),
        ("layout", f"this would make scans find it: {line}"),
    ]
    assert next(fact.text for fact in near if fact.label == "elsewhere") == (
        "results/new/S3_hg38.BAM: differs in - _ . or blanks, upper and lower case; " + unsearched
    )
