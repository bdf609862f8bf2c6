"""Which deleted files are archived by a laboratory's own rule."""

import datetime as dt

import pytest

from seqauto_pipeline.core.archived import Archive, ArchiveRule

TODAY = dt.date(2026, 11, 25)
OLD, YOUNG = dt.date(2026, 5, 28), dt.date(2026, 5, 29)  # 181 and 180 days ago
FASTQS = ArchiveRule("fastq", 180, "Idt_Exome")
ARCHIVE = Archive((FASTQS, ArchiveRule("bam", 0)), TODAY)


@pytest.mark.parametrize(
    ("file_type", "kit", "run_date", "covered"),
    [
        ("fastq", "idt_exome", OLD, True),
        ("fastq", "idt_exome", YOUNG, False),
        ("fastq", "idt_haem", OLD, False),
        ("fastq", None, OLD, False),
        ("fastq", "idt_exome", None, False),
        ("vcf", "idt_exome", OLD, False),
        ("bam", None, dt.date(2026, 11, 24), True),
        ("bam", "idt_haem", TODAY, False),
    ],
)
def test_a_rule_covers_a_type_of_a_kit_once_the_run_is_older_than_its_days(
    file_type, kit, run_date, covered
):
    assert ARCHIVE.covers(file_type, kit, run_date) is covered


def test_only_what_is_deleted_is_archived():
    shown = [ARCHIVE.state_of(each, "fastq", "idt_exome", OLD) for each in ("deleted", "complete")]

    assert shown == ["archived", "complete"]
    assert ARCHIVE.state_of("deleted", "fastq", "idt_exome", YOUNG) == "deleted"


def test_without_rules_nothing_is_archived():
    assert Archive().state_of("deleted", "fastq", "idt_exome", OLD) == "deleted"


def test_an_age_before_the_calendar_covers_nothing():
    rule = ArchiveRule("fastq", 10**9)

    assert rule.newest_date(TODAY) == dt.date.min
    assert not Archive((rule,), TODAY).covers("fastq", None, OLD)
