"""The known failures of a running system: what each means and what to do, as one table.

`seqauto doctor` finds them, docs/troubleshooting.md lists them; both read this table.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One known failure. ``{names}`` in the fix are filled in where it is found."""

    title: str
    meaning: str
    fix: str


CHECKS: Mapping[str, Check] = {
    "settings_broken": Check(
        "The settings cannot be used",
        "Nothing scans before they can: a setting is misspelt, of the wrong kind, or its file "
        "cannot be read.",
        "Correct what the line names; `seqauto settings --check FILE` lists all that is wrong.",
    ),
    "no_roots": Check(
        "There is nothing to scan",
        "scan_roots is empty, so every scan refuses.",
        "Name the directories to scan: scan_roots in the settings file, or SEQAUTO_SCAN_ROOTS.",
    ),
    "layout_broken": Check(
        "A layout cannot be used",
        "The settings name a layout that does not exist or does not hold together.",
        "Correct the layout's name in the settings, or its file: `seqauto layout check {layout}`.",
    ),
    "kit_unknown": Check(
        "A setting is about a kit that nothing is of",
        "archived, sheet_rules_for_kit or overdue_hours_for_kit names an enrichment kit that no "
        "run and no sample is of, so that it does nothing: it may be mistyped.",
        "Correct the kit's name in the settings; leave it where runs of that kit are yet to come.",
    ),
    "switched_off": Check(
        "Scheduled scans are switched off",
        "SEQAUTO_ENABLED, SEQAUTO_SCAN_DISKS or UPLOAD_ENABLED is false: each tick is skipped.",
        "If that is not meant, set {names} to true; no restart is needed.",
    ),
    "web_server_down": Check(
        "The web server does not answer",
        "It is stopped, it is still starting, or web_server_url names another machine or port.",
        "Start it (`dagster dev`, or its service). Where it listens elsewhere than at {url}, set "
        "web_server_url to that address, or to '' where no web server is wanted.",
    ),
    "web_server_not_ours": Check(
        "Something else answers at the web server's address",
        "What listens at web_server_url is no Dagster web server: a wrong port, path or proxy.",
        "Correct web_server_url (is {url}); behind a proxy it includes the path prefix.",
    ),
    "code_location_broken": Check(
        "The code location does not load",
        "The web server runs and cannot load the jobs, so that nothing can be launched.",
        "Read the error, correct its cause, then reload the code location in the web UI "
        "(Deployment), or restart the service.",
    ),
    "dagster_unreachable": Check(
        "Dagster's own storage cannot be opened",
        "The scans there were, their queue and the schedule are kept in the home, or in the "
        "PostgreSQL database that its dagster.yaml names.",
        "Check dagster.yaml in {home} and that its database can be reached.",
    ),
    "dagster_locked": Check(
        "Dagster's own database is locked",
        "Another program holds the file that is named for writing. Scans wait a minute for it, and "
        "then end in an error.",
        "End the program that holds it: a backup, an sqlite3 shell, a stopped process. "
        "`fuser -v FILE` names it.",
    ),
    "daemon_down": Check(
        "The daemon is not running",
        "Without its heartbeat no schedule ticks, no queued scan starts and no alert is sent.",
        "Start it: `dagster dev`, or `systemctl start` of its service.",
    ),
    "daemon_error": Check(
        "A part of the daemon reports errors",
        "It runs, and fails at its work again and again.",
        "Read the error in the web UI (Deployment, Daemons), correct its cause, restart the daemon "
        "if it stays.",
    ),
    "schedule_stopped": Check(
        "The schedule is stopped",
        "Somebody switched it off in the web UI: no scan starts by itself.",
        "Switch it on in the web UI (Automation), or run `dagster schedule start {schedule}`.",
    ),
    "schedule_failing": Check(
        "The schedule fails at its ticks",
        "The tick itself ended in an error, so no scan was asked for.",
        "Read the tick's error in the web UI (Automation, {schedule}); most often the settings "
        "cannot be read.",
    ),
    "schedule_ahead": Check(
        "The schedule waits for a time that a clock once showed",
        "A clock was ahead when it ticked last: Dagster asks for no scan until that time has come.",
        "Set the clock right and switch time synchronisation on (`timedatectl`); scan once, "
        "`seqauto scan`, which takes that tick back; then restart the daemon.",
    ),
    "no_recent_scan": Check(
        "No scan has finished for too long",
        "What is shown of the disks is older than max_scan_age_hours allows.",
        "Scan by hand with `seqauto scan`, and see what else this page names: it is the cause.",
    ),
    "last_scan_failed": Check(
        "The last scan ended in an error",
        "What it found before the error is stored; the rest is as the scan before left it.",
        "Read `seqauto scans show {scan}`, correct the cause, then `seqauto scan`.",
    ),
    "scan_died": Check(
        "A scan died",
        "Its process was killed, or its machine restarted, and nobody has marked it as failed yet: "
        "no daemon runs.",
        "Start the daemon, or scan with `seqauto scan`: either marks it.",
    ),
    "queue_stuck": Check(
        "A scan waits in the queue and does not start",
        "Queued scans are started by the daemon, one at a time.",
        "Start the daemon; if it runs, see for which scan it waits: `seqauto scans`.",
    ),
    "home_missing": Check(
        "The home does not exist yet",
        "Nothing has been started with this DAGSTER_HOME. The service may use another one.",
        "If {home} is the wrong one, export the right DAGSTER_HOME; else `seqauto init` or the "
        "first scan makes it.",
    ),
    "home_not_writable": Check(
        "The home cannot be written to",
        "Scans keep their records there: the account that scans has to own it.",
        "Run commands as the account of the service. Where that is the one named, let it write: "
        "`ls -ld {home}` shows owner and mode, `findmnt -T {home}` whether the disk is read-only.",
    ),
    "home_on_network": Check(
        "The home is on a network file system",
        "SQLite's locks and its write-ahead log do not work reliably on NFS, CIFS and the like: "
        "databases there are found locked, or are damaged (sqlite.org/useovernet.html).",
        "Move what is in {path} to a disk of this machine and set DAGSTER_HOME to it, or keep the "
        "databases in PostgreSQL: database_url.",
    ),
    "disk_full": Check(
        "The disk of our own storage is full",
        "Less is free than min_free_mib asks for: a scan's record or the database cannot grow.",
        "Free space on the disk of {path}, or keep fewer scans (keep_scans, keep_days).",
    ),
    "temporary_home": Check(
        "A temporary home was left behind",
        "Dagster was started without DAGSTER_HOME and killed: what it stored there is seen by "
        "nobody.",
        "When no dagster process uses it: rm -r {path}",
    ),
    "database_unreachable": Check(
        "The models database cannot be reached",
        "The server is down, the URL is wrong, or the login is refused.",
        "Check that it runs, and database_url (SEQAUTO_DATABASE_URL): host, port, name, password.",
    ),
    "database_damaged": Check(
        "The models database is damaged",
        "What is stored is not what the database wrote: cut off by a full disk, or overwritten.",
        "`seqauto restore` puts the newest backup in its place and keeps what is there; then "
        "`seqauto scan`.",
    ),
    "database_gone": Check(
        "The models database is gone",
        "It holds nothing, and file lists, Dagster's history or a backup tell of one that did: its "
        "file was deleted, or database_url names another database. Scans refuse.",
        "`seqauto restore` puts the newest backup in its place. Without one, begin anew: `seqauto "
        "scan --start-over`; what people acknowledged and flagged is lost then.",
    ),
    "backup_old": Check(
        "There is no recent backup of the models",
        "Scans make one every backup_hours, and say in their log why they could not.",
        "`seqauto backup` makes one now, or says why it cannot. Where backups are made by other "
        "means, set backup_hours = 0.",
    ),
    "database_locked": Check(
        "The models database is locked",
        "Another program holds it for writing, so that scans and acknowledgements wait.",
        "End the program that holds it: a backup, an sqlite3 shell, a stopped process. "
        "`fuser -v FILE` names it; a PostgreSQL server does in pg_stat_activity.",
    ),
    "database_behind": Check(
        "The models database is behind on migrations",
        "The program was upgraded and the database was not.",
        "Run `seqauto migrate`.",
    ),
    "database_newer": Check(
        "The models database is newer than this program",
        "It was upgraded by a newer version than the one that is installed here.",
        "Upgrade this program, or restore the copy of the database that the upgrade made.",
    ),
    "database_not_writable": Check(
        "The models database may not be written to",
        "Its file belongs to another account than its directory: most often a scan was once "
        "started as root. Or it is read-only.",
        "As root run: chown {user}: {path}*, and look at its mode: ls -l {path}",
    ),
    "slow_queries": Check(
        "Queries of the database run long",
        "They hold what scans wait for, or the server is short of memory or disk.",
        "Look at process {pid} in pg_stat_activity; `SELECT pg_cancel_backend({pid})` ends it.",
    ),
    "root_missing": Check(
        "A scan root does not exist",
        "Its disk is not mounted, or the setting has a spelling mistake.",
        "Mount it (`mount {path}`), or correct scan_roots.",
    ),
    "root_empty": Check(
        "A scan root is empty",
        "An unmounted disk looks like this. Nothing is marked deleted while it lasts.",
        "Mount it: `mount {path}`; see `findmnt {path}` and /etc/fstab.",
    ),
    "root_not_a_directory": Check(
        "A scan root is no directory",
        "The setting names a file.",
        "Correct scan_roots: each is the directory that holds the kits.",
    ),
    "list_unusable": Check(
        "There is no usable list of a scan root",
        "Another machine lists it: its list is missing or too old. Its records stay as they are.",
        "Look on the machine that lists {path} why no list came (docs/list_files.md).",
    ),
    "root_hung": Check(
        "A scan root does not answer",
        "Listing it takes longer than the time limit: a network disk whose server is gone.",
        "Check the file server; when it is back and the mount still hangs: "
        "`umount -f -l {path}`, then `mount {path}`.",
    ),
    "root_nearly_full": Check(
        "The disk of a scan root is nearly full",
        "Scans write nothing there, but instruments and pipelines will fail.",
        "Free space on {path}.",
    ),
    "unreadable_directory": Check(
        "A directory cannot be read",
        "What is below it keeps its last known state until it can.",
        "{advice}",
    ),
    "metadata_missing": Check(
        "Runs lack RunInfo.xml",
        "Instrument, lanes and reads come from it, and from RunParameters.xml beside it; without "
        "them the run's name has to do.",
        "Copy both files from the instrument to where the layout looks for them.",
    ),
    "metadata_damaged": Check(
        "RunInfo.xml or RunParameters.xml cannot be read",
        "The file was cut off when it was copied, or is something else.",
        "Copy the files from the instrument again; which ones: `seqauto messages --code {code}`.",
    ),
    "sheet_missing": Check(
        "Runs have no sample sheet",
        "Nothing says which files to expect of them.",
        "Copy the sheets into the run folders, or skip these with `seqauto skip RUN --why TEXT`: "
        "`seqauto messages --code {code}` lists them.",
    ),
    "sheet_does_not_parse": Check(
        "Sample sheets do not parse",
        "The last good version stays in force; a run that never had one is in error.",
        "See what is wrong with `seqauto messages --code {code}`, and with "
        "`seqauto sheet check FILE` after correcting it.",
    ),
    "brake_holding": Check(
        "The brake is holding",
        "So much vanished at once that a lost mount is suspected: nothing there was changed.",
        "Check the mount and scan_roots, and scan again; if the loss is real: "
        "`seqauto scan --accept-vanished {path}`.",
    ),
    "no_run_folders": Check(
        "A scan root holds no run folder",
        "It is a level too high or too low, or its runs lie as another layout has them.",
        "Point scan_roots at the directory that holds the kits, or choose another layout: "
        "`seqauto messages --code NO_RUN_FOLDERS` names the command that shows what fits.",
    ),
    "root_not_configured": Check(
        "Records lie below a root that is no longer configured",
        "They stay as they are and are not scanned.",
        "Put {path} back into scan_roots. If it was a mistake or is given up, mark its runs as "
        "deleted: `seqauto scan --accept-vanished {path}`.",
    ),
    "record_missing": Check(
        "The file list of the last scan is missing",
        "The directory `scans` in the home was deleted or lies in another home: re-use and "
        "explanations have nothing to draw on.",
        "Check that DAGSTER_HOME is the home of the service; else scan once: `seqauto scan`.",
    ),
    "clock_wrong": Check(
        "A clock is wrong",
        "What is dated in the future cannot be told from what has just changed.",
        "Compare `timedatectl` here and on {where}; switch time synchronisation on.",
    ),
    "receiver_unusable": Check(
        "The server that is delivered to cannot be used",
        "VariantGrid is not there, does not take the token, or something else answers at its "
        "address. What is due waits, and is lost by nothing.",
        "Correct what the line names: variantgrid_url, the token, or the server; then "
        "`seqauto deliver`.",
    ),
    "delivery_stopped": Check(
        "The last delivery ended early",
        "A receiver could not be reached or did not take what it was sent. The next delivery "
        "tries again.",
        "Where it does not pass by itself, correct what the line names; then `seqauto deliver`.",
    ),
    "delivery_parked": Check(
        "Things are parked that a receiver does not take",
        "It refused them, or failed at them several times. They are not tried again by themselves.",
        "`seqauto deliveries --state parked` shows its words; correct the cause, then "
        "`seqauto deliver --retry`.",
    ),
    "delivery_late": Check(
        "Something waits to be delivered for too long",
        "The oldest thing that is due is older than delivery_waiting_hours, and deliveries fail.",
        "Correct why deliveries fail, which another line tells.",
    ),
    "delivery_off": Check(
        "Deliveries are switched off",
        "A receiver is configured and UPLOAD_ENABLED is false: the outbox is filled, and nothing "
        "is sent.",
        "If that is not meant, set UPLOAD_ENABLED to true.",
    ),
    "cluster_silent": Check(
        "The cluster that runs jobs does not answer",
        "SLURM or PBS, which a recipe names, is down, or its programs are not found. Jobs that run "
        "there go on; none is launched, and what became of them is asked again.",
        "Try `sinfo` or `qstat` as the account of the services. Where they are not found, add "
        "their directory to the PATH of the services.",
    ),
    "directory_times": Check(
        "Directory times cannot be trusted",
        "A directory's content changed and its modification time did not: changes there are seen "
        "by full scans only.",
        "Set trust_directory_times = false.",
    ),
}

