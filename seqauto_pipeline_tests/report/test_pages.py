"""What stands on the pages, in the words that people use; and that nothing of a disk acts there."""

import re

import pytest

from seqauto_pipeline_tests.scan.run_folder import Sample, samples

HOSTILE = "<img src=x onerror=alert(1)>'\"&{{7*7}}"


def test_the_page_of_a_whole_run_says_so(lab, report):
    run = lab.run(1).complete()
    lab.scan()

    report.update()

    page = report.page_of(run.name)
    assert re.search(r"Complete: all 1[0-9] expected files are there\.", page)
    assert "None is open." in page
    assert '<th scope="row">S1</th>' in page
    assert report.rows()[run.name][10] == ""


def test_a_missing_file_is_named_with_its_sample_and_place(lab, report):
    run = lab.run(1).complete()
    run.place("bam", "S2").unlink()
    lab.scan()

    report.update()

    page = report.page_of(run.name)
    assert "1 BAM missing" in page
    assert '<td class="s-non_existent" title="missing">' in page
    assert run.relative("bam", "S2") in page
    assert str(run.folder) in page
    (of_samples,) = report.data("samples")
    assert of_samples[3:] == ["S1\nS2", [0, 1]]


def test_a_run_that_has_not_ended_waits_and_its_sheet_is_shown(lab, report):
    run = lab.run(1).begin()
    lab.scan()

    report.update()

    row = report.rows()[run.name]
    assert "RTAComplete.txt" in row[10]
    assert "incomplete" in report.text("index.html")
    assert "AACCGGTT" in report.page_of(run.name)


def test_a_problem_is_on_the_page_of_its_run_and_among_all_with_what_to_do(lab, report):
    run = lab.run(1).complete()
    run.place("vcf", "S1").write_bytes(b"")
    lab.scan()

    report.update()

    for page in (report.page_of(run.name), report.text("problems.html")):
        assert "the file is empty (0 bytes)" in page
        assert "<strong>What to do:</strong> Make or copy it again" in page
    assert report.rows()[run.name][1] in report.text("problems.html")


def test_a_changed_sheet_is_shown_with_what_changed_and_in_the_history(lab, report):
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet((*samples("S1"), Sample("S9", "TTGGCCAA")))
    lab.scan()

    report.update()

    page = report.page_of(run.name)
    assert "Version 2, current, first seen" in page
    assert "Version 1, first seen" in page
    assert "Sample &#34;S9&#34; was added." in page
    assert '<span class="added">+' in page
    assert "Sample sheet: version 2 seen." in page


def test_the_qc_of_a_run_is_in_the_data_of_its_kit_and_on_a_page_for_it(lab, report):
    runs = [lab.run(number).complete() for number in (1, 2)]
    lab.scan()

    report.update()

    data = report.data("kit_kit_a-*")
    assert [run[0] for run in data["runs"]] == [run.name for run in runs]
    figures = dict(data["figures"])
    assert len(figures["MeanDepth_Kit"]) == 2
    assert all(len(point) == 4 for point in figures["MeanDepth_Kit"])
    assert 'data-figure="MeanDepth_Kit"' in report.page_of(runs[0].name)
    assert "kit_a" in report.text("qc.html")


def test_times_are_in_the_zone_of_the_laboratory_and_it_is_named(lab, report):
    run = lab.run(1).complete()
    lab.scan()

    report.update()

    page = report.page_of(run.name)
    assert "All times are those of Australia/Adelaide." in page
    assert "This page was written at 2026-02-01 10:30:00." in page
    assert "+00:00" not in page
    assert "UTC" not in page


@pytest.mark.parametrize("word", ["non_existent", "{'", "None", "joint_vcf", "exec_summary"])
def test_no_word_of_programs_stands_where_people_read(lab, report, word):
    run = lab.run(1).complete()
    run.place("exec_summary", "S1").unlink()
    run.place("joint_vcf").unlink()
    lab.scan()

    report.update()

    names = ("index.html", "problems.html", "samples.html", "qc.html")
    pages = [*map(report.text, names), report.page_of(run.name)]
    for page in pages:
        assert word not in shown_text(page).replace(run.relative("joint_vcf"), "")


def shown_text(page: str) -> str:
    """What of a page is read: without its tags, codes of problems, and sentences on nothing."""
    return re.sub(r"<[^>]+>|\b[A-Z]+(_[A-Z]+)+\b|None (is open|waits)", " ", page)


def test_hostile_names_of_samples_columns_and_kits_do_not_act_in_pages(lab, report):
    kit = "kit'\"><script>alert(2)<"
    run = lab.run(1, kit=kit, rows=(Sample("S1", more=(("Description", HOSTILE),)),))
    run.complete()
    run.write_sheet(
        f'[Data]\nSample_ID,index\n"S{HOSTILE.replace(chr(34), chr(34) * 2)}",ACGT\n'.encode()
    )
    values = run.values_of("exec_summary")
    values.parent.mkdir(parents=True, exist_ok=True)
    lab.scan()

    report.update()

    for name, content in report.files().items():
        if name.endswith(".html"):
            text = content.decode()
            assert "<img" not in text, name
            assert "<script>alert" not in text, name
            assert "{{" not in text.replace("{{7*7}}", ""), name
            assert not re.search(r"\son\w+=", re.sub(r"&lt;.*?&gt;", "", text)), name
        if name.startswith("data/"):
            assert b"<" not in content, name


def test_a_control_character_and_a_bidi_override_are_shown_and_not_obeyed(lab, report):
    run = lab.run(1)
    run.complete()
    run.write_sheet("[Data]\nSample_ID,Sample_Name,index\nS1,a\u202eb,ACGT\n".encode())
    lab.scan()

    report.update()

    assert "\u202e" not in report.page_of(run.name)
    assert "a\\u202eb" in report.page_of(run.name)
    assert "\u202e".encode() not in b"".join(report.files().values())


def test_every_page_forbids_what_it_does_not_need(lab, report):
    lab.run(1).complete()
    lab.scan()

    report.update()

    for name, content in report.files().items():
        if name.endswith(".html"):
            text = content.decode()
            assert "default-src 'none'; script-src 'self' file:;" in text, name
            assert "unsafe" not in text, name
            assert not re.search(r"<script>(?!</)", text), name
            assert not re.search(r"\sstyle=", text), name
            assert not re.search(r"""(src|href)=["']?(https?:)?//(?!127\.0\.0\.1:3000)""", text), (
                name
            )
