"""Where settings may be said, which of them wins, and what is said of what cannot be read."""

import subprocess
import sys
from pathlib import Path

import pytest

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import (
    ScanRoot,
    Settings,
    check_settings_file,
    environment_name,
    load_settings,
    load_with_sources,
    time_zone_for,
)
from seqauto_pipeline.toml_input.wording import found
from seqauto_pipeline_tests.settings.conftest import refusal


def test_without_a_file_and_variables_the_defaults_hold():
    settings, sources = load_with_sources({})

    assert settings == Settings()
    assert set(sources.values()) == {"default"}


def test_a_setting_in_the_file_holds(with_file):
    settings = load_settings(with_file('scan_disks = false\nlayout = "illumina"'))

    assert not settings.scan_disks
    assert settings.layout == "illumina"


def test_what_is_read_again_unchanged_is_not_checked_again_and_a_change_is_seen(with_file):
    environ = with_file("keep_days = 30")
    before = load_settings(environ)

    assert load_settings(environ) is before
    assert load_settings({**environ, "SEQAUTO_KEEP_DAYS": "31"}).keep_days == 31
    assert load_settings(with_file("keep_days = 32")).keep_days == 32


def test_the_environment_wins_over_the_file(with_file):
    environ = with_file("brake_min_runs = 7\nkeep_days = 30")

    settings, sources = load_with_sources({**environ, "SEQAUTO_BRAKE_MIN_RUNS": "9"})

    assert (settings.brake_min_runs, settings.keep_days) == (9, 30)
    assert sources["brake_min_runs"] == "SEQAUTO_BRAKE_MIN_RUNS"
    assert sources["keep_days"] == f"{environ['SEQAUTO_CONFIG']}:2"
    assert sources["enabled"] == "default"


def test_a_changed_file_is_seen_by_the_next_reading(with_file):
    before = load_settings(with_file("enabled = true"))
    after = load_settings(with_file("enabled = false"))

    assert (before.enabled, after.enabled) == (True, False)


def test_the_file_in_the_home_is_read_when_no_other_is_named(tmp_path):
    (tmp_path / "seqauto.toml").write_text("keep_scans = 3")

    assert load_settings({"DAGSTER_HOME": str(tmp_path)}).keep_scans == 3


def test_a_file_that_is_named_goes_before_the_one_in_the_home(tmp_path, with_file):
    (tmp_path / "seqauto.toml").write_text("keep_scans = 3")

    environ = {**with_file("keep_scans = 4"), "DAGSTER_HOME": str(tmp_path)}

    assert load_settings(environ).keep_scans == 4


def test_a_home_without_a_file_is_no_error(tmp_path):
    assert load_settings({"DAGSTER_HOME": str(tmp_path)}) == Settings()


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    missing = tmp_path / "none.toml"

    assert refusal({"SEQAUTO_CONFIG": str(missing)}) == (
        f"{missing}: cannot be read: No such file or directory; expected a settings file. "
        "Correct the setting, then check it with `seqauto settings`."
    )


def test_a_file_in_the_home_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "seqauto.toml").mkdir()

    assert "cannot be read: Is a directory" in refusal({"DAGSTER_HOME": str(tmp_path)})


def test_a_file_that_is_not_toml_is_named_with_its_line(with_file):
    environ = with_file("enabled = true\nlayout = tau\n")

    message = refusal(environ)

    assert message.startswith(f"{environ['SEQAUTO_CONFIG']}:2: is not valid TOML: Invalid value")


def test_a_file_that_ends_too_soon_is_named_with_its_last_line(with_file):
    environ = with_file("enabled = true\nscan_times = [")

    assert refusal(environ).startswith(f"{environ['SEQAUTO_CONFIG']}:2: is not valid TOML")


def test_a_file_that_is_not_utf_8_says_so(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_bytes(b'layout = "\xe9"')

    assert "found a byte that is not UTF-8 at position 10" in refusal({"SEQAUTO_CONFIG": str(path)})


def test_a_byte_order_mark_in_the_file_is_ignored(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_bytes(b"\xef\xbb\xbfkeep_days = 5")

    assert load_settings({"SEQAUTO_CONFIG": str(path)}).keep_days == 5


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("scan_root", "; did you mean scan_roots?"),
        ("SEQAUTO_ENABLED", "; did you mean enabled?"),
        ("skip-marker", "; did you mean skip_marker?"),
        ("colour", ", expected one that docs/settings.md lists"),
    ],
)
def test_an_unknown_setting_in_the_file_is_an_error_with_the_nearest_name(
    with_file, name, suggestion
):
    environ = with_file(f"enabled = true\n\n{name} = 1")

    message = refusal(environ)

    assert message.startswith(
        f"{environ['SEQAUTO_CONFIG']}:3: found the unknown setting '{name}'{suggestion}"
    )


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("SEQAUTO_SCAN_ROOT", "; did you mean SEQAUTO_SCAN_ROOTS?"),
        ("SEQAUTO_UPLOAD_ENABLED", "; did you mean UPLOAD_ENABLED?"),
        ("SEQAUTO_CONFG", "; did you mean SEQAUTO_CONFIG?"),
        ("SEQAUTO_XYZZY", ", expected one that docs/settings.md lists"),
    ],
)
def test_an_unknown_variable_of_ours_is_an_error_with_the_nearest_name(name, suggestion):
    assert refusal({name: "1"}).startswith(f"{name}: found an unknown variable{suggestion}")


