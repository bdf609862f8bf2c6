"""FASTQs as each converter and instrument leaves them, in the layout of the instruments."""

import pytest

from seqauto_pipeline.core.expectation.expected_files import (
    candidates_of,
)
from seqauto_pipeline.core.expectation.samples import (
    LaneRow,
    UsedSheet,
)
from seqauto_pipeline_tests.core.expectation.conversions import (
    BASECALLS,
    ENDED,
    ILLUMINA,
    LEGACY,
    ON_BOARD,
    V1,
    V2,
    fastqs,
    named,
    pair,
    paths,
    sheet,
)
from seqauto_pipeline_tests.core.listings import (
    READS,
    expecting,
    run_listing,
    sample,
)


@pytest.mark.parametrize(
    ("model", "facts", "stem"),
    [
        ("NovaSeq X", V2, f"{ON_BOARD}/ID_S1_L001"),
        ("MiSeq i100", V2, f"{ON_BOARD}/ID_S1_L001"),
        ("NextSeq 1000/2000", V2, "Analysis/1/Data/fastq/ID_S1_L001"),
        ("NovaSeq 6000", V2, f"{BASECALLS}/ID_S1_L001"),
        ("MiSeq", V2, f"{BASECALLS}/ID_S1_L001"),
        (None, V2, f"{BASECALLS}/ID_S1_L001"),
        ("NovaSeq 6000", V1, f"{BASECALLS}/P/ID/name_S1_L001"),
        ("NovaSeq X", V1, f"{BASECALLS}/P/ID/name_S1_L001"),
        ("HiSeq 2000", LEGACY, "Unaligned/Project_P/Sample_ID/ID_ACGT-TTGG_L001"),
        ("NovaSeq X", sheet(NoLaneSplitting="true"), f"{ON_BOARD}/ID_S1"),
    ],
)
def test_before_anything_is_there_instrument_and_sheet_decide(model, facts, stem):
    assert paths([named("name", "ID")], facts=facts, model=model) == pair(stem)


def test_dragen_compression_has_a_directory_and_an_ending_of_its_own():
    found = paths(
        [named("S1", "S1")], facts=sheet(FastqCompressionFormat="dragen"), model="NovaSeq X"
    )

    assert found == [
        "Analysis/1/Data/BCLConvert/ora_fastq/S1_S1_L001_R1_001.fastq.ora",
        "Analysis/1/Data/BCLConvert/ora_fastq/S1_S1_L001_R2_001.fastq.ora",
    ]


@pytest.mark.parametrize(
    "stem",
    [
        f"{BASECALLS}/P/ID/name_S1_L001",  # bcl2fastq
        f"{BASECALLS}/ID_S1_L001",  # BCL Convert, and its flags
        f"{BASECALLS}/P/ID_S1_L001",
        f"{BASECALLS}/name_S1_L001",
        f"{BASECALLS}/P/name_S1_L001",
        f"{BASECALLS}/name_S1",
        "Analysis/3/Data/BCLConvert/fastq/ID_S1_L001",
        "Analysis/1/Data/fastq/ID_S1",
        "Analysis/1/Data/DragenEnrichment/fastq/ID_S1_L001",
        "Alignment_1/20260120_120702/Fastq/name_S1_L001",
        "Unaligned/P/ID/name_S1_L001",
        "Fastq/ID_S1_L001",
        "HNLYFBGXG/outs/fastq_path/P/ID/ID_S1_L001",
        "FASTQ_Generation_2026-01-22_16_08_01Z-3323/name_L001-ds.0ca021/name_S1_L001",
        "ID_L001-ds.0ca021/ID_S1_L001",
    ],
)
def test_what_is_there_wins_wherever_a_converter_put_it(stem):
    assert paths([named("name", "ID")], pair(stem)) == pair(stem)


def test_an_output_directory_of_any_name_is_known_by_what_is_in_it():
    there = pair("mine/ID_S1_L001")

    assert paths([named("name", "ID")], [*there, "mine/Reports/x.csv"]) != there
    assert paths([named("name", "ID")], [*there, "mine/Reports/x", "mine/Logs/x"]) == there
    assert paths([named("name", "ID")], [*there, "mine/Stats/x"]) == there


