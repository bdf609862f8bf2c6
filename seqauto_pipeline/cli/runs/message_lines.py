"""How a message is printed: a block of a few lines."""

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.tables import state_word, width
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import Message
from seqauto_pipeline.views.messages import acknowledgement_words
from seqauto_pipeline.views.open_models import OpenModels

_BELOW = " " * 6


def message_block(models: OpenModels, message: Message) -> str:
    """Write a message with its number, its place and what to do, on a few lines."""
    head = f"  {state_word(message.severity)} {message.code} [{message.id}]{_where(message)}"
    since = f"since {models.local(message.opened_at)}"
    below = (
        shown(message.text),
        f"To do: {shown(message.fix)}",
        f"{since}{_outcome(models, message)}",
    )
    columns = width()
    lines = wrapped(head, columns, indent=len(_BELOW))
    for text in below:
        lines += wrapped(text, columns, first=_BELOW, indent=len(_BELOW))
    return "\n".join(lines)


def _where(message: Message) -> str:
    where = f" {shown(message.path)}" if message.path else ""
    if message.line is not None:
        where += f", line {message.line}"
    return where + (f", column {shown(message.column)}" if message.column else "")


def _outcome(models: OpenModels, message: Message) -> str:
    words = ""
    if message.acknowledged_at is not None:
        words += f"; {acknowledgement_words(models, message)}"
    if message.closed_at is not None:
        words += f"; closed {models.local(message.closed_at)} by scan {message.closed_scan_id}"
    return words
