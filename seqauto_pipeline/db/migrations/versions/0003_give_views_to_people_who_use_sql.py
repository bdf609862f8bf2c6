"""Give views to people who use SQL, and say which scan last wrote a run.

The views are an interface: docs/database.md has each of their columns. PostgreSQL changes no column
that a view reads, and SQLite makes no table anew below a view: a migration that does either drops
the view first and makes it again.
"""

from collections.abc import Mapping, Sequence
from string import Template

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_SQLITE: Mapping[str, str] = {
    "modified_at": "strftime('%Y-%m-%d %H:%M:%S.000000', $ns / 1000000000, 'unixepoch')",
    "now": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",  # as the moments beside it are stored
    "each_value": "json_each(c.data, '$$.values')",
    "number": "CASE WHEN v.type IN ('integer', 'real') THEN CAST(v.value AS REAL) END",
    "text": "CASE WHEN v.type = 'text' THEN v.value END",
}
_POSTGRESQL: Mapping[str, str] = {
    "modified_at": "to_timestamp($ns / 1000000000)",
    "now": "now()",
    "each_value": "LATERAL json_each(CASE WHEN json_typeof(c.data -> 'values') = 'object'"
    " THEN c.data -> 'values' END)",
    "number": "CASE WHEN json_typeof(v.value) = 'number'"
    " THEN CAST(v.value #>> '{}' AS double precision) END",
    "text": "CASE WHEN json_typeof(v.value) = 'string' THEN v.value #>> '{}' END",
}

_FOLDER = "rtrim(r.root, '/') || '/' || r.path"

_RUNS_OVERVIEW = """
CREATE VIEW runs_overview AS
SELECT
    r.id AS sequencing_run_id,
    r.name AS sequencing_run,
    $folder AS run_path,
    r.root,
    r.layout,
    r.enrichment_kit,
    r.date AS run_date,
    r.sequencer,
    r.sequencer_model,
    r.experiment,
    r.flowcell_id,
    r.flowcell,
    r.run_number,
    r.data_state,
    r.state_reason,
    r.legacy,
    r.bad,
    r.hidden,
    r.gold_standard,
    first_scan.started_at AS first_seen_at,
    last_scan.started_at AS last_seen_at,
    coalesce(s.samples, 0) AS samples,
    coalesce(f.files_expected, 0) AS files_expected,
    coalesce(f.files_complete, 0) AS files_complete,
    coalesce(f.files_non_existent, 0) AS files_non_existent,
    coalesce(f.files_deleted, 0) AS files_deleted,
    coalesce(f.files_error, 0) AS files_error,
    coalesce(f.files_skipped, 0) AS files_skipped,
    coalesce(f.files_running, 0) AS files_running,
    coalesce(u.unexpected_files, 0) AS unexpected_files,
    coalesce(p.open_errors, 0) AS open_errors,
    coalesce(p.open_warnings, 0) AS open_warnings
FROM sequencing_run r
JOIN scan first_scan ON first_scan.id = r.first_scan_id
LEFT JOIN scan last_scan ON last_scan.id = r.last_seen_scan_id
LEFT JOIN (
    SELECT sheet.sequencing_run_id, count(DISTINCT sample.sample_name) AS samples
    FROM sample_sheet sheet
    JOIN sequencing_sample sample ON sample.sample_sheet_id = sheet.id
    WHERE sheet.is_current
    GROUP BY sheet.sequencing_run_id
) s ON s.sequencing_run_id = r.id
LEFT JOIN (
    SELECT
        sequencing_run_id,
        count(*) AS files_expected,
        count(*) FILTER (WHERE data_state = 'complete') AS files_complete,
        count(*) FILTER (WHERE data_state = 'non_existent') AS files_non_existent,
        count(*) FILTER (WHERE data_state = 'deleted') AS files_deleted,
        count(*) FILTER (WHERE data_state = 'error') AS files_error,
        count(*) FILTER (WHERE data_state = 'skipped') AS files_skipped,
        count(*) FILTER (WHERE data_state = 'running') AS files_running
    FROM expected_file
    WHERE NOT retired
    GROUP BY sequencing_run_id
) f ON f.sequencing_run_id = r.id
LEFT JOIN (
    SELECT sequencing_run_id, count(*) AS unexpected_files
    FROM unexpected_file
    GROUP BY sequencing_run_id
) u ON u.sequencing_run_id = r.id
LEFT JOIN (
    SELECT
        sequencing_run_id,
        count(*) FILTER (WHERE severity = 'error') AS open_errors,
        count(*) FILTER (WHERE severity = 'warning') AS open_warnings
    FROM open_problems
    GROUP BY sequencing_run_id
) p ON p.sequencing_run_id = r.id
"""

