"""`seqauto settings` and `seqauto init`, and the home that a command works in."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import seqauto_pipeline
from seqauto_pipeline.cli.home import choose_home, prepare_home
from seqauto_pipeline.cli.main import main
from seqauto_pipeline.cli.server.settings import settings_file_text, settings_page, toml
from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import ScanRoot, Settings, environment_name, load_settings

PROJECT = Path(seqauto_pipeline.__file__).parents[1]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Export a home that is not there yet, and nothing else of ours."""
    for name in ("SEQAUTO_CONFIG", *map(environment_name, Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def seqauto(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_each_setting_is_shown_with_value_source_and_meaning(home, monkeypatch):
    home.mkdir()
    (home / "seqauto.toml").write_text("\nkeep_days = 30\n")
    monkeypatch.setenv("SEQAUTO_NEW_RUN_SENSOR", "on")

    result = seqauto("settings")

    assert result.exit_code == 0
    assert f"File: {home}/seqauto.toml\n" in result.output
    assert f"keep_days = 30    ({home}/seqauto.toml:2)\n    Days for which they" in result.output
    assert "new_run_sensor = true    (SEQAUTO_NEW_RUN_SENSOR)\n" in result.output
    assert "max_input_bytes = 16_777_216    (default)\n" in result.output
    for name in Settings.model_fields:
        assert f"\n{name} = " in result.output


def test_showing_the_settings_creates_nothing(home):
    result = seqauto("settings")

    assert "seqauto.toml (not there: defaults hold)" in result.output
    assert not home.exists()


def test_the_json_has_the_same_facts(home, monkeypatch):
    monkeypatch.setenv("SEQAUTO_SCAN_ROOTS", "/data/a")
    monkeypatch.setenv("SEQAUTO_TIME_ZONE", "Asia/Tokyo")

    shown = json.loads(seqauto("settings", "--format", "json").output)

    by_name = {row["name"]: row for row in shown["settings"]}
    assert (shown["home"], shown["file_exists"]) == (str(home), False)
    assert list(by_name) == list(Settings.model_fields)
    assert by_name["scan_roots"]["value"] == ["/data/a"]
    assert by_name["scan_roots"]["source"] == "SEQAUTO_SCAN_ROOTS"
    assert by_name["time_zone"]["value"] == "Asia/Tokyo"
    assert by_name["database_url"]["value"] == f"sqlite:///{home}/seqauto.db"
    assert by_name["sheet_rules"]["value"] == {}
    assert by_name["keep_days"] == {
        "name": "keep_days",
        "value": 365,
        "source": "default",
        "environment": "SEQAUTO_KEEP_DAYS",
        "meaning": "Days for which they are kept. What the scans found is kept for ever.",
    }


def test_a_root_with_its_own_layout_is_shown_with_it(home):
    home.mkdir()
    (home / "seqauto.toml").write_text('scan_roots = [{path = "/a", layout = "illumina"}]')

    assert 'scan_roots = [{path = "/a", layout = "illumina"}]' in seqauto("settings").output


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_password_is_never_printed(form, monkeypatch):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", "postgresql://lab:geheim@host/db")

    result = seqauto("settings", "--format", form)

    assert "postgresql+psycopg2://lab:***@host/db" in result.output
    assert "geheim" not in result.output


def test_settings_that_cannot_be_used_are_told_and_end_with_one(home, monkeypatch):
    monkeypatch.setenv("SEQAUTO_KEEP_DAY", "3")

    result = seqauto("settings")

    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: SEQAUTO_KEEP_DAY: found an unknown variable; did you mean SEQAUTO_KEEP_DAYS?"
    )


def test_checking_a_good_file_says_so(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text("keep_days = 3\n")

    result = seqauto("settings", "--check", str(path))

    assert (result.exit_code, result.output) == (0, f"{path}: can be used\n")


def test_checking_a_file_lists_each_error_with_its_line(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text("keep_day = 3\nenabled = 1\n")

    result = seqauto("settings", "--check", str(path))

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{path}:1: found the unknown setting 'keep_day'; did you mean keep_days?",
        f"{path}:2: enabled: found 1, expected true or false",
        f"{path}: has 2 errors",
    ]


def test_checking_a_file_finds_layouts_that_there_are_not(tmp_path):
    path, own = tmp_path / "new.toml", tmp_path / "own.toml"
    own.write_text("version = 1\n[run\n")
    path.write_text(
        'layout = "ilumina"\n'
        f'scan_roots = ["/data/a", {{path = "/data/b", layout = "ours"}}, "/data/c",\n'
        f'  {{path = "/data/d", layout = "{own}"}}, {{path = "/data/e", layout = "tau"}}]\n'
    )

    lines = seqauto("settings", "--check", str(path)).output.splitlines()

    assert lines[0] == f"{path}:1: layout: found 'ilumina'; did you mean illumina?"
    assert lines[1] == (
        f"{path}:2: scan_roots.2.layout: found 'ours', expected illumina or tau, or a file's "
        "absolute path"
    )
    assert lines[2].startswith(f"{path}:2: scan_roots.4.layout: found ")  # a long path is cut there
    assert f", which is no layout: {own}:2: this is not TOML" in lines[2]
    assert lines[3:] == [f"{path}: has 3 errors"]


def test_settings_with_an_unknown_layout_can_still_be_shown(home):
    home.mkdir()
    (home / "seqauto.toml").write_text('layout = "ilumina"')

    assert 'layout = "ilumina"' in seqauto("settings").output


def test_checking_a_file_can_answer_in_json(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text("enabled = 1")

    result = seqauto("settings", "--check", str(path), "--format", "json")

    assert result.exit_code == 1
    assert json.loads(result.output) == [
        {"where": f"{path}:1", "reason": "enabled: found 1, expected true or false"}
    ]


def test_checking_a_file_refuses_a_root_that_holds_the_home(tmp_path, home):
    path = tmp_path / "new.toml"
    path.write_text(f'scan_roots = ["{tmp_path}"]')

    result = seqauto("settings", "--check", str(path))

    assert f"DAGSTER_HOME: found '{home}', below the scanned root" in result.output


def test_the_file_that_init_writes_holds_the_defaults(home):
    result = seqauto("init")

    assert (result.exit_code, result.output) == (0, f"Wrote {home}/seqauto.toml\n")
    assert load_settings() == Settings()


def test_init_writes_the_roots_it_is_given(home, tmp_path):
    (tmp_path / "a").mkdir()

    result = seqauto("init", "--root", str(tmp_path / "a"), "--root", str(tmp_path / 'b"é'))

    assert f'{tmp_path}/b"é is no directory now: mount it, or correct scan_roots' in result.output
    assert result.output.count("is no directory") == 1
    assert load_settings() == Settings(
        scan_roots=(ScanRoot(path=tmp_path / "a"), ScanRoot(path=tmp_path / 'b"é'))
    )


def test_init_writes_the_file_that_is_named(tmp_path, home, monkeypatch):
    monkeypatch.setenv("SEQAUTO_CONFIG", str(tmp_path / "lab.toml"))

    result = seqauto("init")

    assert result.output == f"Wrote {tmp_path}/lab.toml\n"
    assert not home.exists()


def test_init_leaves_an_existing_file_alone(home):
    home.mkdir()
    (home / "seqauto.toml").write_text("keep_days = 3")

    result = seqauto("init")

    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {home}/seqauto.toml is there already: "
        "change it by hand, or replace it with --force.\n"
    )
    assert load_settings().keep_days == 3


def test_init_replaces_a_broken_file_when_forced(home):
    home.mkdir()
    (home / "seqauto.toml").write_text("what is this")

    result = seqauto("init", "--force")

    assert result.exit_code == 0
    assert load_settings() == Settings()


def test_init_writes_nothing_that_could_not_be_used(home, tmp_path):
    result = seqauto("init", "--root", str(tmp_path))

    assert result.exit_code == 1
    assert "below the scanned root" in result.stderr
    assert not home.exists()


def test_init_says_when_it_cannot_write(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQAUTO_CONFIG", str(tmp_path / "none/lab.toml"))

    result = seqauto("init")

    assert result.stderr == (
        f"Error: {tmp_path}/none/lab.toml cannot be written: No such file or directory.\n"
    )


def test_a_root_that_is_not_utf_8_is_refused_by_init(home, tmp_path):
    result = seqauto("init", "--root", os.fsdecode(bytes(tmp_path) + b"/\xff"))

    assert result.exit_code == 1
    assert (
        "not UTF-8 cannot stand in a settings file: give it in SEQAUTO_SCAN_ROOTS" in result.stderr
    )
    assert not (home / "seqauto.toml").exists()


def test_every_line_of_the_written_file_can_be_taken_out_of_its_comment(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_text(re.sub(r"(?m)^# (?=[a-z_]+ = )", "", settings_file_text()))

    settings = load_settings({"SEQAUTO_CONFIG": str(path)})

    assert settings.scan_roots[1].layout == "illumina"
    assert settings.model_fields_set == set(Settings.model_fields)


def test_the_documentation_is_what_the_command_prints():
    page = (PROJECT / "docs/settings.md").read_text()

    assert page == settings_page() == seqauto("settings", "--format", "markdown").output


def test_values_are_written_as_toml_reads_them():
    assert toml({"a b": ["\x7f", "\n", 'x"', "é"], "k": 1.5}) == (
        '{"a b" = ["\\u007f", "\\n", "x\\"", "é"], k = 1.5}'
    )


def test_an_exported_home_is_obeyed_and_created(home, capsys):
    assert prepare_home() == home
    assert home.is_dir()
    assert capsys.readouterr().err == ""


def test_a_missing_home_is_the_projects_and_said(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "seqauto-pipeline"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME")

    home = prepare_home()

    assert home == tmp_path / ".dagster"
    assert os.environ["DAGSTER_HOME"] == str(home)
    assert capsys.readouterr().err == f"DAGSTER_HOME is not set: using {home}\n"


@pytest.mark.parametrize(
    "other", ["", '[project]\nname = "another"', "not toml", 'project = "seqauto-pipeline"']
)
def test_elsewhere_the_home_is_that_of_the_checkout_that_runs(tmp_path, monkeypatch, other):
    (tmp_path / "pyproject.toml").write_text(other)
    monkeypatch.chdir(tmp_path)

    assert choose_home({}) == PROJECT / ".dagster"


def test_an_empty_home_counts_as_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert choose_home({"DAGSTER_HOME": ""}) == PROJECT / ".dagster"


def test_a_relative_home_is_refused():
    with pytest.raises(SettingsError, match="found 'here', expected the absolute path"):
        choose_home({"DAGSTER_HOME": "here"})


def test_a_home_below_a_scanned_root_is_refused_before_it_is_created(home, tmp_path, monkeypatch):
    monkeypatch.setenv("SEQAUTO_SCAN_ROOTS", str(tmp_path))

    with pytest.raises(SettingsError, match="below the scanned root"):
        prepare_home()

    assert not home.exists()


def test_a_program_outside_of_any_checkout_has_its_home_with_the_user(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("seqauto_pipeline.cli.home.__file__", str(tmp_path / "a/b/c/home.py"))

    assert choose_home({}) == tmp_path / ".seqauto"


def test_a_home_that_cannot_be_created_is_told(home):
    home.write_text("a file")

    with pytest.raises(SettingsError, match="cannot be created: File exists"):
        prepare_home()