_UNREADABLE_SHEETS = (
    "EMPTY_SHEET",
    "SHEET_TOO_LARGE",
    "NOT_A_SAMPLE_SHEET",
    "NO_DATA_SECTION",
    "NO_SAMPLE_ID_COLUMN",
    "NO_SAMPLES",
    "SHEET_NOT_READABLE",
)
# Codes of the messages that scans leave, where they are known failures of the system.
CHECK_OF_MESSAGE: Mapping[str, str] = {
    "UNREADABLE": "unreadable_directory",
    "SHEET_REFUSED": "unreadable_directory",
    "RUN_INFO_NOT_XML": "metadata_damaged",
    "RUN_PARAMETERS_NOT_XML": "metadata_damaged",
    "SHEET_MISSING": "sheet_missing",
    **dict.fromkeys(_UNREADABLE_SHEETS, "sheet_does_not_parse"),
    "VANISHED": "brake_holding",
    "NO_RUN_FOLDERS": "no_run_folders",
    "ROOT_NOT_CONFIGURED": "root_not_configured",
}
MESSAGE_CODES = frozenset(CHECK_OF_MESSAGE)


def troubleshooting_page() -> str:
    """Write all checks as Markdown: the text of docs/troubleshooting.md."""
    blocks = [_PAGE_HEAD]
    for code, check in CHECKS.items():
        blocks.append(
            f"## {check.title}\n\n`{code}`: {_generic(check.meaning)}\n\n"
            f"What to do: {_generic(check.fix)}\n"
        )
    return "\n".join(blocks)


def _generic(text: str) -> str:
    """Put placeholders where `seqauto doctor` puts what it found."""
    names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
    return text.format(**{name: _PLACEHOLDERS.get(name, name.upper()) for name in names})


_PLACEHOLDERS = {
    "advice": "run the `setfacl` or `chmod` line that `seqauto doctor` prints for it, as the "
    "directory's owner",
    "home": "$DAGSTER_HOME",
    "where": "the machine or file server that is named",
}

_PAGE_HEAD = """\
# Troubleshooting

`seqauto doctor` runs this page: it checks each of the failures below on the live system, prints
one line of what is wrong and one of what to do, and changes nothing. Its exit code is 0 when all is
well, 1 when something is wrong, and 2 when something could not be told. `seqauto status` shows the
state of the server in the same way, without looking at what scans found.

This page is what `seqauto doctor --format markdown` prints.
"""
