"""What the settings say of delivery, as the values that the rest of this room takes."""

import datetime as dt
from typing import TYPE_CHECKING

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.delivery.rules import DeliveryRules, Kit, SendingLimits, Tool
from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import Settings, archive_rules, zone_for
from seqauto_pipeline.settings.groups.delivery import DeliveredTool

if TYPE_CHECKING:
    from seqauto_pipeline.delivery.filling import Outbox

VARIANTGRID, JSON_LINES, WEBHOOK = "variantgrid", "json_lines", "webhook"

_MAX_TOKEN_BYTES = 4096

# How people are told to configure one.
RECEIVER_SETTINGS = "variantgrid_url, delivery_directory, delivery_webhook and delivery_receivers"


def receiver_names(settings: Settings) -> tuple[str, ...]:
    """Name the receivers that are configured: by default there are none.

    Another server is another receiver: it has been told nothing yet.
    """
    return (
        *((variantgrid_name(settings.variantgrid_url),) if settings.variantgrid_url else ()),
        *((JSON_LINES,) if settings.delivery_directory else ()),
        *((WEBHOOK,) if settings.delivery_webhook else ()),
        *settings.delivery_receivers,
    )


def outbox_for(settings: Settings) -> "Outbox | None":
    """Give the outbox that scans fill; None where nobody is to be told."""
    names = receiver_names(settings)
    if not names:
        return None
    from seqauto_pipeline.delivery.filling import Outbox  # noqa: PLC0415  (not where it is off)

    return Outbox(rules_for(settings), tuple((name, takes_uploads(name)) for name in names))


def variantgrid_name(url: str) -> str:
    """Name a server without its scheme: that http became https makes it no other."""
    return f"{VARIANTGRID}:{url.partition('://')[2]}"


def takes_uploads(receiver: str) -> bool:
    return receiver.startswith(f"{VARIANTGRID}:")


def rules_for(settings: Settings) -> DeliveryRules:
    today = dt.datetime.now(zone_for(settings)).date()
    return DeliveryRules(
        kits={
            ours: Kit(theirs.name, theirs.version)
            for ours, theirs in settings.delivery_kits.items()
        },
        may_create_kits=settings.delivery_create_kits,
        aligners=tuple(map(_tool, settings.delivery_aligners)),
        callers=tuple(map(_tool, settings.delivery_variant_callers)),
        uploads=settings.delivery_uploads,
        patches_flags=settings.delivery_patch_flags,
        archive=Archive(archive_rules(settings), today),
    )


def limits_for(settings: Settings) -> SendingLimits:
    return SendingLimits(
        pause=settings.delivery_pause_seconds,
        connect_timeout=settings.delivery_connect_timeout_seconds,
        read_timeout=settings.delivery_read_timeout_seconds,
        settle=settings.delivery_settle_seconds,
        batch_records=settings.delivery_batch_records,
        attempts=settings.delivery_attempts,
    )


def variantgrid_token(settings: Settings) -> str:
    """Read the token. Raises SettingsError, which never shows it."""
    if settings.variantgrid_token is not None:
        return _checked_token(settings.variantgrid_token.get_secret_value(), "variantgrid_token")
    file = settings.variantgrid_token_file
    if file is None:
        raise SettingsError(
            "variantgrid_token_file", "found no token, expected this setting or variantgrid_token"
        )
    try:
        with file.open("rb") as stream:
            text = stream.read(_MAX_TOKEN_BYTES).decode("ascii")
    except OSError as error:
        raise SettingsError(
            "variantgrid_token_file", f"{file} cannot be read: {error.strerror}"
        ) from error
    except UnicodeDecodeError:
        raise SettingsError("variantgrid_token_file", f"{file} holds no token") from None
    return _checked_token(text, "variantgrid_token_file")


def _checked_token(text: str, setting: str) -> str:
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError(setting, "found text that is no token, expected one word")
    return token


def _tool(given: DeliveredTool) -> Tool:
    return Tool(given.name, given.version, given.files, given.kit, given.run_params)
