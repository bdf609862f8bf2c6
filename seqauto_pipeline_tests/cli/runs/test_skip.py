"""`seqauto skip` and `seqauto unskip`: what is said and stored; what scans make of it is theirs."""

import json

from sqlalchemy import update

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run


def history(seqauto: Run, run: str) -> list[tuple[str, bool, str, str | None]]:
    said = json.loads(seqauto("run", run, "--format", "json").stdout)["annotations"]
    return [(each["what"], each["on"], each["by"], each["why"]) for each in said]


def test_a_skip_says_what_scans_will_do_and_keeps_who_and_why(
    seqauto: Run, models_db: ModelsDb
) -> None:
    on = seqauto("skip", EXOME, "--by", "Ann", "--why", "wrong flowcell")
    again = seqauto("skip", EXOME, "--by", "Bo", "--why", "whatever")
    off = seqauto("unskip", EXOME, "--by", "Cy")

    assert on.output.startswith(f"{EXOME}: From the next scan on it is skipped: no new record")
    assert "It is skipped already: by Ann: wrong flowcell (20" in again.output
    assert "From the next scan on it is looked at again" in off.output
    assert {on.exit_code, again.exit_code, off.exit_code} == {0}
    assert history(seqauto, EXOME) == [
        ("skip", True, "Ann", "wrong flowcell"),
        ("skip", False, "Cy", None),
    ]


def test_a_name_that_several_runs_have_asks_for_the_path(seqauto: Run, models_db: ModelsDb) -> None:
    for command in (("skip", TWICE, "--why", "x"), ("unskip", TWICE)):
        ambiguous = seqauto(*command)

        assert ambiguous.exit_code == 2
        assert "is in 2 places; give the path of the one you mean" in ambiguous.output
    assert seqauto("skip", f"idt_haem/{TWICE}", "--why", "x").exit_code == 0
    assert history(seqauto, f"idt_exome/{TWICE}") == []


def test_a_skip_needs_a_reason(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("skip", EXOME)

    assert result.exit_code == 2
    assert "Missing option '--why'" in result.output


def test_a_run_that_its_disk_skips_stays_so(seqauto: Run, models_db: ModelsDb) -> None:
    with models_db.engine.begin() as connection:
        skipped = {"data_state": "skipped", "state_reason": "it holds .skip"}
        query = update(SequencingRun).where(SequencingRun.name == EXOME)
        connection.execute(query.values(**skipped))

    nobody = seqauto("unskip", EXOME).output
    seqauto("skip", EXOME, "--why", "x")
    by_both = seqauto("unskip", EXOME).output

    stays = "It stays skipped all the same: it holds .skip."
    assert nobody == f"{EXOME}: Nobody skipped it by command. {stays}\n"
    assert by_both.endswith(f"are what they are. {stays}\n")


def test_what_a_legacy_run_has_been_told_is_said_to_have_no_effect(
    seqauto: Run, models_db: ModelsDb
) -> None:
    seqauto("flag", EXOME, "legacy", "--on")

    result = seqauto("skip", EXOME, "--why", "x")

    assert "But it has the flag legacy: scans leave it alone." in result.output
