"""What the operator is told of a wrong value."""

import pytest

from seqauto_pipeline_tests.settings.conftest import refusal


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("enabled = 1", "enabled: found 1, expected true or false"),
        ("keep_days = true", "keep_days: found true, expected a whole number"),
        ("keep_days = 2.5", "keep_days: found 2.5, expected a whole number"),
        ("brake_fraction = 'a'", "brake_fraction: found 'a', expected a number"),
        ("brake_fraction = 0", "brake_fraction: found 0, expected more than 0"),
        ("brake_fraction = 1.1", "brake_fraction: found 1.1, expected at most 1"),
        ("brake_fraction = nan", "brake_fraction: found nan, expected a finite number"),
        ("listing_threads = 0", "listing_threads: found 0, expected at least 1"),
        ("max_input_bytes = -1", "max_input_bytes: found -1, expected at least 1"),
        ("settle_minutes = -1", "settle_minutes: found -1, expected at least 0"),
        ("directory_timeout_seconds = 0", "found 0, expected more than 0"),
        ("layout = 3", "layout: found 3, expected text in quotes"),
        ("layout = ''", "layout: found '', expected a layout's name or the absolute path"),
        ("layout = 'a/b.toml'", "found 'a/b.toml', expected a layout's name or the absolute path"),
        ("panel_column = ''", "panel_column: found '', expected at least 1 character"),
        ("scan_times = '06:00'", "scan_times: found '06:00', expected a list"),
        ("scan_times = ['6:00']", "found '6:00', expected a 24-hour time such as '06:00'"),
        ("scan_times = ['24:00']", "found '24:00', expected a 24-hour time"),
        ("scan_times = ['06:00', '06:00']", "found '06:00' twice, expected each once"),
        ("scan_times = []", "found no time, expected at least one; to stop scheduled scans set"),
        ("scan_times = [6]", "scan_times.1: found 6, expected text in quotes"),
        ("time_zone = 'Mars/Base'", "found 'Mars/Base', expected a name of the time zone database"),
        ("time_zone = 'Europe/Berln'", "; did you mean 'Europe/Berlin'?"),
        ("time_zone = '../UTC'", "found '../UTC', expected a name of the time zone database"),
        ("skip_marker = 'a/b'", "found 'a/b', expected the name of a file, without '/'"),
        ("skip_patterns = ['(']", "found '(', expected a regular expression: missing )"),
        ("control_sample_regex = '['", "found '[', expected a regular expression: unterminated"),
        ("extra_columns = [' ']", "found an empty name, expected the names of columns"),
        ("gene_coverage_rows = 'x'", "found 'x', expected 'gene_list', 'all' or 'none'"),
        ("sheet_rules = 'off'", "sheet_rules: found 'off', expected a table"),
        ("sheet_rules.A = 'loud'", "sheet_rules.A: found 'loud', expected 'off', 'warning' or"),
        (
            "sheet_rules = {INDEX_LENGTH_DIFFERS = 'off'}",
            "found the unknown code 'INDEX_LENGTH_DIFFERS'; did you mean INDEX_LENGTHS_DIFFER?",
        ),
        ("sheet_rules.WHATEVER = 'off'", "'WHATEVER', expected one that docs/sample_sheets.md"),
        ("sheet_rules.NO_SAMPLES = 'off'", "found 'NO_SAMPLES', which no setting can change"),
        ("sheet_rules_for_kit.k.FOO_BAR_X = 'off'", "found the unknown code 'FOO_BAR_X'"),
        ("sheet_rules_for_kit.k = 1", "sheet_rules_for_kit.k: found 1, expected a table"),
        ("scan_roots = ['data']", "found 'data', expected an absolute path"),
        ('scan_roots = ["/a\\u0000"]', "found '/a\\x00', expected an absolute path"),
        ("archived = [3]", "archived.1: found 3, expected a table with file_type, older_than_days"),
        ("archived = [{}]", "archived.1.file_type: found nothing, expected a value"),
        (
            "archived = [{file_type = 'bam', older_than_days = -1}]",
            "archived.1.older_than_days: found -1, expected at least 0",
        ),
        (
            "archived = [{file_type = 'bam', older_than_days = 1, kits = 'a'}]",
            "found an unknown key, expected file_type, older_than_days or kit",
        ),
        (
            "job_recipes = [{file_type = 'vcf', inputs = ['bam']}]",
            "job_recipes.1: found a command and a script, or neither, expected one of them",
        ),
        (
            "job_recipes = [{file_type = 'vcf', inputs = ['bam'], command = ['x', '{bim}']}]",
            "job_recipes.1: found the unknown field {bim}, expected an input, a field of path",
        ),
        (
            "job_recipes = [{file_type = 'vcf', inputs = ['bam'], script = 'x \"{bam}\"'}]",
            "job_recipes.1: found {bam} inside quotation marks, expected it without: it is quoted",
        ),
        (
            "job_recipes = [{file_type='a', inputs=['b'], script='x', environment = {'a b' = ''}}]",
            "job_recipes.1.environment: found 'a b', expected the name of a variable",
        ),
        ("jobs_may_write_below = ['data']", "found 'data', expected an absolute path"),
        ("jobs_in_flight_of = {lokal = 1}", "found 'lokal', expected local, slurm or pbs"),
        ("jobs_in_flight_of = {local = 0}", "found 0 for local, expected at least 1"),
        ("scan_roots = [3]", "scan_roots.1: found 3, expected a path, or a table with path and"),
        ("scan_roots = [{path = 3}]", "scan_roots.1.path: found 3, expected a path in quotes"),
        ("scan_roots = [{layout = 'tau'}]", "scan_roots.1.path: found nothing, expected a value"),
        (
            "scan_roots = [{path = '/a', depth = 1}]",
            "found an unknown key, expected path, layout, list_",
        ),
        *(
            (f"scan_roots = [{{path = '/a', {more}}}]", f"scan_roots.1{said}")
            for more, said in (
                ("list_file = 'l'", ".list_file: found 'l', expected an absolute path"),
                ("list_command = 'ssh a'", ".list_command: found 'ssh a', expected a list"),
                ("list_command = []", ".list_command: found []"),
                ("list_command = ['a'], list_file = '/l'", ": found list_command and list_file"),
                ("root_there = '/b'", ": found root_there, expected list_command or list_file"),
                ("list_max_age_hours = 1.0", ": found list_max_age_hours, expected list_file"),
                ("list_file = '/l', list_max_age_hours = 0.0", ".list_max_age_hours: found 0.0"),
                ("list_file = '/l', list_timeout_seconds = 1.0", ": found list_timeout_seconds,"),
            )
        ),
        ("scan_roots = ['/a', '/a/']", "found '/a' twice, expected each root once"),
        ("scan_roots = ['/a/b', '/a']", "found '/a/b' below '/a', expected roots of which none"),
        ("scan_roots = ['/a/b', '/a/c/..']", "found '/a/b' below '/a'"),
        ("database_url = 5", "database_url: found a value that is not text, expected text"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_found_and_what_was_expected(
    with_file, line, complaint
):
    environ = with_file(f"keep_scans = 9\n{line}\n")

    message = refusal(environ)

    assert message.startswith(f"{environ['SEQAUTO_CONFIG']}:2: ")
    assert complaint in message


def test_a_long_value_is_cut_in_the_complaint():
    assert len(refusal({"SEQAUTO_TIME_ZONE": "x" * 5000})) < 600


def test_nothing_in_a_complaint_acts_on_a_terminal():
    message = refusal({"SEQAUTO_ENABLED": "\x1b[31m\u202e"})

    assert message.isprintable()
