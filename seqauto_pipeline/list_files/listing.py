"""List one root, from the levels above its run folders down to what a request asks of each."""

import os
import pwd
import socket
import time
from fnmatch import fnmatchcase
from typing import Any, BinaryIO

from seqauto_pipeline.list_files.facts import Facts, Looker
from seqauto_pipeline.list_files.names import escape_name, path_from, unescape_name
from seqauto_pipeline.list_files.request import Request
from seqauto_pipeline.list_files.run_folder import RunFolder
from seqauto_pipeline.list_files.writing import ListWriter

FORMAT = 1


def write_list(root: str, request: Request, stream: BinaryIO) -> tuple[int, str]:
    """List a root; give the number of its run folders, and why it cannot be listed ("": it was)."""
    writer = ListWriter(stream)
    looker = Looker(root, request.max_entries, follow_links_out=request.follow_links_out_of_root)
    writer.line(_header(root, request))
    levels, candidates = _list_down(root, looker, request)
    levels_at = writer.line({"levels": levels})
    room = request.max_contents_bytes
    for path in candidates:
        if not request.runs or path in request.runs or path.rpartition("/")[2] in request.runs:
            room = _write_run(writer, looker, request, (root, path), room)
    writer.end(levels_at, time.time())
    refused = levels[""].get("refused", {})
    return len(candidates), refused.get("said", "")


def _header(root: str, request: Request) -> Facts:
    return {
        "seqauto_list": FORMAT,
        "root": escape_name(root),
        "host": socket.gethostname(),
        "user": _account_name(),
        "started": time.time(),
        "depth": request.depth,
        "everything": request.everything,
        "runs": list(request.runs),
        "follows_links_out": request.follow_links_out_of_root,
        "max_input_bytes": request.max_input_bytes,
        "max_content_bytes": request.max_content_bytes,
    }


def _account_name() -> str:
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _list_down(root: str, looker: Looker, request: Request) -> tuple[dict[str, Facts], list[str]]:
    """List level after level; give also the paths of what stands where run folders should."""
    levels: dict[str, Facts] = {}
    level = [""]
    for _ in range(request.depth):
        below: list[str] = []
        for path in level:
            levels[path] = looker.upper_directory(path_from(root, unescape_name(path)))
            below += _directories_in(levels[path], path, looker, request)
        level = below
    return levels, level


def _directories_in(facts: Facts, path: str, looker: Looker, request: Request) -> list[str]:
    links = facts.get("links", {})
    return [
        f"{path}/{name}" if path else name
        for name, entry in sorted(facts.get("entries", {}).items())
        if (entry[0] == "d" or (entry[0] == "l" and looker.may_follow(links[name])))
        and not any(fnmatchcase(name, each) for each in request.ignored)
    ]


def _write_run(
    writer: ListWriter, looker: Looker, request: Request, place: tuple[str, str], room: int
) -> int:
    """Write one run and the contents of its QC files; give the bytes that others may still take."""
    root, path = place
    folder = RunFolder(path_from(root, unescape_name(path)), looker, request)
    folder.look()
    contents: dict[str, Any] = {}
    for below, absolute in folder.contents():
        most = min(request.max_content_bytes, room)
        found = looker.bytes_of(absolute, most, request.contents_since_ns)
        if "refused" in found:
            refused = found["refused"]
            if refused["errno"] == "TOO_LARGE" and most < request.max_content_bytes:
                refused["errno"] = "NO_ROOM"
            contents[below] = found
        else:
            contents[below] = writer.line({"content": f"{path}/{below}", **found})
            room -= len(found.get("text", "")) or len(found.get("base64", ""))
    facts = {
        "directories": folder.directories,
        "looked_at": folder.looked_at,
        "inputs": folder.inputs,
        "contents": contents,
    }
    writer.run(path, facts)
    return room
