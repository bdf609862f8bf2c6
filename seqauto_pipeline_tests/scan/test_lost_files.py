"""Files that are lost, archived, and come back, over whole scans."""

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import samples


def archive(lab: Lab, *rules: str) -> None:
    lab.environ["SEQAUTO_ARCHIVED"] = f"[{', '.join(rules)}]"


FASTQS = '{file_type = "fastq", kit = "kit_a", older_than_days = 180}'


def test_a_lost_file_is_told_until_it_is_back(lab: Lab):
    run = lab.run(1).complete()
    lab.scan()
    vcf = run.place("vcf").read_bytes()
    run.remove("vcf")

    lab.scan()
    again = lab.scan()

    (text,) = lab.texts("FILES_DELETED")
    assert text.startswith("1 vcf file is gone, last seen by scan 1 on ")
    assert run.relative("vcf") in text
    assert again.summary.changes.messages_opened == 0

    run.write("vcf", data=vcf)
    lab.scan()

    assert lab.messages(run.path) == ()
    assert lab.messages(run.path, closed=True) == ("FILES_DELETED",)


def test_a_rule_of_the_settings_takes_effect_at_the_next_scan_and_so_does_its_end(lab: Lab):
    run = lab.run(1).complete()
    lab.scan()
    for read in (1, 2):
        run.remove("fastq", "S1", read)
    run.remove("bam", "S2")
    lab.scan()
    assert len(lab.texts("FILES_DELETED")) == 2

    archive(lab, FASTQS)
    lab.scan()
    (text,) = lab.texts("FILES_DELETED")
    assert text.startswith("1 bam file is gone")
    assert lab.counts(run.path)["deleted"] == 3  # a rule changes no state

    archive(lab)
    lab.scan()
    assert len(lab.texts("FILES_DELETED")) == 2


def test_what_the_brake_holds_is_not_lost(lab: Lab):
    runs = [lab.run(number).complete() for number in range(1, 7)]
    lab.scan()
    for run in runs:
        run.delete()

    outcome = lab.scan()

    assert outcome.held
    assert all(lab.messages(run.path) == () for run in runs)


def test_a_run_folder_that_is_gone_is_told_as_one_and_not_file_by_file(lab: Lab):
    runs = [lab.run(number).complete() for number in range(1, 4)]
    lab.scan()
    runs[0].delete()

    lab.scan()
    assert lab.messages(runs[0].path) == ("RUN_DELETED",)

    runs[0].complete()
    lab.scan()
    assert lab.messages(runs[0].path) == ()


def test_a_run_that_moved_has_lost_nothing(lab: Lab):
    run = lab.run(1).complete()
    lab.run(2, kit="kit_b", rows=samples("S9")).complete()
    lab.scan()
    run.move("kit_b")

    lab.scan()

    assert "FILES_DELETED" not in lab.messages(run.path)
    assert "RUN_DELETED" not in lab.messages(run.path)