def test_one_way_of_naming_holds_for_the_whole_run():
    samples = [named("a", "ID1"), named("b", "ID2", 2)]

    found = paths(samples, pair(f"{BASECALLS}/P/ID1_S1_L001"), V2)

    assert found == [*pair(f"{BASECALLS}/P/ID1_S1_L001"), *pair(f"{BASECALLS}/P/ID2_S2_L001")]


def test_a_sample_of_which_the_winner_has_nothing_is_looked_for_elsewhere():
    samples = [named("a", "a"), named("b", "b", 2), named("c", "c", 3)]
    there = [
        *pair(f"{BASECALLS}/P/a_S1_L001"),
        *pair(f"{BASECALLS}/P/b_S2_L001"),
        *pair("Fastq/c_S3_L001"),
    ]

    assert paths(samples, there) == there


def test_the_directory_of_an_id_is_made_in_a_project_only():
    assert paths([named("name", "ID", project=None)]) == pair(f"{BASECALLS}/name_S1_L001")
    assert paths([named("ID", "ID")]) == pair(f"{BASECALLS}/P/ID_S1_L001")


def test_the_project_is_that_of_the_row():
    rows = (LaneRow(1, "A", None, "P1"), LaneRow(2, "A", None, "P2"))
    there = [*pair(f"{BASECALLS}/P1/S_S1_L001"), *pair(f"{BASECALLS}/P2/S_S1_L002")]

    assert paths([sample("S", rows=rows, sample_project="P1")], there, V2, lanes=2) == there


def test_one_sample_in_two_projects_of_one_lane_has_two_sets_of_files():
    rows = (LaneRow(1, "A", None, "P1"), LaneRow(1, "C", None, "P2"))
    there = [*pair(f"{BASECALLS}/P1/S_S1_L001"), *pair(f"{BASECALLS}/P2/S_S1_L001")]

    found = fastqs([sample("S", rows=rows, sample_project="P1")], there, V2)

    assert [file.path for file in found] == [there[0], there[1], there[2], there[3]]
    assert len({file.key for file in found}) == 4


@pytest.mark.parametrize("name", ["a_b", "a.b", "a b", "a+b"])
def test_the_miseq_writes_dashes(name):
    there = pair(f"{BASECALLS}/a-b_S1_L001")

    assert paths([named(name, name, project=None)], there, model="MiSeq") == there


@pytest.mark.parametrize(
    ("model", "stem"),
    [("MiSeq", f"{BASECALLS}/a-b_S1_L001"), ("NextSeq 500/550", f"{BASECALLS}/P/ID/a_b_S1_L001")],
)
def test_a_miseq_makes_no_directories_of_projects(model: str, stem: str):
    assert paths([named("a_b", "ID")], model=model) == pair(stem)


def test_what_a_person_converted_on_a_miseq_is_found_with_its_directories():
    there = pair(f"{BASECALLS}/P/ID/a_b_S1_L001")

    assert paths([named("a_b", "ID")], there, model="MiSeq") == there
    assert paths([named("a_b", "ID")], there[:1], model="MiSeq") == there


def test_the_only_file_with_another_number_is_the_samples():
    there = pair(f"{BASECALLS}/P/a_S9_L001")

    assert paths([named("a", "a")], there) == there
    assert paths([named("a", "a")], [*there, *pair(f"{BASECALLS}/P/a_S8_L001")]) == pair(
        f"{BASECALLS}/P/a_S1_L001"
    )


def test_a_file_of_another_sample_of_that_name_is_not_taken():
    samples = [named("a", "ID1", project=None), named("a", "ID2", 2, project=None)]
    samples[1] = sample("a", 2, lanes=[1], sample_id="ID2", slot="a/ID2")

    found = fastqs(samples, pair(f"{BASECALLS}/a_S2_L001"))

    assert [file.path for file in found] == [
        *pair(f"{BASECALLS}/a_S1_L001"),
        *pair(f"{BASECALLS}/a_S2_L001"),
    ]


