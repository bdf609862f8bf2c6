"""What to do, in the words of the web UI: the stored remedies are for people with a shell.

Where only a command can do it, the remedy says whom to ask for it.
"""

import re
from collections.abc import Callable, Iterator

_LAUNCHPAD = "Jobs, seqauto_scan, Launchpad"
_ASK = "ask the administrator"

_PHRASES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (
        r"(?:scan once with |`seqauto scan )--accept-vanished ([^`]+?)`?(\.?)(?=$|\s[A-Z])",
        lambda found: (
            f'launch one scan ({_LAUNCHPAD}) with accept_vanished: ["{found[1]}"]{found[2]}'
        ),
    ),
    (r"scan with --force\b", f"launch it again ({_LAUNCHPAD}) with force: true"),
    (r"scan(?:s)? with --full\b", f"launch a scan ({_LAUNCHPAD}) with full: true"),
    (r", or leave out --no-wait to wait for it", ""),
    (r"List them with `seqauto files --unexpected`; correct", "Correct"),
    (r",? with `seqauto layout check [^`]*`", ""),
    (r"`seqauto sheet check FILE` shows each problem in it", "the messages name each problem"),
    (r", and with `seqauto sheet check FILE` after correcting it", ""),
    (
        r"`seqauto explain SAMPLE TYPE` shows what was looked for and what is there",
        f"{_ASK} what was looked for and what is there",
    ),
    (r" \(`seqauto init [^`]*` writes it\)", ""),
    (r"; `seqauto settings --check FILE` lists all that is wrong", ""),
    (r", then (?:check|try) it with `seqauto (?:settings|layout|alerts)[^`]*`", ""),
    (r", or its file: `seqauto layout check [^`]*`", ", or its file"),
    (r", or scan the disks again with `seqauto scan`", f", or scan the disks again: {_LAUNCHPAD}"),
    (
        r"[Rr]ead `seqauto scans show ([^`]*)`, correct the cause, then `seqauto scan`",
        (
            r"Read the page of scan \1 under Runs, correct the cause, "
            f"then launch a scan ({_LAUNCHPAD})"
        ),
    ),
    (r"(?:Scan|scan) (?:by hand )?(?:with|once:) `seqauto scan`", f"launch a scan ({_LAUNCHPAD})"),
    (r"(?:Choose another scan with|List the scans with) `seqauto scans`", "Look for it under Runs"),
    (r"`seqauto scans`", "the list of Runs"),
    (r"then `seqauto scan`", f"then launch a scan ({_LAUNCHPAD})"),
    (r"(?:with )?`seqauto scan`", f"{_LAUNCHPAD}"),
    (r"`seqauto runs` lists those that are known", "the catalog lists those that are known"),
    (r"`seqauto messages --code ([^`]*)`", r"the messages \1 of the runs that the checks name"),
    (r"`seqauto doctor` tells more", "the page of server_status tells more"),
    (r"Run `seqauto migrate`", f"{_ASK[0].upper()}{_ASK[1:]} to migrate the models"),
)
_ACKNOWLEDGE = re.compile(r"(?:say so with |close it: )?`seqauto messages ack ID [^`]*`")
_SKIP = re.compile(r"skip it: `seqauto skip [^`]*`")
_COMMAND = re.compile(r"`seqauto ([^`]*?)(?: --[^`]*)?`")
_CODE = re.compile(r"`([^`]+)`")
_FLAG = re.compile(r"(?<![\w-])--([a-z][a-z-]+)")


def in_the_web_ui(remedy: str | None, message_id: int | None = None) -> str:
    """Say a remedy in the words of the web UI. A message is named by its number."""
    text = remedy or ""
    for pattern, words in _PHRASES:
        text = re.sub(pattern, words, text)
    number = "it" if message_id is None else f"message {message_id}"
    text = _ACKNOWLEDGE.sub(f"{_ASK} to acknowledge {number}", text)
    text = _SKIP.sub(f"{_ASK} to skip it", text)
    text = _COMMAND.sub(r"the administrator's command “\1”", text)
    text = _CODE.sub(r"“\1”", text)  # which the web UI shows as it is
    # An option of the launchpad is called as the flag is, but for its hyphens.
    return _capitalised(_FLAG.sub(lambda found: found[1].replace("-", "_"), text))


def shell_words(text: str) -> Iterator[str]:
    """Find what only a person with a shell could do anything with."""
    for found in re.finditer(r"`seqauto [^`]*`|(?<![\w-])--[a-z][a-z-]+", text):
        yield found[0]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
