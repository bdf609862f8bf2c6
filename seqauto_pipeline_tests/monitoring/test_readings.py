"""How facts about the system are judged: what tests of real set-ups cannot make happen quickly."""

import datetime as dt
import shlex
from dataclasses import replace

import pytest

from seqauto_pipeline.monitoring.checks import CHECK_OF_MESSAGE, CHECKS
from seqauto_pipeline.monitoring.doctor_readings import doctor_readings
from seqauto_pipeline.monitoring.facts import (
    MIB,
    BackupFacts,
    DaemonFacts,
    DagsterFacts,
    DatabaseFacts,
    MessageFacts,
    RootFacts,
    ScanFacts,
    ScheduleFacts,
    ServerFacts,
    SettingsFacts,
    SlowQuery,
    StorageFacts,
    WebFacts,
)
from seqauto_pipeline.monitoring.readings import Reading, Standing, worst
from seqauto_pipeline.monitoring.server_readings import server_readings

NOW = dt.datetime(2026, 1, 10, 12, 0, tzinfo=dt.UTC)
SCAN = ScanFacts("abcd1234", "Finished", NOW - dt.timedelta(hours=6))
DAGSTER = DagsterFacts(
    daemons=(DaemonFacts("SCHEDULER", NOW), DaemonFacts("SENSOR", NOW)),
    schedule=ScheduleFacts("scheduled_scan", is_stopped=False, next_ticks=(NOW,)),
    last=SCAN,
    last_finished=SCAN,
)
DATABASE = DatabaseFacts("/home/seqauto.db", revision="0001", size=5 * MIB)
ROOT = RootFacts("/data", entries=3, seconds=0.01, free=90, total=100, directories_tested=4)
STORAGE = StorageFacts("/home", exists=True, writable=True, free=900 * MIB, total=1000 * MIB)
WELL = ServerFacts(
    home="/home",
    user="seqauto",
    settings=SettingsFacts(roots=1),
    storage=(STORAGE,),
    database=DATABASE,
    roots=(ROOT,),
    web=WebFacts("http://127.0.0.1:3000", version="1.13"),
    dagster=DAGSTER,
)
QUIET = replace(WELL, settings=SettingsFacts(switched_off=("SEQAUTO_SCAN_DISKS",), roots=1))


def ago(**time: float) -> dt.datetime:
    return NOW - dt.timedelta(**time)


def named(facts: ServerFacts) -> dict[str, Reading]:
    return {each.check: each for each in doctor_readings(facts, NOW) if each.check}


def dagster(facts: ServerFacts = WELL, **changed: object) -> ServerFacts:
    return replace(facts, dagster=replace(DAGSTER, **changed))


def database(**changed: object) -> ServerFacts:
    return replace(WELL, database=replace(DATABASE, **changed))


def root(**changed: object) -> ServerFacts:
    return replace(WELL, roots=(replace(ROOT, **changed),))


def about_kits(kit: str) -> ServerFacts:
    settings = replace(WELL.settings, kits=(("archived", kit),))
    return replace(WELL, settings=settings, known_kits=("idt_exome", "idt_haem"))


def storage(**changed: object) -> ServerFacts:
    return replace(WELL, storage=(replace(STORAGE, **changed),))


def test_what_is_well_has_no_finding_and_is_shown():
    assert named(WELL) == {}
    assert worst(doctor_readings(WELL, NOW)) is Standing.OK
    areas = {each.area for each in server_readings(WELL, NOW)}
    assert areas >= {"settings", "web server", "daemon", "schedule", "database", "root", "storage"}


