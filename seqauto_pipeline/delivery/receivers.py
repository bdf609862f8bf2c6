"""The receivers: VariantGrid, JSON lines, a webhook, and those that a laboratory adds.

One of a laboratory's own is an entry point in the group ``seqauto_pipeline.receivers``: a function
that takes the settings and gives a `Taker`. docs/delivery.md has an example.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from typing import Protocol

from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.db.outbox.sending import SentThings
from seqauto_pipeline.delivery.configured import (
    JSON_LINES,
    WEBHOOK,
    limits_for,
    receiver_names,
    takes_uploads,
)
from seqauto_pipeline.delivery.handing import Taker, hand_over
from seqauto_pipeline.delivery.json_lines import JsonLines
from seqauto_pipeline.delivery.report import DeliveryReport
from seqauto_pipeline.delivery.rules import DeliveryRules, SendingLimits
from seqauto_pipeline.delivery.variantgrid.receiver import VariantGrid
from seqauto_pipeline.delivery.webhook import Webhook
from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import Settings

GROUP = "seqauto_pipeline.receivers"


class Receiver(Protocol):
    """Somebody who is told what the models hold."""

    @property
    def name(self) -> str:
        """What it was told is stored under this name."""

    def deliver(
        self,
        things: SentThings,
        rules: DeliveryRules,
        limits: SendingLimits,
        report: DeliveryReport,
    ) -> None:
        """Deliver what is due. Raises DeliveryStoppedError where it cannot go on."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A receiver that takes whatever it is handed."""

    name: str
    make: Callable[[], Taker]

    def deliver(
        self,
        things: SentThings,
        rules: DeliveryRules,
        limits: SendingLimits,
        report: DeliveryReport,
    ) -> None:
        hand_over(self.make(), things, rules, limits, report)


def receivers_for(settings: Settings) -> Iterator[Receiver]:
    """Give the receivers that are configured, each made when it is its turn."""
    for name in receiver_names(settings):
        if takes_uploads(name):
            yield VariantGrid(name, settings)
        elif name == JSON_LINES and settings.delivery_directory is not None:
            yield Handed(name, partial(JsonLines, settings.delivery_directory))
        elif name == WEBHOOK:
            yield Handed(name, partial(Webhook.configured, settings, limits_for(settings)))
        else:
            yield Handed(name, partial(_own_receiver, name, settings))


def _own_receiver(name: str, settings: Settings) -> Taker:
    """Load a receiver of the laboratory's own. Raises SettingsError where there is none."""
    found = entry_points(group=GROUP)
    named = next((each for each in found if each.name == name), None)
    if named is None:
        hint = did_you_mean(name, found.names, "; no installed package brings one")
        raise SettingsError("delivery_receivers", f"found {name!r}, which is not installed{hint}")
    taker: Taker = named.load()(settings)
    return taker
