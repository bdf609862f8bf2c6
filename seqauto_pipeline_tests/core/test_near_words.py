from seqauto_pipeline.core.near_words import did_you_mean, near_names, near_words, nearest


def test_the_nearest_name_is_found_whatever_the_case():
    assert nearest("KEEP_DAY", ["keep_days", "keep_scans"]) == "keep_days"
    assert nearest("colour", ["keep_days", "keep_scans"]) is None


def test_the_nearest_words_come_first_and_no_more_than_asked_for():
    known = ["fastq", "fastqc", "flagstat", "bam"]

    assert near_words("FASTQC", known) == ("fastqc", "fastq")
    assert near_words("fastqc", known, most=1) == ("fastqc",)


def test_of_very_many_words_those_with_the_same_start_are_compared():
    known = [f"S{number:06}" for number in range(30_000)] + ["XS000001"]

    assert "XS000001" not in near_words("S000001", known)
    assert near_words("s000001", known, most=1) == ("S000001",)


def test_a_complaint_ends_with_what_may_be_meant_else_with_the_advice():
    assert did_you_mean("fastc", ["fastq", "bam"]) == "; did you mean fastq?"
    assert did_you_mean("cram", ["vcf"], "; there are vcf") == "; there are vcf"


def test_a_part_of_a_name_with_a_slip_finds_the_names_that_have_it_nearly():
    first = "Haem_25_001_250525_NDX550312_0089_AH6MI3BGXG"
    second = "Haem_25_002_251224_NDX550312_0090_AHZY5SBGXG"
    names = [first, "260224_NB501009_0413_AHFAPRBGXG", second]

    assert near_names("AHZY5SBGXH", names)[0] == second
    assert near_names("Haem_25_003", names) == (second, first)
    assert near_names("Haem_25_00", names) == (second, first)
    assert near_names("251224_NDX550312_0090_AHZY5SBGXH", names)[0] == second
    assert near_names("x", names) == ()
