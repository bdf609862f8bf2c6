from seqauto_pipeline.monitoring.checks import CHECKS, troubleshooting_page


def test_the_page_has_every_check_with_words_for_what_the_doctor_fills_in():
    page = troubleshooting_page()

    for code, check in CHECKS.items():
        assert f"## {check.title}\n\n`{code}`: " in page
    assert "`mount PATH`" in page
    assert "{" not in page