def test_the_variables_of_other_programs_are_none_of_our_business():
    assert load_settings({"PATH": "/bin", "MY_SEQAUTO_THING": "1"}) == Settings()


def test_all_errors_are_told_at_once_each_with_its_line(with_file):
    environ = with_file("keep_days = 0\nenabled = 'yes'\n")
    file = environ["SEQAUTO_CONFIG"]

    message = refusal({**environ, "SEQAUTO_SCAN_DISKS": "maybe"})

    assert message.splitlines() == [
        f"{file}:2: enabled: found 'yes', expected true or false",
        "SEQAUTO_SCAN_DISKS: scan_disks: found 'maybe', expected true or false",
        f"{file}:1: keep_days: found 0, expected at least 1. {SettingsError.fix}",
    ]


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "Yes", "on", " on "])
def test_a_variable_can_say_true_in_these_ways(word):
    assert load_settings({"SEQAUTO_NEW_RUN_SENSOR": word}).new_run_sensor


@pytest.mark.parametrize("word", ["false", "False", "0", "no", "NO", "off"])
def test_a_variable_can_say_false_in_these_ways(word):
    settings = load_settings({"SEQAUTO_ENABLED": word, "UPLOAD_ENABLED": word})

    assert (settings.enabled, settings.upload_enabled) == (False, False)


@pytest.mark.parametrize("word", ["", "2", "y", "enabled", "none"])
def test_no_other_word_is_true_or_false(word):
    assert f"found '{word}', expected true or false" in refusal({"SEQAUTO_ENABLED": word})


def test_lists_in_variables_are_split():
    settings = load_settings(
        {
            "SEQAUTO_SCAN_ROOTS": "/data/a:/data/b/",
            "SEQAUTO_SCAN_TIMES": "01:30, 13:30",
            "SEQAUTO_EXTRA_COLUMNS": "Operator,Referral Date",
            "SEQAUTO_SKIP_PATTERNS": "['a{1,2}', 'b']",
            "SEQAUTO_SHEET_RULES": '{INDEX_LENGTHS_DIFFER = "off"}',
        }
    )

    assert settings.scan_roots == (
        ScanRoot(path=Path("/data/a")),
        ScanRoot(path=Path("/data/b")),
    )
    assert settings.scan_times == ("01:30", "13:30")
    assert settings.extra_columns == ("Operator", "Referral Date")
    assert settings.skip_patterns == ("a{1,2}", "b")
    assert settings.sheet_rules == {"INDEX_LENGTHS_DIFFER": "off"}


def test_an_empty_variable_means_none_where_there_can_be_none(with_file):
    environ = with_file('scan_roots = ["/a"]\ntime_zone = "UTC"\nskip_patterns = ["a"]')

    settings = load_settings(
        {
            **environ,
            "SEQAUTO_SCAN_ROOTS": "",
            "SEQAUTO_TIME_ZONE": "",
            "SEQAUTO_SKIP_PATTERNS": "",
            "SEQAUTO_SHEET_RULES": "",
        }
    )

    assert settings == Settings()


def test_numbers_in_variables_are_read():
    settings = load_settings(
        {"SEQAUTO_BRAKE_FRACTION": "0.5", "SEQAUTO_MAX_INPUT_BYTES": "1_000_000"}
    )

    assert (settings.brake_fraction, settings.max_input_bytes) == (0.5, 1_000_000)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("SEQAUTO_KEEP_DAYS", "many", "keep_days: found 'many', expected a whole number"),
        ("SEQAUTO_BRAKE_FRACTION", "30%", "brake_fraction: found '30%', expected a number"),
        ("SEQAUTO_SKIP_PATTERNS", "old", "skip_patterns: found 'old', expected a list"),
        ("SEQAUTO_SHEET_RULES", "A=off", "sheet_rules: found 'A=off', expected a table"),
    ],
)
def test_a_variable_that_cannot_be_read_as_its_setting_is_told(name, text, complaint):
    assert refusal({name: text}).startswith(f"{name}: {complaint}")


