"""What is remembered of alerts: what was told, and every word that people said."""

import datetime as dt
import json
from pathlib import Path

from seqauto_pipeline.monitoring.alerts import Said, Told
from seqauto_pipeline.monitoring.memory import FILE_NAME, Memory, keep, read_memory, remembering

NINE = dt.datetime(2026, 1, 10, 9, 0, tzinfo=dt.UTC)
ANN = Said("scan_missed", is_on=True, by="Ann", why="moved", at=NINE, until=NINE)
BO = Said("scan_missed", is_on=True, by="Bo", why="moved on", at=NINE)
BACK = Said("scan_missed", is_on=False, by="Cy", why=None, at=NINE)


def test_every_word_is_kept_and_the_newest_of_a_condition_holds(tmp_path: Path) -> None:
    for each in (ANN, BO):
        with remembering(tmp_path) as memory:
            memory.said.append(each)
            keep(tmp_path, memory)
    replaced = read_memory(tmp_path)
    with remembering(tmp_path) as memory:
        memory.said.append(BACK)
        keep(tmp_path, memory)
    taken_back = read_memory(tmp_path)

    assert replaced.acknowledged == {"scan_missed": BO}
    assert taken_back.acknowledged == {}
    assert taken_back.said == [ANN, BO, BACK]


def test_acknowledgements_of_releases_without_history_go_on(tmp_path: Path) -> None:
    before = {
        "told": {"mail": {"raised": {}, "digest": {"overdue:/r": "r"}, "digest_on": "2026-01-10"}},
        "acknowledged": {"scan_missed": {"by": "Ann", "why": "moved", "until": None}},
    }
    (tmp_path / FILE_NAME).write_text(json.dumps(before))

    memory = read_memory(tmp_path)
    keep(tmp_path, memory)

    known = Said("scan_missed", is_on=True, by="Ann", why="moved", at=None)
    told = Told({}, {"overdue:/r": "r"}, dt.date(2026, 1, 10))
    assert memory == Memory({"mail": told}, [known])
    assert read_memory(tmp_path) == memory


def test_what_cannot_be_read_is_forgotten(tmp_path: Path) -> None:
    for text in (
        "",
        "[]",
        '{"told": {}, "said": [{"key": 1}]}',
        '{"told": {}, "acknowledged": []}',
    ):
        (tmp_path / FILE_NAME).write_text(text)

        assert read_memory(tmp_path) == Memory()
