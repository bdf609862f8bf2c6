"""What can be set, where it may be said, and what the operator is told when it is wrong."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import (
    ScanRoot,
    Settings,
    check_settings_file,
    database_url_for,
    environment_name,
    load_settings,
    load_with_sources,
    masked_url,
    time_zone_for,
)
from seqauto_pipeline.settings.time_zone import machine_time_zone
from seqauto_pipeline.toml_input.wording import found

WriteFile = Callable[[str], dict[str, str]]


@pytest.fixture
def with_file(tmp_path: Path) -> WriteFile:
    """Write a settings file, and give the environment that names it."""

    def _with_file(text: str) -> dict[str, str]:
        path = tmp_path / "lab.toml"
        path.write_text(text)
        return {"SEQAUTO_CONFIG": str(path)}

    return _with_file


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return str(caught.value)


def test_without_a_file_and_variables_the_defaults_hold():
    settings, sources = load_with_sources({})

    assert settings == Settings()
    assert set(sources.values()) == {"default"}


def test_a_setting_in_the_file_holds(with_file):
    settings = load_settings(with_file('scan_disks = false\nlayout = "illumina"'))

    assert not settings.scan_disks
    assert settings.layout == "illumina"


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
        ("scan_roots = [3]", "scan_roots.1: found 3, expected a path, or a table with path and"),
        ("scan_roots = [{path = 3}]", "scan_roots.1.path: found 3, expected a path in quotes"),
        ("scan_roots = [{layout = 'tau'}]", "scan_roots.1.path: found nothing, expected a value"),
        ("scan_roots = [{path = '/a', depth = 1}]", "found an unknown key, expected path or"),
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


def test_roots_next_to_each_other_with_a_common_start_are_fine():
    settings = load_settings({"SEQAUTO_SCAN_ROOTS": "/data/run:/data/run2"})

    assert len(settings.scan_roots) == 2


def test_a_root_can_have_a_layout_of_its_own(with_file):
    text = '[[scan_roots]]\npath = "/a"\n[[scan_roots]]\npath = "/b"\nlayout = "illumina"\n'

    settings = load_settings(with_file(text))

    assert settings.scan_roots == (
        ScanRoot(path=Path("/a")),
        ScanRoot(path=Path("/b"), layout="illumina"),
    )


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


def test_the_default_database_is_a_file_in_the_home():
    assert database_url_for(Settings(), Path("/home/lab")) == "sqlite:////home/lab/seqauto.db"


@pytest.mark.parametrize(
    ("given", "effective"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"),
        ("postgres://u:p@h:5432/d", "postgresql+psycopg2://u:p@h:5432/d"),
        ("postgresql+psycopg2://u@[::1]:5432/d", "postgresql+psycopg2://u@[::1]:5432/d"),
        ("postgresql:///d?host=/run/pg", "postgresql+psycopg2:///d?host=/run/pg"),
        ("sqlite:////var/lib/seqauto.db", "sqlite:////var/lib/seqauto.db"),
    ],
)
def test_the_driver_of_a_database_is_always_named(given, effective):
    environ = {"SEQAUTO_DATABASE_URL": given, "SEQAUTO_STATEMENT_TIMEOUT_SECONDS": "0"}

    assert database_url_for(load_settings(environ), Path("/home/lab")) == effective


@pytest.mark.parametrize(
    ("given", "effective"),
    [
        ("postgresql://h/d", "://h/d?options=-c%20statement_timeout%3D60s"),
        ("postgresql:///d?host=/pg", ":///d?host=/pg&options=-c%20statement_timeout%3D60s"),
        ("postgresql://h/d?options=-c%20a%3Db", "://h/d?options=-c%20a%3Db"),
    ],
)
def test_our_own_statements_on_postgresql_have_a_time_limit(given, effective):
    environ = {"SEQAUTO_DATABASE_URL": given, "SEQAUTO_STATEMENT_TIMEOUT_SECONDS": "60"}

    url = database_url_for(load_settings(environ), Path("/home/lab"))

    assert url == f"postgresql+psycopg2{effective}"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("user:geheim@host/db", "found text without '://', expected postgresql://USER"),
        ("mysql://user:geheim@host/db", "found the database 'mysql', expected postgresql://USER"),
        ("postgresql://user:geheim", "with a host or port that cannot be read"),
        ("sqlite://", "found 'sqlite://', expected postgresql://USER"),
        ("sqlite:///relative.db", "found 'sqlite:///relative.db', expected postgresql://USER"),
    ],
)
def test_a_wrong_database_url_is_refused_without_showing_the_password(url, complaint):
    message = refusal({"SEQAUTO_DATABASE_URL": url})

    assert complaint in message
    assert "geheim" not in message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h/d",
        "postgresql://u:geheim:x@h/d",
        "postgresql://u:ge@geheim/geheim@h/d",
        "postgresql://:geheim@h/d",
        "postgresql://h/d?user=u&password=geheim",
        "postgresql://h/d?sslpassword=geheim&x=1",
    ],
)
def test_a_password_in_a_url_is_masked(url):
    assert "geheim" not in masked_url(url)
    assert "***" in masked_url(url)


def test_a_password_does_not_show_in_the_settings_themselves():
    settings = load_settings({"SEQAUTO_DATABASE_URL": "postgresql://u:geheim@h/d"})

    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_settings_cannot_be_changed_and_survive_pickling():
    settings = load_settings({"SEQAUTO_SCAN_ROOTS": "/a"})

    with pytest.raises(ValueError, match="frozen"):
        settings.enabled = False
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_every_setting_has_a_variable_and_a_meaning():
    names = [environment_name(name) for name in Settings.model_fields]

    assert len(set(names)) == len(names)
    assert all(field.description for field in Settings.model_fields.values())
    assert {"SEQAUTO_ENABLED", "SEQAUTO_SCAN_DISKS", "UPLOAD_ENABLED"} <= set(names)


def test_the_time_zone_is_the_setting_else_the_machines():
    assert time_zone_for(Settings(time_zone="Asia/Tokyo"), {"TZ": "Europe/Paris"}) == "Asia/Tokyo"
    assert time_zone_for(Settings(), {"TZ": "Europe/Paris"}) == "Europe/Paris"


@pytest.mark.parametrize(
    "name", ["Europe/Paris", ":Europe/Paris", "/usr/share/zoneinfo/Europe/Paris"]
)
def test_the_machines_time_zone_can_be_said_by_tz(tmp_path, name):
    assert machine_time_zone({"TZ": name}, tmp_path) == "Europe/Paris"


def test_the_machines_time_zone_is_found_in_its_files(tmp_path):
    (tmp_path / "timezone").write_text("America/Lima\n")
    from_text = machine_time_zone({}, tmp_path)
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/Australia/Adelaide")
    from_link = machine_time_zone({"TZ": "EST5EDT4,M3.2.0,M11.1.0"}, tmp_path)

    assert (from_text, from_link) == ("America/Lima", "Australia/Adelaide")


def test_a_machine_that_names_no_time_zone_is_in_utc(tmp_path):
    assert machine_time_zone({}, tmp_path) == "UTC"


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
