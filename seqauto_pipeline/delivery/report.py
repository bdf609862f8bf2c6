"""What one delivery came to."""

from collections import Counter
from dataclasses import dataclass, field


class DeliveryStoppedError(Exception):
    """A delivery ended before all was sent; what is left is tried again. Never leaves this room.

    ``is_overdue``: a question was not answered in time, and the server may still be at work on it.
    """

    def __init__(self, reason: str, *, is_overdue: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_overdue = reason, is_overdue


@dataclass(slots=True)
class DeliveryReport:
    """Counts of one delivery to one receiver."""

    receiver: str
    counts: Counter[str] = field(default_factory=Counter)  # of things, by what became of them
    requests: int = 0
    runs: int = 0
    stopped: str = ""  # why it ended early

    def in_words(self) -> str:
        told = [f"{count} {what}" for what, count in sorted(self.counts.items()) if count]
        return ", ".join(told) or "nothing to send"
