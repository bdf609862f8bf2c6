"""What a scan prints when it has ended."""

from seqauto_pipeline.cli.scans.scan_summary import summary_lines


def test_what_went_on_beside_the_scan_is_told_without_control_characters():
    numbers = {"run_folders": 2, "files": 3, "as_of": "2026-01-01T00:00:00+00:00"}
    tables = {
        "notes_on_the_walk": [{"note": "a helper was \x1b[31mfrozen"}],
        "notes_on_the_sheets": [{"note": "a helper was full"}],
        "notes_on_the_models": [{"note": "another helper died"}],
    }

    lines = list(summary_lines(numbers, tables))

    assert lines[0] == "Found 2 run folders with 3 files."
    assert "frozen" in lines[1]
    assert "\x1b[31mf" not in lines[1].removeprefix("\x1b[33m")
    assert "a helper was full" in lines[2]
    assert "another helper died" in lines[3]


def test_a_scan_that_kept_numbers_alone_announces_no_table():
    numbers = {"as_of": "2026-06-01T06:00:00+00:00", "expected_files": 357}

    lines = list(summary_lines(numbers, {}))

    assert lines[0] == "357 files expected."
    assert "" not in lines


def test_runs_of_which_nothing_is_expected_lead_to_the_layouts():
    numbers = {"run_folders": 2, "files": 9, "as_of": "2026-01-01T00:00:00+00:00"}
    fits = {**numbers, "expected_files": 357}

    nothing = " ".join(summary_lines({**numbers, "expected_files": 0}, {}))

    assert "0 files expected." in nothing
    assert "layout check" in nothing
    assert "layout check" not in " ".join(summary_lines(fits, {}))


def test_jobs_are_told_where_there_are_any():
    numbers = {"launched": 4, "waiting": 2, "refused": 0, "in_flight": 5, "failed": 1}
    tables = {"notes_on_jobs": [{"note": "slurm does not answer: timed out"}]}

    told, note = summary_lines(numbers, tables)

    assert told == (
        "Jobs: 4 launched, 2 waiting, 0 refused, 5 in flight, 1 failed. `seqauto jobs` lists them."
    )
    assert "slurm does not answer" in note
    assert not list(summary_lines({"jobs": "No jobs are configured."}, {}))
