"""Uploads: a file is received, then imported for hours, and only then delivered."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from seqauto_pipeline.db.outbox.values import RunToTell
from seqauto_pipeline.delivery.deciding import Act, Decision
from seqauto_pipeline.delivery.things import Kind, Thing
from seqauto_pipeline.delivery.transport import Answer, Request
from seqauto_pipeline.delivery.variantgrid.answers import Meaning, Verdict, judge
from seqauto_pipeline.delivery.variantgrid.exchange import Exchange, Item
from seqauto_pipeline.delivery.variantgrid.requests import (
    run_request,
    upload_request,
    upload_status,
)

_SUCCESS, _ERROR = "Success", "Error"
_BY_CONTENT = "sha256/"
_FIRST_LOOK = dt.timedelta(minutes=1)
_LONGEST_BETWEEN_LOOKS = dt.timedelta(minutes=30)


class FilesToUpload(Protocol):
    """The files of the disk that uploads are about: each as it was scanned, or not at all."""

    def send(self, request: Request, body: Mapping[str, Any], root: str) -> Answer | str:
        """Send a file; or say why it is not the one that was scanned."""

    def sha256(self, body: Mapping[str, Any], root: str) -> str | None:
        """Sum up a file; None where it is not the one that was scanned."""


class Uploader:
    """Uploads the files of one run, and follows their imports."""

    def __init__(
        self,
        exchange: Exchange,
        is_of_another: Callable[[str, int], bool],
        files: FilesToUpload,
        run: RunToTell,
    ) -> None:
        self._exchange, self._is_of_another = exchange, is_of_another
        self._files, self._run = files, run

    def work(self, due: Sequence[tuple[Thing, Decision]]) -> None:
        for thing, decision in due:
            item = Item(thing, self._exchange.known[thing.id], thing.body or {})
            if decision.act is Act.POLL:
                self._look(item, item.stored.server_id or "")
            elif decision.act is Act.SEND and not self._has_arrived(item):
                self._upload(item, force=False)

    def _has_arrived(self, item: Item) -> bool:
        """Follow an upload whose answer was lost, where it is there: twice, it is imported twice.

        The server knows the same bytes again only when it has worked on them.
        """
        if item.stored.tried_hash != item.hash or item.stored.attempts == 0:
            return False
        digest = self._files.sha256(item.body, self._run.root)
        number = f"{_BY_CONTENT}{digest}"
        if digest is None or self._state(number) is None:
            return False
        if self._must_be_forced(item, number):
            self._upload(item, force=True)
        else:
            self._importing(item, number, _FIRST_LOOK)
        return True

    def _upload(self, item: Item, *, force: bool) -> None:
        path = str(item.body["path"])
        request = upload_request(path, force=force)
        changed: list[str] = []

        def _ask() -> Answer:
            answer = self._files.send(request, item.body, self._run.root)
            if isinstance(answer, str):
                changed.append(answer)
                return Answer(400, answer)
            return answer

        verdict, answer = self._exchange.perform([item], (), _ask)
        if changed:
            self._wait(item, changed[0])
        elif verdict.meaning is not Meaning.TAKEN:
            self._exchange.not_taken(item, verdict)
        else:
            said = answer.json if isinstance(answer.json, dict) else {}
            self._received(item, said, is_forced=force)

    def _wait(self, item: Item, reason: str) -> None:
        """Keep that a file is not as it was scanned: the next scan will tell."""
        change = {
            "outcome": "failed",
            "attempts": item.stored.attempts,
            "next_try_at": dt.datetime.now(dt.UTC) + _LONGEST_BETWEEN_LOOKS,
            "answer": f"{reason}; it is sent after the next scan",
        }
        self._exchange.keep([(item, change)])

    def _received(self, item: Item, said: Mapping[str, Any], *, is_forced: bool) -> None:
        number = str(said.get("file_upload_id") or said.get("uploaded_file_id") or "")
        if not number and said.get("sha256_hash"):
            number = f"{_BY_CONTENT}{said['sha256_hash']}"
        is_known = bool(said.get("message"))
        if not number and is_known and not is_forced:
            self._upload(item, force=True)
            return
        if not number:
            verdict = Verdict(Meaning.SICK, 200, f"the upload got no number: {dict(said)}")
            self._exchange.not_taken(item, verdict)
            return
        if is_known and not is_forced and self._must_be_forced(item, number):
            self._upload(item, force=True)
            return
        self._importing(item, number, _FIRST_LOOK)

    def _must_be_forced(self, item: Item, number: str) -> bool:
        """Tell whether the server has these bytes, and not as what they are sent for now."""
        state = self._state(number)
        if state is None or state.get("pipeline_status") == _ERROR:
            return state is not None
        if self._is_of_another(number, item.stored.id):
            return True
        if state.get("pipeline_status") != _SUCCESS or item.thing.kind is not Kind.UPLOAD_VCF:
            return False
        said = self._exchange.look(run_request(self._run.name)).json
        there = said.get("vcf_set", []) if isinstance(said, dict) else []
        rows = there if isinstance(there, list) else []
        paths = {row.get("path") for row in rows if isinstance(row, dict)}
        return item.body["path"] not in paths

    def _importing(self, item: Item, number: str, delay: dt.timedelta) -> None:
        now = dt.datetime.now(dt.UTC)
        change = {
            "outcome": "importing",
            "tried_hash": item.hash,
            "server_id": number,
            "next_try_at": now + delay,
            "answer_status": 200,
            "answer": "received; it is being imported",
        }
        self._exchange.keep([(item, change)])

    def _state(self, number: str) -> Mapping[str, Any] | None:
        answer = self._exchange.look(upload_status(number))
        said = answer.json
        if judge(answer, ("pipeline_status",)).meaning is not Meaning.TAKEN:
            return None
        return said if isinstance(said, dict) else None

    def _look(self, item: Item, number: str) -> None:
        """Ask how an import goes. Where the server cannot tell, it is asked again later."""
        state = self._state(number) or {}
        status = state.get("pipeline_status")
        if number.startswith(_BY_CONTENT) and self._must_be_forced(item, number):
            self._upload(item, force=True)  # these bytes were imported for another file
        elif status == _SUCCESS:
            self._exchange.taken([item], Verdict(Meaning.TAKEN, 200, ""))
        elif status == _ERROR:
            words = f"the import failed: {state.get('error') or 'no reason is given'}"
            self._exchange.not_taken(item, Verdict(Meaning.REFUSED, 200, words))
        else:
            since = item.stored.tried_at or dt.datetime.now(dt.UTC)
            age = dt.datetime.now(dt.UTC) - since
            self._importing(item, number, min(max(age, _FIRST_LOOK), _LONGEST_BETWEEN_LOOKS))