_MISSING_FILES = """
CREATE VIEW missing_files AS
SELECT
    f.id AS file_id,
    r.id AS sequencing_run_id,
    r.name AS sequencing_run,
    $folder AS run_path,
    r.enrichment_kit,
    r.date AS run_date,
    r.data_state AS run_data_state,
    r.hidden AS run_is_hidden,
    f.file_type,
    f.sample_name,
    (
        SELECT min(sample.sample_project)
        FROM sample_sheet sheet
        JOIN sequencing_sample sample ON sample.sample_sheet_id = sheet.id
        WHERE sheet.sequencing_run_id = r.id
            AND sheet.is_current
            AND sample.sample_name = f.sample_name
    ) AS sample_project,
    f.lane,
    f.read,
    $folder || '/' || f.path AS path,
    f.data_state,
    f.size,
    $f_modified_at AS modified_at,
    first_seen.started_at AS first_seen_at,
    last_seen.started_at AS last_seen_at,
    since.scan_id AS missing_since_scan_id,
    scan.started_at AS missing_since
FROM expected_file f
JOIN sequencing_run r ON r.id = f.sequencing_run_id
LEFT JOIN file_event since ON since.id = (
    SELECT max(event.id)
    FROM file_event event
    WHERE event.expected_file_id = f.id
        AND event.new_state = f.data_state
        AND (event.old_state IS NULL OR event.old_state <> event.new_state)
)
LEFT JOIN scan ON scan.id = since.scan_id
LEFT JOIN scan first_seen ON first_seen.id = f.first_seen_scan_id
LEFT JOIN scan last_seen ON last_seen.id = f.last_seen_scan_id
WHERE NOT f.retired AND f.data_state IN ('non_existent', 'deleted')
"""

_OPEN_PROBLEMS = """
CREATE VIEW open_problems AS
SELECT
    m.id AS message_id,
    m.severity,
    m.code,
    m.text,
    m.fix,
    r.id AS sequencing_run_id,
    r.name AS sequencing_run,
    $folder AS run_path,
    r.enrichment_kit,
    CASE
        WHEN m.path IS NULL OR r.id IS NULL OR m.path LIKE '/%' THEN m.path
        WHEN m.path = '' THEN $folder
        ELSE $folder || '/' || m.path
    END AS path,
    m.line,
    m."column" AS column_name,
    m.opened_scan_id,
    m.opened_at
FROM message m
LEFT JOIN sequencing_run r ON r.id = m.sequencing_run_id
WHERE m.closed_scan_id IS NULL
    AND (m.acknowledged_at IS NULL OR m.acknowledged_until <= $now)
"""

_FILE_HISTORY = """
CREATE VIEW file_history AS
SELECT
    e.id AS event_id,
    e.scan_id,
    scan.dagster_run_id,
    scan.started_at AS scan_started_at,
    f.id AS file_id,
    r.id AS sequencing_run_id,
    r.name AS sequencing_run,
    $folder AS run_path,
    f.file_type,
    f.sample_name,
    f.lane,
    f.read,
    $folder || '/' || f.path AS path,
    $folder || '/' || e.path AS earlier_path,
    e.old_state,
    e.new_state,
    e.size,
    $e_modified_at AS modified_at
FROM file_event e
JOIN scan ON scan.id = e.scan_id
JOIN expected_file f ON f.id = e.expected_file_id
JOIN sequencing_run r ON r.id = f.sequencing_run_id
"""

_QC_EXEC_SUMMARY = """
CREATE VIEW qc_exec_summary AS
SELECT
    f.id AS file_id,
    r.id AS sequencing_run_id,
    r.name AS sequencing_run,
    $folder AS run_path,
    r.enrichment_kit,
    r.date AS run_date,
    f.file_type,
    f.sample_name,
    $folder || '/' || f.path AS path,
    v.key AS name,
    $number AS value_number,
    $text AS value_text
FROM loaded_content c
JOIN expected_file f ON f.id = c.expected_file_id
JOIN sequencing_run r ON r.id = f.sequencing_run_id
CROSS JOIN $each_value v
WHERE NOT f.retired
"""

# In the order in which they are made: runs_overview reads open_problems.
_VIEWS: Mapping[str, str] = {
    "open_problems": _OPEN_PROBLEMS,
    "runs_overview": _RUNS_OVERVIEW,
    "missing_files": _MISSING_FILES,
    "file_history": _FILE_HISTORY,
    "qc_exec_summary": _QC_EXEC_SUMMARY,
}


def upgrade() -> None:
    op.add_column(
        "sequencing_run",
        sa.Column(
            "written_scan_id",
            sa.Integer(),
            nullable=True,
            comment="The last scan that wrote anything of it; NULL: one of an older program",
        ),
    )
    words = _words(op.get_bind().dialect.name)
    for statement in _VIEWS.values():
        op.execute(Template(statement).substitute(words))


def _words(dialect: str) -> Mapping[str, str]:
    """What the two databases say in words of their own."""
    own = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    modified = {
        f"{table}_modified_at": Template(own["modified_at"]).substitute(ns=f"{table}.modified_ns")
        for table in ("e", "f")
    }
    plain = {name: own[name].replace("$$", "$") for name in own if name != "modified_at"}
    return {"folder": _FOLDER, **plain, **modified}


def downgrade() -> None:
    for name in reversed(tuple(_VIEWS)):
        op.execute(f"DROP VIEW {name}")
    op.drop_column("sequencing_run", "written_scan_id")