@pytest.mark.parametrize(
    "changed",
    [
        {"file_system": "ext4", "mounted_at": "/", "has_databases": True},
        {"file_system": "nfs4", "mounted_at": "/home", "has_databases": False},
        {"file_system": "", "mounted_at": "", "has_databases": True},
    ],
)
def test_a_home_on_a_local_disk_or_with_its_databases_on_a_server_is_well(changed):
    assert named(storage(**changed)) == {}


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (replace(WELL, settings=SettingsFacts(("file:3: no",))), "settings_broken"),
        (replace(WELL, settings=SettingsFacts()), "no_roots"),
        (
            replace(WELL, settings=SettingsFacts(broken_layouts=(("x", "no"),), roots=1)),
            "layout_broken",
        ),
        (replace(WELL, web=WebFacts("u", "web_server_down", "refused")), "web_server_down"),
        (
            replace(WELL, web=WebFacts("u", version="1", location_trouble="no")),
            "code_location_broken",
        ),
        (replace(WELL, dagster=DagsterFacts(trouble="no")), "dagster_unreachable"),
        (
            replace(WELL, dagster=DagsterFacts(trouble="no", check="dagster_locked")),
            "dagster_locked",
        ),
        (dagster(daemons=()), "daemon_down"),
        (dagster(daemons=(DaemonFacts("SENSOR", None),)), "daemon_down"),
        (dagster(daemons=(DaemonFacts("A", NOW), DaemonFacts("B", None))), "daemon_down"),
        (dagster(daemons=(DaemonFacts("A", ago(minutes=9)),)), "daemon_down"),
        (dagster(daemons=(DaemonFacts("A", NOW, ("no",)),)), "daemon_error"),
        (dagster(schedule=ScheduleFacts("s", is_stopped=True)), "schedule_stopped"),
        (dagster(schedule=ScheduleFacts("s", is_stopped=False, failed="no")), "schedule_failing"),
        (dagster(schedule=ScheduleFacts("s", is_stopped=False, ahead=4000)), "schedule_ahead"),
        (dagster(daemons=(DaemonFacts("A", ago(days=-700)),)), "daemon_down"),
        (dagster(last_finished=replace(SCAN, since=ago(days=-700))), "clock_wrong"),
        (dagster(dead=(SCAN,)), "scan_died"),
        (dagster(queued=(replace(SCAN, since=ago(hours=1)),)), "queue_stuck"),
        (dagster(last=ScanFacts("x", "Error", NOW, "no")), "last_scan_failed"),
        (dagster(last_finished=None), "no_recent_scan"),
        (dagster(last_finished=replace(SCAN, since=ago(hours=27))), "no_recent_scan"),
        (database(trouble="database_locked", reason="no"), "database_locked"),
        (database(slow=(SlowQuery(7, 999, "active", "SELECT"),)), "slow_queries"),
        (database(clock_ahead=4000), "clock_wrong"),
        (database(clock_ahead=-4000), "clock_wrong"),
        (root(trouble="root_missing", reason="no"), "root_missing"),
        (root(free=1), "root_nearly_full"),
        (root(refused=(("/data/kit", "chmod"),) * 7), "unreadable_directory"),
        (root(future_path="/data/x", future_seconds=4000), "clock_wrong"),
        (root(untrusted=("/data/x",)), "directory_times"),
        (root(untrusted=("/data/x", "/data/y")), "directory_times"),
        (storage(exists=False), "home_missing"),
        (storage(writable=False), "home_not_writable"),
        (storage(free=1), "disk_full"),
        (
            storage(file_system="nfs4", mounted_at="/home", has_databases=True),
            "home_on_network",
        ),
        (replace(WELL, newest_record_missing="abc"), "record_missing"),
        (replace(WELL, last_scan_ahead=(7, 60)), "clock_wrong"),
        (replace(WELL, temporary_homes=("/tmp/x",)), "temporary_home"),
        (replace(WELL, without_run_info=("/data/r",)), "metadata_missing"),
        (replace(WELL, without_run_info=("/data/r", "/data/s")), "metadata_missing"),
        (about_kits("idt_exom"), "kit_unknown"),
        (about_kits("tape"), "kit_unknown"),
        (QUIET, "switched_off"),
    ],
)
def test_each_trouble_is_named_alone_with_what_to_do(facts, check):
    found = named(facts)

    assert list(found) == [check]
    assert found[check].text
    assert found[check].fix
    assert "{" not in found[check].fix


