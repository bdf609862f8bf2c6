"""Create the file models."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dagster_run_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "record_id",
            sa.String(),
            nullable=True,
            comment="Names the kept file list; another scan's where that was used again",
        ),
        sa.Column(
            "as_of",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the disks were listed; NULL until a file list exists",
        ),
        sa.Column(
            "is_everything",
            sa.Boolean(),
            nullable=False,
            comment="False for a scan of named roots or runs",
        ),
        sa.Column(
            "scope",
            sa.JSON(),
            nullable=False,
            comment="roots and runs that it was narrowed to",
        ),
        sa.Column(
            "is_full",
            sa.Boolean(),
            nullable=False,
            comment="False where unchanged directories were trusted",
        ),
        sa.Column(
            "applied_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its last change was stored; NULL for a scan that did not get so far",
        ),
        sa.Column(
            "counts",
            sa.JSON(),
            nullable=True,
            comment="What it found and changed",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("dagster_run_id", name=op.f("uq_scan_dagster_run_id")),
    )
    op.create_table(
        "sequencing_run",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column(
            "path", sa.String(), nullable=False, comment="Below the root; its last part is the name"
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column(
            "data_state",
            sa.String(),
            nullable=False,
            comment="complete, incomplete, skipped, deleted, error",
        ),
        sa.Column(
            "state_reason", sa.String(), nullable=True, comment="Why it is skipped or in error"
        ),
        sa.Column("date", sa.Date(), nullable=True, comment="Local to the instrument"),
        sa.Column("sequencer", sa.String(), nullable=True, comment="Instrument serial number"),
        sa.Column("sequencer_model", sa.String(), nullable=True),
        sa.Column(
            "experiment", sa.String(), nullable=True, comment="ExperimentName of RunParameters.xml"
        ),
        sa.Column("enrichment_kit", sa.String(), nullable=True),
        sa.Column(
            "flowcell_id",
            sa.String(),
            nullable=True,
            comment="As in the name, side letter included",
        ),
        sa.Column("flowcell", sa.String(), nullable=True, comment="RunInfo's, without the side"),
        sa.Column("side", sa.String(), nullable=True),
        sa.Column("run_number", sa.Integer(), nullable=True),
        sa.Column(
            "run_info_id", sa.String(), nullable=True, comment="Id of the run in RunInfo.xml"
        ),
        sa.Column(
            "facts",
            sa.JSON(),
            nullable=False,
            comment="Reads, lanes, applications, chemistry, markers: for people",
        ),
        sa.Column("has_basecalls", sa.Boolean(), nullable=False),
        sa.Column("has_interop", sa.Boolean(), nullable=False),
        sa.Column(
            "legacy", sa.Boolean(), nullable=False, comment="Set by people: scans leave it alone"
        ),
        sa.Column("bad", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("gold_standard", sa.Boolean(), nullable=False),
        sa.Column(
            "fingerprint",
            sa.String(),
            nullable=True,
            comment="Of all that its records were made from; NULL: judge it again at the next scan",
        ),
        sa.Column("first_scan_id", sa.Integer(), nullable=False),
        sa.Column(
            "last_seen_scan_id",
            sa.Integer(),
            nullable=True,
            comment="NULL while it is there: the last scan saw it",
        ),
        sa.ForeignKeyConstraint(
            ["first_scan_id"], ["scan.id"], name=op.f("fk_sequencing_run_first_scan_id_scan")
        ),
        sa.ForeignKeyConstraint(
            ["last_seen_scan_id"],
            ["scan.id"],
            name=op.f("fk_sequencing_run_last_seen_scan_id_scan"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequencing_run")),
        sa.UniqueConstraint("root", "path", name=op.f("uq_sequencing_run_root_path")),
    )
    with op.batch_alter_table("sequencing_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sequencing_run_date"), ["date"], unique=False)
        batch_op.create_index(batch_op.f("ix_sequencing_run_flowcell"), ["flowcell"], unique=False)
        batch_op.create_index(batch_op.f("ix_sequencing_run_name"), ["name"], unique=False)

    op.create_table(
        "expected_file",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequencing_run_id", sa.Integer(), nullable=False),
        sa.Column(
            "file_type",
            sa.String(),
            nullable=False,
            comment="A name from the layout: fastq, bam, ...",
        ),
        sa.Column(
            "slot",
            sa.String(),
            nullable=False,
            comment="What it is of: sample, lane, read; or its path",
        ),
        sa.Column("sample_name", sa.String(), nullable=True),
        sa.Column("lane", sa.Integer(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=True, comment="1 or 2"),
        sa.Column("path", sa.String(), nullable=False, comment="Relative to the run folder"),
        sa.Column("data_state", sa.String(), nullable=False),
        sa.Column(
            "reason", sa.String(), nullable=True, comment="Code of the problem of a file in error"
        ),
        sa.Column("size", sa.BigInteger(), nullable=True, comment="Bytes; NULL until seen"),
        sa.Column("modified_ns", sa.BigInteger(), nullable=True, comment="Since the epoch"),
        sa.Column(
            "seen_path",
            sa.String(),
            nullable=True,
            comment="Where it was last seen, if not at path",
        ),
        sa.Column(
            "first_seen_scan_id", sa.Integer(), nullable=True, comment="NULL: no scan ever saw it"
        ),
        sa.Column(
            "last_seen_scan_id",
            sa.Integer(),
            nullable=True,
            comment="NULL while it is there: the last scan that looked saw it",
        ),
        sa.Column(
            "retired", sa.Boolean(), nullable=False, comment="No current sheet row asks for it"
        ),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_expected_file_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_file")),
        sa.UniqueConstraint(
            "sequencing_run_id",
            "file_type",
            "slot",
            name=op.f("uq_expected_file_sequencing_run_id_file_type_slot"),
        ),
    )
    with op.batch_alter_table("expected_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_expected_file_sample_name"), ["sample_name"], unique=False
        )

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "sequencing_run_id",
            sa.Integer(),
            nullable=True,
            comment="NULL: it is about a root or the whole scan",
        ),
        sa.Column(
            "key",
            sa.String(),
            nullable=False,
            comment="The same condition has the same key in every scan",
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False, comment="info, warning or error"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("fix", sa.String(), nullable=False, comment="What to do next"),
        sa.Column(
            "path", sa.String(), nullable=True, comment="Relative to the run folder, else absolute"
        ),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column(
            "detail",
            sa.JSON(),
            nullable=True,
            comment="Names and counts behind it",
        ),
        sa.Column("opened_scan_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_scan_id", sa.Integer(), nullable=True, comment="NULL: it is open"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_why", sa.String(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "acknowledged_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="NULL: without end",
        ),
        sa.ForeignKeyConstraint(
            ["opened_scan_id"], ["scan.id"], name=op.f("fk_message_opened_scan_id_scan")
        ),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_message_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_code"), ["code"], unique=False)
        batch_op.create_index(
            "ix_message_run_open", ["sequencing_run_id", "closed_scan_id"], unique=False
        )

    op.create_table(
        "run_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequencing_run_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("old_state", sa.String(), nullable=True),
        sa.Column("new_state", sa.String(), nullable=False),
        sa.Column(
            "detail", sa.String(), nullable=True, comment="Where it moved from, why it is skipped"
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_run_event_scan_id_scan")),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_run_event_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_event")),
    )
    with op.batch_alter_table("run_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_event_scan_id"), ["scan_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_run_event_sequencing_run_id"), ["sequencing_run_id"], unique=False
        )

    op.create_table(
        "sample_sheet",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequencing_run_id", sa.Integer(), nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="From 1, by order of appearance"
        ),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("path", sa.String(), nullable=False, comment="Relative to the run folder"),
        sa.Column("md5", sa.String(), nullable=False, comment="Of the bytes, hex"),
        sa.Column(
            "format", sa.String(), nullable=False, comment="legacy_fcid, iem_v1 or bclconvert_v2"
        ),
        sa.Column(
            "facts",
            sa.JSON(),
            nullable=False,
            comment="Encoding, delimiter, sections, header, reads, settings, columns",
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="The sheet itself, zlib"),
        sa.Column("first_scan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_scan_id"], ["scan.id"], name=op.f("fk_sample_sheet_first_scan_id_scan")
        ),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_sample_sheet_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_sheet")),
        sa.UniqueConstraint(
            "sequencing_run_id", "version", name=op.f("uq_sample_sheet_sequencing_run_id_version")
        ),
    )
    op.create_table(
        "unexpected_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequencing_run_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False, comment="Relative to the run folder"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="Bytes"),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("first_scan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_scan_id"], ["scan.id"], name=op.f("fk_unexpected_file_first_scan_id_scan")
        ),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_unexpected_file_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unexpected_file")),
        sa.UniqueConstraint(
            "sequencing_run_id", "path", name=op.f("uq_unexpected_file_sequencing_run_id_path")
        ),
    )
    op.create_table(
        "file_event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expected_file_id", sa.BigInteger(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("old_state", sa.String(), nullable=True, comment="NULL for a new record"),
        sa.Column("new_state", sa.String(), nullable=False, comment="A data state, or retired"),
        sa.Column("size", sa.BigInteger(), nullable=True, comment="Bytes"),
        sa.Column("modified_ns", sa.BigInteger(), nullable=True),
        sa.Column(
            "path", sa.String(), nullable=True, comment="Only where it differs from the record's"
        ),
        sa.ForeignKeyConstraint(
            ["expected_file_id"],
            ["expected_file.id"],
            name=op.f("fk_file_event_expected_file_id_expected_file"),
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_file_event_scan_id_scan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_event")),
    )
    with op.batch_alter_table("file_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_file_event_expected_file_id"), ["expected_file_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_file_event_scan_id"), ["scan_id"], unique=False)

    op.create_table(
        "loaded_content",
        sa.Column("expected_file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "signature",
            sa.String(),
            nullable=False,
            comment="Size, time and reader that it was made from",
        ),
        sa.Column(
            "data",
            sa.JSON(),
            nullable=True,
            comment="NULL when it could not be read",
        ),
        sa.Column(
            "problems",
            sa.JSON(),
            nullable=True,
            comment="NULL: none",
        ),
        sa.ForeignKeyConstraint(
            ["expected_file_id"],
            ["expected_file.id"],
            name=op.f("fk_loaded_content_expected_file_id_expected_file"),
        ),
        sa.PrimaryKeyConstraint("expected_file_id", name=op.f("pk_loaded_content")),
    )
    op.create_table(
        "sequencing_sample",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sample_sheet_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="Order in the sheet, from 1"),
        sa.Column("line", sa.Integer(), nullable=False, comment="Line of the file, from 1"),
        sa.Column("lane", sa.Integer(), nullable=True),
        sa.Column("sample_id", sa.String(), nullable=False),
        sa.Column("sample_name", sa.String(), nullable=False),
        sa.Column("sample_project", sa.String(), nullable=True),
        sa.Column("sample_number", sa.Integer(), nullable=False, comment="Illumina's S number"),
        sa.Column("index", sa.String(), nullable=True, comment="i7"),
        sa.Column("index2", sa.String(), nullable=True, comment="i5"),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("automatically_process", sa.Boolean(), nullable=False),
        sa.Column(
            "enrichment_kit",
            sa.String(),
            nullable=True,
            comment="The sheet's, else the directory's",
        ),
        sa.Column("sheet_kit", sa.String(), nullable=True, comment="As the sheet itself names it"),
        sa.Column(
            "processing",
            sa.JSON(),
            nullable=False,
            comment="override_cycles and mismatches of the row",
        ),
        sa.Column(
            "extra",
            sa.JSON(),
            nullable=False,
            comment="Further columns that the settings keep",
        ),
        sa.ForeignKeyConstraint(
            ["sample_sheet_id"],
            ["sample_sheet.id"],
            name=op.f("fk_sequencing_sample_sample_sheet_id_sample_sheet"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequencing_sample")),
        sa.UniqueConstraint(
            "sample_sheet_id", "row", name=op.f("uq_sequencing_sample_sample_sheet_id_row")
        ),
    )
    with op.batch_alter_table("sequencing_sample", schema=None) as batch_op:
        batch_op.create_index("ix_sequencing_sample_sample_name", ["sample_name"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sequencing_sample", schema=None) as batch_op:
        batch_op.drop_index("ix_sequencing_sample_sample_name")

    op.drop_table("sequencing_sample")
    op.drop_table("loaded_content")
    with op.batch_alter_table("file_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_event_scan_id"))
        batch_op.drop_index(batch_op.f("ix_file_event_expected_file_id"))

    op.drop_table("file_event")
    op.drop_table("unexpected_file")
    op.drop_table("sample_sheet")
    with op.batch_alter_table("run_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_event_sequencing_run_id"))
        batch_op.drop_index(batch_op.f("ix_run_event_scan_id"))

    op.drop_table("run_event")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_run_open")
        batch_op.drop_index(batch_op.f("ix_message_code"))

    op.drop_table("message")
    with op.batch_alter_table("expected_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expected_file_sample_name"))

    op.drop_table("expected_file")
    with op.batch_alter_table("sequencing_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sequencing_run_name"))
        batch_op.drop_index(batch_op.f("ix_sequencing_run_flowcell"))
        batch_op.drop_index(batch_op.f("ix_sequencing_run_date"))

    op.drop_table("sequencing_run")
    op.drop_table("scan")