def test_numbers_by_lane_hold_for_what_is_missing_too():
    samples = [sample("a", 1, lanes=[2]), sample("b", 2, lanes=[1]), sample("c", 3, lanes=[1])]
    there = [*pair(f"{BASECALLS}/b_S1_L001"), *pair(f"{BASECALLS}/c_S2_L001")]

    found = paths(samples, there, lanes=2)

    assert found == [*pair(f"{BASECALLS}/a_S3_L002"), *there]


def test_without_a_lane_column_every_lane_of_the_flow_cell_is_expected():
    there = [*pair(f"{BASECALLS}/a_S1_L001"), *pair(f"{BASECALLS}/a_S1_L004")]

    assert len(paths([sample("a")], there, lanes=4)) == 8
    assert paths([sample("a")], pair(f"{BASECALLS}/a_S1"), lanes=4) == pair(f"{BASECALLS}/a_S1")


def test_lanes_that_nobody_tells_are_those_that_are_there():
    there = [*pair(f"{BASECALLS}/a_S1_L001"), *pair(f"{BASECALLS}/a_S1_L003")]

    assert paths([sample("a")], there, lanes=None) == there
    assert paths([sample("a")], lanes=None, model="MiSeq") == pair(f"{BASECALLS}/a_S1_L001")


def test_a_read_that_some_samples_have_is_expected_of_all():
    samples = [named("a", "a"), named("b", "b", 2)]
    there = [f"{BASECALLS}/P/a_S1_L001_{read}_001.fastq.gz" for read in ("R1", "R2", "R3", "I1")]

    found = paths(samples, [*there, f"{BASECALLS}/P/b_S2_L001_R1_001.fastq.gz"])

    assert found == [*there, *(path.replace("a_S1", "b_S2") for path in there)]


def test_a_second_read_beside_a_single_one_of_run_info_was_made_by_a_mask():
    there = pair(f"{BASECALLS}/P/a_S1_L001")

    assert paths([named("a", "a")], there, reads=READS[:1]) == there


def test_a_mask_in_the_sheet_leaves_no_room_for_another():
    facts = sheet(OverrideCycles="Y151;I8;I8;N151")
    there = pair(f"{BASECALLS}/a_S1_L001")

    assert paths([named("a", "a", project=None)], there, facts) == there[:1]


def test_index_reads_are_no_reads_of_a_pair():
    found = fastqs([named("a", "a", project=None)], facts=sheet(CreateFastqForIndexReads="1"))

    assert [(file.slot, file.read) for file in found] == [
        ("a/L001/R1", 1),
        ("a/L001/R2", 2),
        ("a/L001/I1", None),
        ("a/L001/I2", None),
    ]


def test_what_an_analysis_has_not_made_yet_is_awaited():
    there = [f"{ON_BOARD}/a_S1_L001_R1_001.fastq.gz"]

    begun = fastqs([named("a", "a")], there, V2, model="NovaSeq X")
    ended = fastqs([named("a", "a")], [*there, ENDED], V2, model="NovaSeq X")

    assert {file.is_awaited for file in begun} == {True}
    assert {file.is_awaited for file in ended} == {False}
    assert {file.analysis for file in begun} == {"Analysis/1"}


def test_an_analysis_that_has_only_begun_is_awaited():
    found = fastqs([named("a", "a")], ["Analysis/2/Data/log.txt"], V2, model="NovaSeq X")

    assert [file.path for file in found] == pair("Analysis/2/Data/BCLConvert/fastq/a_S1_L001")
    assert {file.is_awaited for file in found} == {True}


def test_an_attempt_that_has_not_ended_waits_behind_one_that_has():
    there = [
        *pair(f"{ON_BOARD}/a_S1_L001"),
        ENDED,
        "Analysis/2/Data/BCLConvert/fastq/a_S1_L001_R1_001.fastq.gz",
    ]

    found = fastqs([named("a", "a")], there, V2, model="NovaSeq X")

    assert [file.path for file in found] == pair(f"{ON_BOARD}/a_S1_L001")


