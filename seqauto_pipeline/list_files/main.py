"""The program: ``python3 list_files.pyz ROOT --output FILE``."""

import argparse
import os
import sys
from typing import Optional

from seqauto_pipeline.list_files.listing import write_list
from seqauto_pipeline.list_files.names import unescape_name
from seqauto_pipeline.list_files.request import EVERYTHING, Request, RequestError, parse_request
from seqauto_pipeline.list_files.writing import OutputError, whole_file

_ABOUT = "Write a list of the run folders below a root, for scans on another machine."
_TO_STANDARD = "-"


def main(arguments: Optional[list[str]] = None) -> int:
    """List as the command line says; give the exit code: 0, or 1 where there is no list."""
    given = _parser().parse_args(arguments)
    try:
        request = _request(given.request)
        root = _root(given.root, request)
        _write(root, request, given.output)
    except (RequestError, OutputError) as error:
        sys.stderr.write(f"list_files: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"list_files: {error.filename or given.output}: {error.strerror}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="list_files", description=_ABOUT)
    parser.add_argument("root", nargs="?", default="", metavar="ROOT", help="absolute path")
    parser.add_argument(
        "--output", default=_TO_STANDARD, metavar="FILE", help="the list; -: stdout"
    )
    about_request = "what to look at, of `seqauto list-files --print-request`; -: stdin"
    parser.add_argument("--request", metavar="FILE", help=about_request)
    return parser


def _request(path: Optional[str]) -> Request:
    if path is None:
        return EVERYTHING
    if path == _TO_STANDARD:
        return parse_request(sys.stdin.read())
    with open(path, encoding="utf-8") as file:
        return parse_request(file.read())


def _root(given: str, request: Request) -> str:
    asked = unescape_name(request.root)
    root = given or asked
    if not os.path.isabs(root):
        raise RequestError(f"found the root {root!r}, expected an absolute path")
    if given and asked and os.path.normpath(asked) != os.path.normpath(given):
        raise RequestError(
            f"the request is for {request.root}, and this program lists {given} only"
        )
    return os.path.normpath(root)


def _write(root: str, request: Request, output: str) -> None:
    if output == _TO_STANDARD:
        _, refused = write_list(root, request, sys.stdout.buffer)
    else:
        with whole_file(output, root) as stream:
            runs, refused = write_list(root, request, stream)
        sys.stderr.write(f"list_files: {output} lists {runs} run folders below {root}\n")
    if refused:
        sys.stderr.write(f"list_files: {root} cannot be listed: {refused}\n")