def test_a_mistyped_kit_is_told_with_the_near_one_once_kits_are_known():
    found = named(about_kits("idt_exom"))["kit_unknown"]

    assert found.standing is Standing.NOTE
    assert "archived is about the kit 'idt_exom'" in found.text
    assert "; did you mean idt_exome or" in found.text
    assert named(about_kits("IDT_Exome")) == {}
    assert named(replace(about_kits("idt_exom"), known_kits=())) == {}


@pytest.mark.parametrize("code", CHECK_OF_MESSAGE)
@pytest.mark.parametrize("count", [1, 3])
def test_messages_that_scans_left_are_known_failures(code, count):
    message = MessageFacts(code, count, "/data/r/it's", "run chmod")

    [(check, reading)] = named(replace(WELL, messages=(message,))).items()

    assert check in CHECKS
    assert "/data/r/it's" in reading.text
    assert ("and 2 more" in reading.text) is (count == 3)


def test_a_title_within_a_sentence_keeps_the_names_of_files():
    messages = tuple(
        MessageFacts(code, 1, "/data/r", "") for code in ("RUN_PARAMETERS_NOT_XML", "SHEET_MISSING")
    )

    found = named(replace(WELL, messages=messages))

    assert found["metadata_damaged"].text.startswith("RunInfo.xml or RunParameters.xml cannot")
    assert found["sheet_missing"].text.startswith("runs have no sample sheet")


def test_a_path_in_a_line_to_run_is_quoted():
    message = MessageFacts("VANISHED", 1, "/data/a b; rm -rf x", "")

    [reading] = named(replace(WELL, messages=(message,))).values()

    assert "--accept-vanished '/data/a b; rm -rf x'" in reading.fix


@pytest.mark.parametrize(
    "changed",
    [
        {"daemons": ()},
        {"schedule": ScheduleFacts("s", is_stopped=True)},
        {"last_finished": None},
        {"last_finished": replace(SCAN, since=ago(days=9))},
    ],
)
def test_where_scans_are_switched_off_nobody_expects_them_to_start(changed):
    readings = doctor_readings(dagster(QUIET, **changed), NOW)

    assert worst(readings) is Standing.OK
    assert sum(each.standing is Standing.NOTE for each in readings) == 2


def test_what_could_not_be_told_is_neither_well_nor_wrong():
    facts = replace(WELL, web=WebFacts("u", version="1", location_trouble="?"))

    assert worst(server_readings(facts, NOW)) is Standing.UNKNOWN


def test_a_web_server_that_nobody_wants_is_not_missed():
    assert named(replace(WELL, web=WebFacts(""))) == {}


def test_with_settings_that_cannot_be_read_only_these_are_named():
    facts = ServerFacts("/home", "seqauto", SettingsFacts(("no",)))

    assert list(named(facts)) == ["settings_broken"]


def test_a_home_that_was_never_used_has_no_schedule_to_show():
    facts = replace(WELL, dagster=DagsterFacts(is_there=False))

    assert not any(each.area == "schedule" for each in server_readings(facts, NOW))


def test_a_scan_that_works_is_shown_with_its_age_and_progress():
    running = ScanFacts("abcd1234", "Scanning Files", ago(minutes=4), "scan files: 7 of 12")
    starting = replace(running, text="")

    texts = [each.text for each in server_readings(dagster(running=(running, starting)), NOW)]

    assert "running: abcd1234, Scanning Files, 4 min, scan files: 7 of 12" in texts
    assert "running: abcd1234, Scanning Files, 4 min" in texts


def test_a_scan_that_waits_for_another_is_not_stuck():
    waiting = replace(SCAN, since=ago(hours=1))

    assert named(dagster(queued=(waiting,), running=(SCAN,))) == {}


def test_a_database_that_a_scan_is_writing_to_is_not_locked():
    facts = replace(
        dagster(running=(SCAN,)), database=replace(DATABASE, trouble="database_locked", reason="x")
    )

    assert named(facts) == {}


