"""Who is told what: a real command writes it down."""

import datetime as dt
import json
import shutil

import dagster as dg
import pytest

from seqauto_pipeline.monitoring.overdue import CHECKS
from seqauto_pipeline.monitoring.sending import Sent
from seqauto_pipeline.orchestration.alerts import alert_sensors, alerts, send_alerts
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.views.findings import QUESTIONS
from seqauto_pipeline_tests.orchestration.conftest import NAME, RUN
from seqauto_pipeline_tests.orchestration.telling import (
    break_the_disk,
    change,
    in_days,
    seqauto,
    titles,
    told,
)


def test_nobody_is_told_until_a_receiver_is_configured(lab, scan, tell, instance):
    scan()
    break_the_disk(lab.root)
    scan()

    assert tell() == Sent((), ())
    assert not (lab.home / "alerts.json").exists()
    skipped = alerts(dg.build_sensor_context(instance=instance))
    assert "No receiver" in str(skipped.skip_message)


def test_a_failed_scan_is_told_once_and_told_when_it_is_over(lab, scan, tell, log):
    scan()
    moved = lab.root.with_name("elsewhere")
    shutil.move(lab.root, moved)
    first = scan()
    assert titles(tell()) == [f"Scan {first.short_id} failed"]

    scan()
    assert titles(tell()) == []  # for the same reason again

    shutil.move(moved, lab.root)
    scan()
    assert titles(tell()) == [f"Over: Scan {first.short_id} failed"]
    assert titles(tell()) == []
    assert [each["event"] for each in told(log)] == ["raised", "cleared"]
    assert "is the disk mounted?" in str(told(log)[0]["text"])


@pytest.mark.postgres
@pytest.mark.new_home
def test_a_failed_scan_is_told_where_both_storages_are_on_postgresql(lab, scan, log, postgres_url):
    settings = lab.home / "seqauto.toml"
    settings.write_text(f'{settings.read_text()}database_url = "{postgres_url}"\n')
    scan()
    break_the_disk(lab.root)
    failed = scan()

    with dg.DagsterInstance.get() as instance:
        site, now = read_site(), dt.datetime.now(dt.UTC)
        first, again = (send_alerts(instance, site, now) for _ in range(2))
        overdue = send_alerts(instance, site, in_days(30))

    assert titles(first) == [f"Scan {failed.short_id} failed"]
    assert titles(again) == []
    assert any(NAME in notice.text for _, notice in overdue.notices)  # out of the models
    assert "is the disk mounted?" in str(told(log)[0]["text"])
    assert not list(lab.home.rglob("*.db"))


def test_a_failure_for_another_reason_is_told_and_the_first_is_not_called_over(
    lab, scan, tell, log, monkeypatch
):
    scan()
    break_the_disk(lab.root)
    scan()
    tell()
    monkeypatch.setenv("SEQAUTO_LAYOUT", "unheard-of")
    second = scan()

    assert titles(tell()) == [f"Scan {second.short_id} failed"]


def test_the_sensor_tells_and_says_so(lab, scan, instance, log):
    scan()
    break_the_disk(lab.root)
    story = scan()

    skipped = alerts(dg.build_sensor_context(instance=instance))

    assert f"Told command: Scan {story.short_id} failed." in str(skipped.skip_message)
    assert [each.name for each in alert_sensors()] == ["scan_failure_alert", "alerts"]


def test_a_scheduled_scan_that_did_not_happen_is_told_until_one_does(lab, scan, tell, log):
    scan()
    assert "scan_missed" not in {key for _, each in tell().notices for key in each.keys}

    sent = tell(in_days(2, hour=5))
    assert titles(sent) == ["A scheduled scan is missing"]
    assert sent.notices[0][1].text.endswith("/schedules/scheduled_scan")
    assert titles(tell(in_days(2, hour=5))) == []
    assert titles(tell()) == ["Over: A scheduled scan is missing"]


@pytest.mark.parametrize("switch", ["enabled", "scan_disks", "upload_enabled"])
def test_no_scan_is_missed_that_a_setting_holds_back(lab, scan, tell, log, switch):
    scan()
    with (lab.home / "seqauto.toml").open("a") as settings:
        settings.write(f"{switch} = false\n")

    assert titles(tell(in_days(2, hour=5))) == []