def test_a_requeue_is_judged_by_the_sheet_that_it_used():
    again = "Analysis/2/Data/BCLConvert"
    there = [
        *pair(f"{ON_BOARD}/a_S1_L001"),
        *pair(f"{ON_BOARD}/b_S2_L001"),
        *pair(f"{again}/fastq/b_S1_L001"),
        ENDED,
        "Analysis/2/CopyComplete.txt",
    ]
    samples = [sample("a", 1, lanes=[1]), sample("b", 2, lanes=[1])]
    used = {
        f"{again}/SampleSheet.csv": UsedSheet(
            (sample("b", 1, lanes=[1]), sample("c", 2, lanes=[1])), V2
        )
    }

    found = paths(samples, there, V2, model="NovaSeq X", used=used)

    assert found == [*pair(f"{again}/fastq/b_S1_L001"), *pair(f"{again}/fastq/c_S2_L001")]


def test_lanes_that_a_requeue_does_not_cover_come_from_the_one_before():
    again = "Analysis/2/Data/BCLConvert"
    there = [
        *pair(f"{ON_BOARD}/a_S1_L001"),
        *pair(f"{ON_BOARD}/b_S2_L002"),
        *pair(f"{again}/fastq/b_S1_L002"),
        ENDED,
        "Analysis/2/CopyComplete.txt",
    ]
    samples = [sample("a", 1, lanes=[1]), sample("b", 2, lanes=[2])]
    used = {f"{again}/SampleSheet.csv": UsedSheet((sample("b", 1, lanes=[2]),), V2)}

    found = fastqs(samples, there, V2, model="NovaSeq X", used=used, lanes=2)

    assert [file.path for file in found] == [
        *pair(f"{again}/fastq/b_S1_L002"),
        *pair(f"{ON_BOARD}/a_S1_L001"),
    ]
    assert {file.analysis for file in found} == {"Analysis/1", "Analysis/2"}
    assert found[0].other_paths == (f"{ON_BOARD}/b_S2_L002_R1_001.fastq.gz",)


def test_the_newest_of_both_levels_that_holds_reads_counts():
    there = [
        *pair("Alignment_1/20260120_120702/Fastq/a_S1_L001"),
        *pair("Alignment_1/20260122_120702/Fastq/a_S1_L001"),
        "Alignment_2/20260123_120702/Fastq/none.txt",
    ]

    found = paths([named("a", "a", project=None)], there, model="MiSeq")

    assert found == pair("Alignment_1/20260122_120702/Fastq/a_S1_L001")


def test_files_that_are_gone_with_their_directory_stay_expected_there():
    seen = pair("Analysis/2/Data/BCLConvert/fastq/a_S7_L001")

    found = paths([named("a", "a")], facts=V2, model="NovaSeq X", seen=seen)

    assert found == seen


def test_copies_elsewhere_are_told_with_each_file():
    there = [*pair(f"{BASECALLS}/a_S1_L001"), *pair("Fastq/a_S1_L001")]

    found = fastqs([named("a", "a", project=None)], there)

    assert [(file.path, file.other_paths) for file in found] == [
        (there[0], (there[2],)),
        (there[1], (there[3],)),
    ]


def test_the_only_file_of_a_sample_and_lane_has_both_of_its_reads():
    facts = sheet(FastqCompressionFormat="dragen-interleaved")
    folder = "Analysis/1/Data/BCLConvert/ora_fastq"
    there = [f"{folder}/a_S1_L001_interleaved_001.fastq.ora"]
    samples = [named("a", "a"), named("b", "b", 2)]

    assert paths(samples, there, facts, model="NovaSeq X") == [
        *there,
        f"{folder}/b_S2_L001_R1_001.fastq.ora",
    ]


def test_the_candidates_of_one_sample_are_those_that_are_there_and_the_chosen_one_first():
    there = [*pair(f"{BASECALLS}/a_S1_L001"), *pair("Fastq/a_S1_L001")]
    asked = expecting(sheet=V1, lanes=1)

    found = candidates_of(
        ILLUMINA.file_types[0], named("a", "a", project=None), asked, ILLUMINA, run_listing(there)
    )

    assert [each.paths[0].path for each in found] == [there[0], there[2]]


def test_a_sample_that_no_naming_can_name_has_no_file():
    samples = [sample("a", lanes=[1]), sample("b", 2)]
    there = pair("Unaligned/Sample_a/a_ACGT-TTGG_L001")

    assert paths(samples, there, LEGACY, lanes=None, model=None) == there