def test_models_that_cannot_be_read_are_told_though_a_scan_is_running():
    locked = replace(DATABASE, trouble="database_locked", reason="x", unread=True)
    facts = replace(dagster(running=(SCAN,)), database=locked)

    assert named(facts).keys() == {"database_locked"}


def test_a_database_that_no_scan_has_made_is_only_noted():
    no_scan = replace(DAGSTER, last=None, last_finished=None)
    nothing = replace(DATABASE, is_there=False)
    readings = server_readings(replace(QUIET, database=nothing, dagster=no_scan), NOW)

    assert worst(readings) is Standing.OK
    assert any("the first scan makes it" in each.text for each in readings)


def test_queries_that_wait_for_a_lock_are_counted():
    texts = [each.text for each in server_readings(database(waiting=3), NOW)]

    assert any("waiting for a lock: 3 queries" in text for text in texts)


def test_a_mount_and_the_last_tick_are_shown():
    schedule = replace(DAGSTER.schedule, last_tick="2026-01-10 06:00 success")
    facts = replace(root(mounted_at="/data", file_system="nfs4"), dagster=replace(
        DAGSTER, schedule=schedule))  # fmt: skip

    texts = " ".join(each.text for each in server_readings(facts, NOW))

    assert "nfs4 at /data" in texts
    assert "last tick: 2026-01-10 06:00 success" in texts


def test_a_root_of_which_nothing_was_tested_says_nothing_of_times():
    texts = [each.text for each in doctor_readings(root(directories_tested=0), NOW)]

    assert not any("times of" in text for text in texts)


def test_a_place_that_is_not_there_is_not_counted_as_full():
    place = replace(STORAGE, exists=False, free=0)

    assert list(named(replace(WELL, storage=(place,)))) == ["home_missing"]


def test_a_database_that_holds_nothing_is_gone_only_where_something_tells_of_it():
    nothing = replace(WELL, database=DatabaseFacts("/home/seqauto.db", is_there=False))
    never = replace(nothing, dagster=replace(DAGSTER, last=None, last_finished=None))
    listed = replace(never, last_listed=ago(hours=3))
    backups = BackupFacts(24, "/home/backups", 1, "seqauto-1.db", ago(hours=5))

    assert "database_gone" not in named(never)
    assert "a file list of 2026-01-10 09:00 UTC is kept" in named(listed)["database_gone"].text
    assert "scan abcd1234 finished" in named(nothing)["database_gone"].text
    backed_up = named(replace(never, backups=backups))["database_gone"]
    assert "the newest backup is seqauto-1.db" in backed_up.text


@pytest.mark.parametrize("name", ["/data/a;rm -rf x", "/data/$(id)", "/data/'`id`", "/data/a\nb"])
def test_a_line_to_run_has_the_name_as_one_word(name: str):
    root = replace(ROOT, path=name, trouble="root_empty", reason="it is empty")

    fix = named(replace(WELL, roots=(root,)))["root_empty"].fix

    assert name in shlex.split(fix.partition("`mount ")[2].partition("`; see")[0])


def test_backups_are_wrong_when_they_are_too_old_or_none_and_wanted():
    def with_backups(hours: int, made_at: dt.datetime | None) -> dict[str, Reading]:
        name = "seqauto-1.db" if made_at else ""
        return named(replace(WELL, backups=BackupFacts(hours, "/home/backups", 1, name, made_at)))

    assert "backup_old" not in with_backups(24, ago(hours=49))
    assert "was made 2 d 3 h ago" in with_backups(24, ago(hours=51))["backup_old"].text
    assert "there is no backup of the models in" in with_backups(24, None)["backup_old"].text
    assert "backup_old" not in with_backups(0, None)


@pytest.mark.parametrize(
    ("damage", "words"),
    [("", "looked through, and nothing is damaged"), (None, "too large to be looked through")],
)
def test_what_a_look_for_damage_came_to_is_told(damage: str | None, words: str):
    looked = replace(WELL, database=replace(DATABASE, damage=damage))

    assert [each.standing for each in doctor_readings(looked, NOW) if words in each.text] == [
        Standing.OK
    ]