def test_what_is_overdue_is_told_once_a_day_at_most_and_only_when_it_changes(lab, scan, tell, log):
    scan()
    change(lab.database_url, "UPDATE scan SET as_of = '2020-01-01 00:00:00'")
    assert titles(tell(in_days(0.001, hour=7))) == []  # before its time of day

    sent = tell(in_days(0.001))
    assert titles(sent) == ["1 overdue sequencing run"]
    assert "idt_haem:\n" in sent.notices[0][1].text
    assert f"{NAME} (new): complete for " in sent.notices[0][1].text
    assert "missing 2 fastq" in sent.notices[0][1].text
    *_, page = sent.notices[0][1].text.splitlines()
    assert page.endswith("/assets/sequencing_runs?view=checks&checkDetail=nothing_is_overdue")
    assert set(CHECKS.values()) < {each.name for each in QUESTIONS}
    assert titles(tell(in_days(0.001, hour=10))) == []

    fastq = lab.root / RUN / "0_fastq"
    fastq.mkdir()
    for read in (1, 2):
        (fastq / f"S1_R{read}.fastq.gz").write_bytes(b"reads")
    scan()
    assert titles(tell(in_days(0.001, hour=11))) == []  # told tomorrow
    [(_, notice)] = [each for each in tell(in_days(1.001)).notices if each[1].event == "digest"]
    assert notice.title == "Nothing is overdue any more"
    assert NAME in notice.text


@pytest.mark.sqlite
def test_a_models_database_that_cannot_be_read_does_not_end_what_is_overdue(lab, scan, tell, log):
    scan()
    change(lab.database_url, "UPDATE scan SET as_of = '2020-01-01 00:00:00'")
    assert titles(tell(in_days(0.001))) == ["1 overdue sequencing run"]
    database = lab.home / "seqauto.db"
    elsewhere = database.rename(lab.home / "away")

    for put in (lambda: None, lambda: database.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)):
        put()
        digests = [each for _, each in tell(in_days(2)).notices if each.event == "digest"]
        result = seqauto("alerts")
        assert digests == []
        assert "What is overdue is not known" in result.stderr

    elsewhere.replace(database)
    assert "digest" not in [each.event for _, each in tell(in_days(2)).notices]


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_lines_of_a_condition_are_lines_and_fit_the_terminal(lab, scan, monkeypatch, columns):
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()
    scan()
    change(lab.database_url, "UPDATE scan SET as_of = '2020-01-01 00:00:00'")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("seqauto_pipeline.cli.tables.is_terminal", lambda: True)

    output = seqauto("alerts").output

    assert "overdue" in output
    assert "\\n" not in output
    texts = [line for line in output.splitlines() if not line.startswith("overdue:")]
    assert [line for line in texts if len(line) > columns] == []  # a key is whole: `ack` takes it


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sequencing_run SET bad = true",
        "UPDATE sequencing_run SET legacy = true",
        "UPDATE message SET acknowledged_at = opened_at WHERE code = 'SAMPLE_WITHOUT_FILES'",
    ],
)
def test_flagged_and_acknowledged_runs_are_not_overdue(lab, scan, tell, log, statement):
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()  # no file of the sample: a message
    scan()
    change(lab.database_url, "UPDATE scan SET as_of = '2020-01-01 00:00:00'")
    change(lab.database_url, statement)

    assert titles(tell(in_days(0.001))) == []


def test_a_gold_standard_run_is_overdue_as_any_other(lab, scan, tell, log):
    scan()
    change(lab.database_url, "UPDATE scan SET as_of = '2020-01-01 00:00:00'")
    change(lab.database_url, "UPDATE sequencing_run SET gold_standard = true")

    assert titles(tell(in_days(0.001))) == ["1 overdue sequencing run"]


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        ("UPDATE sequencing_run SET bad = true", True),
        ("UPDATE sequencing_run SET gold_standard = true", True),
        ("UPDATE sequencing_run SET hidden = true", False),
        ("UPDATE sequencing_run SET legacy = true", False),
        ("UPDATE message SET acknowledged_at = opened_at WHERE code = 'FILES_DELETED'", False),
    ],
)
def test_lost_files_are_told_unless_the_run_is_hidden_or_somebody_has_seen_it(
    lab, scan, tell, log, statement, is_told
):
    scan()
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()
    scan()
    change(lab.database_url, statement)

    notices = [notice for _, notice in tell(in_days(0.001)).notices]

    assert [notice.title for notice in notices] == (
        ["1 sequencing run with lost files"] if is_told else []
    )
    assert all("1 bam file is gone" in notice.text for notice in notices)


def test_a_kit_has_hours_of_its_own(lab, scan, tell, log):
    with (lab.home / "seqauto.toml").open("a") as settings:
        settings.write("overdue_hours_for_kit = {idt_haem = 1000000}\n")
    scan()
    change(lab.database_url, "UPDATE scan SET as_of = '2020-01-01 00:00:00'")

    assert titles(tell(in_days(0.001))) == []


def test_an_acknowledged_condition_is_told_to_nobody(lab, scan, tell, log):
    scan()
    break_the_disk(lab.root)
    scan()
    [shown] = json.loads(seqauto("alerts", "--format", "json").output)

    result = seqauto("alerts", "ack", shown["key"], "--by", "Ann", "--why", "being moved")

    assert result.exit_code == 0
    assert titles(tell()) == []
    assert f"{shown['key']} (acknowledged)" in seqauto("alerts").output
    assert "acknowledged by Ann: being moved" in seqauto("alerts").output


