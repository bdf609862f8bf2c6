"""The Python interface: what its frames hold, how they are narrowed, and what it leaves alone."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from seqauto_pipeline.db.session import write_session
from seqauto_pipeline.errors import SchemaError, SettingsError
from seqauto_pipeline.models import Models, NotFoundError, open_models
from seqauto_pipeline_tests.cli.conftest import EXOME, MISEQ, NS, TWICE, ModelsDb, scan_time
from seqauto_pipeline_tests.real_accounts import let_others_in

NAMES = ("sequencing_runs", "samples", "files", "unaligned_reads", "qc", "messages", "scans")
UTC, DAY = "datetime64[ns, UTC]", "datetime64[ns]"


def test_runs_come_newest_first_with_their_facts(opened: Models, models_db: ModelsDb):
    runs = opened.sequencing_runs()

    assert list(runs["sequencing_run"]) == [MISEQ, EXOME, TWICE, TWICE]
    exome = runs.set_index("sequencing_run_id").loc[1]
    assert exome["run_path"] == models_db.exome
    assert exome["run_date"].date() == dt.date(2020, 9, 20)
    assert (exome["run_number"], exome["gold_standard"], exome["hidden"]) == (410, True, False)
    assert list(runs["last_seen_at"].dropna()) == [scan_time(2)]


def test_a_sample_in_two_lanes_has_two_rows(opened: Models):
    samples = opened.samples()

    assert list(samples["sample_name"])[:3] == ["S1", "S1", "S2"]
    assert list(samples["lane"].dropna()) == [1, 2, 1]
    assert samples.loc[0, "extra"] == {"Operator": "ab"}
    assert samples["is_control"].sum() == 1


def test_files_have_whole_paths_sizes_and_times(opened: Models, models_db: ModelsDb):
    files = opened.files().set_index("file_id")

    assert len(files) == 11
    assert files.loc[6, "path"] == f"{models_db.exome}/1_BAM/S1.hg38.bam"
    assert files.loc[6, "modified_at"].value == NS
    assert files.loc[4, "state_since"] == scan_time(4)
    assert files.loc[4, "last_seen_at"] == scan_time(2)
    assert files["size"].isna().sum() == 4
    assert 8 in opened.files(with_retired=True)["file_id"].tolist()


def test_a_file_beside_its_run_folder_has_its_own_path(models_db: ModelsDb):
    with write_session(models_db.engine) as session:
        session.execute(text("UPDATE expected_file SET path = '../../fastq/R/a.fq' WHERE id = 6"))

    files = open_models(models_db.home).files().set_index("file_id")

    folder = models_db.exome.rpartition("/")[0].rpartition("/")[0]
    assert files.loc[6, "path"] == f"{folder}/fastq/R/a.fq"


@pytest.mark.parametrize(("kit", "archived"), [("IDT_exome", [4]), ("idt_haem", [])])
def test_deleted_files_that_a_rule_covers_are_archived(
    models_db: ModelsDb, kit: str, archived: list[int]
):
    rule = f'{{file_type = "fastq", older_than_days = 30, kit = "{kit}"}}'
    (models_db.home / "seqauto.toml").write_text(f"archived = [{rule}]\n")

    files = open_models(models_db.home).files()

    assert list(files.loc[files["is_archived"], "file_id"]) == archived
    assert str(files["is_archived"].dtype) == "boolean"


def test_reads_of_a_sample_have_the_worse_state_of_the_two(opened: Models, models_db: ModelsDb):
    reads = opened.unaligned_reads(runs=EXOME).set_index("sample_name")

    states = reads[["r1_data_state", "r2_data_state", "data_state"]]
    assert states.loc["S2"].tolist() == ["complete", "deleted", "deleted"]
    assert states.loc["NTC"].dropna().tolist() == ["skipped", "skipped"]  # no second read
    assert reads.loc["S2", "r1_path"] == f"{models_db.exome}/0_fastq/00S2_R1.fastq.gz"
    assert list(opened.unaligned_reads(sample="S1")["sample_name"]) == ["S1"]


def test_figures_are_numbers_texts_or_neither(opened: Models):
    figures = opened.qc().set_index("name")

    assert figures.loc["Mean", "value_number"] == 42.5
    assert figures.loc["Sample", "value_text"] == "S1"
    assert figures.loc["Q", ["value_number", "value_text"]].isna().all()


def test_messages_are_the_open_ones_unless_all_are_asked_for(opened: Models, models_db: ModelsDb):
    found, every = opened.messages(), opened.messages(with_closed=True)

    assert sorted(found["message_id"]) == [1, 2, 5, 6, 7]
    assert sorted(every["message_id"]) == [1, 2, 3, 4, 5, 6, 7]
    assert set(every.loc[~every["is_open"], "message_id"]) == {3, 4}
    paths = every.set_index("message_id")["path"]
    assert paths[1] == f"{models_db.exome}/0_fastq/S1_R1.fastq.gz"
    assert (paths[4], paths[7]) == (models_db.exome, "/gone")


def test_scans_come_most_recent_first(opened: Models):
    scans = opened.scans()

    assert list(scans["scan_id"]) == [4, 3, 2, 1]
    assert list(scans["is_everything"]) == [True, False, True, True]
    assert scans.loc[0, "started_at"] == scan_time(4)


def test_columns_have_types_whether_there_are_rows_or_not(opened: Models):
    full = opened.files().dtypes
    none = opened.files(runs=MISEQ).dtypes

    expected = {
        "sequencing_run_id": "Int64",
        "sequencing_run": "string",
        "run_date": DAY,
        "file_type": "category",
        "read": "Int64",
        "size": "Int64",
        "modified_at": UTC,
        "first_seen_at": UTC,
        "state_since": UTC,
        "retired": "boolean",
    }
    assert {name: str(full[name]) for name in expected} == expected
    assert {name: str(none[name]) for name in expected} == expected
    assert [str(kind) for kind in opened.qc()[["value_number", "value_text"]].dtypes] == [
        "Float64",
        "string",
    ]


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        ({"runs": EXOME, "file_type": "bam"}, [6, 7]),
        ({"kit": "IDT_exome", "state": ["deleted", "error"]}, [7, 4]),
        ({"sample": "00S2", "file_type": ["fastq"]}, [3, 4]),
        ({"since": 2}, [7, 1, 4]),
        ({"since": dt.datetime(2026, 1, 3, 12, tzinfo=dt.UTC)}, [7, 1, 4]),
        ({"since": dt.date(2026, 1, 6)}, []),
        ({"flag": "hidden"}, []),
    ],
)
def test_files_are_narrowed_as_lists_are(opened: Models, choice: dict[str, object], ids: list[int]):
    assert list(opened.files(**choice)["file_id"]) == ids  # type: ignore[arg-type]


def test_the_other_frames_are_narrowed_alike(opened: Models):
    assert list(opened.sequencing_runs(state="deleted")["sequencing_run_id"]) == [4]
    assert list(opened.sequencing_runs(since=2)["sequencing_run_id"]) == [1, 4]
    assert set(opened.samples(sample="00S2")["sample_name"]) == {"S2"}
    assert len(opened.samples(runs=MISEQ)) == 0
    assert len(opened.qc(sample="S1")) == 4
    assert len(opened.qc(sample="S2")) == 0
    assert list(opened.messages(severity="error", runs=EXOME)["message_id"]) == [2]
    assert list(opened.messages(code="RAGGED_ROW")["message_id"]) == [5]
    assert len(opened.messages(since=1)) == 0
    assert list(opened.scans(since=3)["scan_id"]) == [4]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"runs": "200920_NB501009_0410_AHNLYFBGX0"}, EXOME),
        ({"file_type": "fastqq"}, "did you mean fastq"),
        ({"kit": "idt_exom"}, "did you mean idt_exome"),
        ({"state": "delted"}, "did you mean deleted"),
        ({"flag": "hiden"}, "did you mean hidden"),
    ],
)
def test_an_unknown_word_is_refused_with_the_nearest_known_one(
    opened: Models, choice: dict[str, str], words: str
):
    with pytest.raises(NotFoundError, match=words):
        opened.files(**choice)  # type: ignore[arg-type]


def test_an_unknown_severity_code_or_keyword_is_refused(opened: Models):
    with pytest.raises(NotFoundError, match="did you mean warning"):
        opened.messages(severity="warnin")
    with pytest.raises(NotFoundError, match="did you mean EMPTY_FILE"):
        opened.messages(code="EMPTY_FILES")
    with pytest.raises(TypeError, match="'state' is no keyword here; there are runs, kit"):
        opened.samples(state="complete")  # type: ignore[call-arg]


def test_a_database_may_be_named_without_a_home(
    models_db: ModelsDb, monkeypatch: pytest.MonkeyPatch
):
    url = os.environ.get("SEQAUTO_DATABASE_URL") or f"sqlite:///{models_db.home}/seqauto.db"
    monkeypatch.delenv("DAGSTER_HOME")
    monkeypatch.delenv("SEQAUTO_DATABASE_URL", raising=False)

    opened = open_models(url=url)

    assert len(opened.sequencing_runs()) == 4
    with pytest.raises(SettingsError, match="neither a home nor a URL is given"):
        open_models()


def test_a_home_where_no_scan_has_run_says_so_and_stays_empty(tmp_path: Path):
    home = tmp_path / "new"
    home.mkdir()

    with pytest.raises(SchemaError, match="Scan the disks first"):
        open_models(home).files()

    assert list(home.iterdir()) == []


def test_a_password_is_not_shown(tmp_path: Path):
    opened = open_models(tmp_path, url="postgresql+psycopg2://seqauto:s3cret@db/seqauto")

    assert "s3cret" not in repr(opened)


_READ_ALL = f"""
import sys
from seqauto_pipeline.models import open_models
models = open_models()
print([len(getattr(models, name)()) for name in {NAMES}])
print(sorted({{"dagster", "click"}} & {{name.partition(".")[0] for name in sys.modules}}))
"""


@pytest.mark.sqlite
def test_it_needs_no_dagster_and_no_home_that_one_may_write_to(models_db: ModelsDb):
    models_db.engine.dispose()
    let_others_in(models_db.home)
    (models_db.home / "seqauto.db").chmod(0o444)
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    if os.geteuid() != 0:
        as_nobody = []
        models_db.home.chmod(0o555)

    done = subprocess.run(
        [*as_nobody, sys.executable, "-c", _READ_ALL],
        capture_output=True,
        text=True,
        cwd="/",
        env={"DAGSTER_HOME": str(models_db.home), "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    models_db.home.chmod(0o755)

    assert done.stderr == ""
    assert done.stdout.splitlines() == ["[4, 5, 11, 3, 4, 5, 4]", "[]"]
    assert not list(models_db.home.glob("seqauto.db-*"))


def test_nothing_can_be_written_through_it(opened: Models):
    from sqlalchemy import text  # noqa: PLC0415

    with (
        pytest.raises(Exception, match=r"read.?only"),
        opened._reading() as models,
    ):
        models.session.execute(text("UPDATE scan SET is_full = is_full"))


def test_the_page_tells_of_each_column(opened: Models):
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text()

    missing = {
        f"{name}: {column}"
        for name in NAMES
        for column in getattr(opened, name)().columns
        if f"`{column}`" not in page
    }

    assert missing == set()