def test_two_roots_that_meet_through_a_link_are_refused(tmp_path):
    (tmp_path / "disk/kit").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "disk/kit")

    message = refusal({"SEQAUTO_SCAN_ROOTS": f"{tmp_path}/disk:{tmp_path}/link"})

    assert "SEQAUTO_SCAN_ROOTS: scan_roots: found" in message
    assert "none lies in another (with links followed)" in message


def test_a_home_below_a_scanned_root_is_refused(tmp_path):
    message = refusal({"SEQAUTO_SCAN_ROOTS": str(tmp_path), "DAGSTER_HOME": f"{tmp_path}/a/home"})

    home = found(f"{tmp_path}/a/home")
    assert message.startswith(f"DAGSTER_HOME: found {home}, below the scanned root")


def test_a_report_below_a_scanned_root_is_refused(tmp_path):
    message = refusal(
        {"SEQAUTO_SCAN_ROOTS": str(tmp_path), "SEQAUTO_REPORT_DIRECTORY": f"{tmp_path}/report"}
    )

    assert "SEQAUTO_REPORT_DIRECTORY: found" in message
    assert "below the scanned root" in message


@pytest.mark.parametrize("address", ["seqauto.example.org", "javascript:alert(1)", "ftp://x"])
def test_the_address_of_the_report_is_one_of_the_web(address):
    message = refusal({"SEQAUTO_REPORT_URL": address})

    assert "expected http://HOST/PATH or https://HOST/PATH" in message


def test_a_home_that_a_link_puts_below_a_scanned_root_is_refused(tmp_path):
    (tmp_path / "disk/home").mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "disk/home")

    message = refusal(
        {"SEQAUTO_SCAN_ROOTS": f"{tmp_path}/disk", "DAGSTER_HOME": f"{tmp_path}/home"}
    )

    assert "below the scanned root" in message


def test_a_relative_home_is_refused():
    assert "DAGSTER_HOME: found 'here', expected an absolute path" in refusal(
        {"DAGSTER_HOME": "here"}
    )


def test_a_database_file_below_a_scanned_root_is_refused(with_file, tmp_path):
    environ = with_file(f'\ndatabase_url = "sqlite:///{tmp_path}/seqauto.db"')

    message = refusal({**environ, "SEQAUTO_SCAN_ROOTS": str(tmp_path)})

    assert message.startswith(
        f"{environ['SEQAUTO_CONFIG']}:2: found {found(f'{tmp_path}/seqauto.db')}, below"
    )


def test_backups_below_a_scanned_root_are_refused(with_file, tmp_path):
    environ = with_file(f'\nbackup_directory = "{tmp_path}/backups"')

    message = refusal({**environ, "SEQAUTO_SCAN_ROOTS": str(tmp_path)})

    assert f":2: found {found(f'{tmp_path}/backups')}, below" in message


def test_every_setting_has_a_variable_and_a_meaning():
    names = [environment_name(name) for name in Settings.model_fields]

    assert len(set(names)) == len(names)
    assert all(field.description for field in Settings.model_fields.values())
    assert {"SEQAUTO_ENABLED", "SEQAUTO_SCAN_DISKS", "UPLOAD_ENABLED"} <= set(names)


def test_the_time_zone_is_the_setting_else_the_machines():
    assert time_zone_for(Settings(time_zone="Asia/Tokyo"), {"TZ": "Europe/Paris"}) == "Asia/Tokyo"
    assert time_zone_for(Settings(), {"TZ": "Europe/Paris"}) == "Europe/Paris"


def test_a_candidate_file_is_checked_whatever_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQAUTO_ENABLED", "perhaps")
    path = tmp_path / "new.toml"
    path.write_text(f'scan_roots = ["{tmp_path}"]\n')

    assert check_settings_file(path) == ()
    assert "below the scanned root" in check_settings_file(path, tmp_path / "home")[0].reason


def test_a_candidate_file_that_is_missing_is_said(tmp_path):
    [complaint] = check_settings_file(tmp_path / "none.toml")

    assert complaint.reason.startswith("cannot be read: No such file or directory")


def test_importing_the_settings_imports_nothing_heavy_and_reads_no_variable():
    program = (
        "import sys, seqauto_pipeline.settings\n"
        "heavy = {'dagster', 'pandas', 'sqlalchemy', 'click', 'rich', 'pydantic_settings'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"SEQAUTO_NONSENSE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_check_names_types_of_recipes_that_no_layout_in_use_has(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_text(
        "job_recipes = [\n"
        "    {file_type = 'vfc', inputs = ['bam', 'basecalls'], command = ['x']},\n"
        "    {file_type = 'vcf', inputs = ['bam', 'bim'], command = ['x']},\n"
        "]\n"
    )

    assert [each.reason for each in check_settings_file(path)] == [
        "job_recipes.1.file_type: found 'vfc', which no layout in use has; did you mean vcf?",
        "job_recipes.2.inputs.2: found 'bim', which no layout in use has; did you mean bam?",
    ]