def test_an_acknowledged_condition_is_not_taken_over_in_silence_and_can_be_taken_back(
    lab, scan, tell, log
):
    scan()
    break_the_disk(lab.root)
    scan()
    [shown] = json.loads(seqauto("alerts", "--format", "json").output)
    key, until = shown["key"], f"{in_days(3):%Y-%m-%d}"
    seqauto("alerts", "ack", key, "--by", "Ann", "--why", "being moved", "--until", until)

    refused = seqauto("alerts", "ack", key, "--by", "Bo", "--why", "x")
    [kept] = json.loads(seqauto("alerts", "--format", "json").output)
    replaced = seqauto("alerts", "ack", key, "--by", "Bo", "--why", "x", "--replace")
    back = [seqauto("alerts", "unack", key, "--by", "Cy", "--why", "over") for _ in range(2)]
    history = json.loads(seqauto("alerts", "log", key, "--format", "json").output)
    lines = seqauto("alerts", "log").output.splitlines()

    assert refused.exit_code == 2
    assert f"is acknowledged by Ann until {until}: being moved" in refused.output
    assert (kept["acknowledged_by"], kept["acknowledged_why"]) == ("Ann", "being moved")
    assert replaced.exit_code == 0
    assert [each.exit_code for each in back] == [0, 2]
    assert [(each["on"], each["by"], each["why"]) for each in history] == [
        (True, "Ann", "being moved"),
        (True, "Bo", "x"),
        (False, "Cy", "over"),
    ]
    assert all(each["key"] == key and each["at"] for each in history)
    assert lines[0].endswith(f"  {key} acknowledged, until {until}, by Ann: being moved")
    assert lines[2].endswith(f"  {key} taken back, by Cy: over")
    assert any("failed" in each for each in titles(tell()))


def test_an_acknowledgement_ends_on_its_day(lab, scan, tell, log):
    scan()
    break_the_disk(lab.root)
    scan()
    [shown] = json.loads(seqauto("alerts", "--format", "json").output)
    until = f"{in_days(3):%Y-%m-%d}"
    seqauto("alerts", "ack", shown["key"], "--by", "A", "--why", "w", "--until", until)

    assert titles(tell()) == []
    assert any("failed" in each for each in titles(tell(in_days(4))))


def test_only_what_is_wrong_now_can_be_acknowledged(lab):
    result = seqauto("alerts", "ack", "scan_missed", "--by", "Ann", "--why", "w")

    assert result.exit_code == 2
    assert "seqauto alerts" in result.output
    assert "Nobody has said anything of any condition." in seqauto("alerts", "log").output


def test_a_mistyped_condition_is_told_with_the_near_one(lab, scan, log):
    scan()
    break_the_disk(lab.root)
    scan()
    [shown] = json.loads(seqauto("alerts", "--format", "json").output)

    result = seqauto("alerts", "ack", shown["key"][:-1], "--by", "Ann", "--why", "w")

    assert result.exit_code == 2
    assert f"did you mean {shown['key']}?" in result.output


def test_cron_can_tell_where_no_daemon_does(lab, scan, log):
    scan()
    break_the_disk(lab.root)
    story = scan()

    result = seqauto("alerts", "check")

    assert result.exit_code == 0
    assert result.output == f"command: Scan {story.short_id} failed\n"


@pytest.mark.new_home
def test_before_the_first_scan_there_is_nothing_to_tell(lab, log):
    before = sorted(lab.home.rglob("*"))

    assert "0 conditions; told by: command." in seqauto("alerts").output
    assert seqauto("alerts", "check").exit_code == 0
    assert sorted(lab.home.rglob("*")) == before


def test_a_damaged_memory_is_forgotten(lab, scan, tell, log):
    (lab.home / "alerts.json").write_text('{"told": []}')
    scan()
    break_the_disk(lab.root)
    scan()

    assert len(titles(tell())) == 1


def test_a_launch_that_asked_for_what_cannot_be_alerts_nobody(lab, scan, tell, log):
    scan()
    refused = scan(roots=["/etc"])
    unknown = scan(runs=["no such run"])

    assert [refused.state, unknown.state] == ["Error", "Error"]
    assert titles(tell()) == []


def test_an_alert_links_to_the_page_of_the_scan_and_is_quiet_while_it_is_retried(
    lab, scan, tell, log, instance
):
    settings = lab.home / "seqauto.toml"
    settings.write_text(f'{settings.read_text()}web_server_url = "https://seqauto.example.org/"\n')
    scan()
    break_the_disk(lab.root)
    failed = scan()
    instance.add_run_tags(failed.id, {"dagster/will_retry": "true"})
    assert titles(tell()) == []

    instance.add_run_tags(failed.id, {"dagster/will_retry": "false"})

    assert titles(tell()) == [f"Scan {failed.short_id} failed"]
    text = str(told(log)[0]["text"])
    assert f"https://seqauto.example.org/runs/{failed.id}" in text
    assert "Traceback" not in text
