"""One run folder, as far as a request looks into it."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Optional

from seqauto_pipeline.list_files.facts import Facts, Looker
from seqauto_pipeline.list_files.names import escape_name, glob_regex, path_from, unescape_name
from seqauto_pipeline.list_files.opening import real_path
from seqauto_pipeline.list_files.request import Outputs, Request

_BESIDE = "../"
_RUN_FIELD = re.compile(r"\{(sequencing_run|flowcell_id)\}")
_NOT_PLAIN = re.compile(r"[\[\]{}*?]")  # a name that has these would be taken for a pattern


def fits(path: str, globs: Sequence[str]) -> bool:
    """Tell whether a path fits one of the globs; those that begin with **/ are of names."""
    name = path.rpartition("/")[2]
    return any(
        glob_regex(glob[3:]).fullmatch(name)
        if glob.startswith("**/")
        else glob_regex(glob).fullmatch(path)
        for glob in globs
    )


class RunFolder:
    """Lists the directories of one run folder that a request names, each once."""

    def __init__(self, path: str, looker: Looker, request: Request) -> None:
        self._path, self._looker, self._request = path, looker, request
        self.directories: dict[str, Facts] = {}
        self.looked_at: dict[str, Optional[Facts]] = {}
        self.inputs: dict[str, Facts] = {}

    def look(self) -> None:
        """List the directories, and read the small files."""
        request = self._request
        self._list("")
        if request.everything:
            self._list_everything("", ())
        for glob in _filled(request.directories, self._path):
            self._list_glob("", glob.split("/") if glob else [])
        for each in request.outputs:
            self._list_outputs(each)
        for path in self._paths(request.inputs):
            self.inputs[path] = self._looker.bytes_of(self._absolute(path), request.max_input_bytes)

    def contents(self) -> Iterator[tuple[str, str]]:
        """Give the QC files, each with its absolute path."""
        for path in self._paths(self._request.contents):
            yield path, self._absolute(path)

    def _paths(self, globs: Sequence[str]) -> Iterator[str]:
        """Give the paths of what is there and fits, in order."""
        wanted = list(_filled(globs, self._path))
        by_folder: dict[str, list[str]] = {}
        for folder, facts in self.directories.items():
            of_names = [glob for glob in wanted if glob.startswith("**/")]
            of_folder = [
                glob
                for glob in wanted
                if glob not in of_names and glob_regex(glob.rpartition("/")[0]).fullmatch(folder)
            ]
            by_folder[folder] = [
                _child(folder, name)
                for name in facts.get("entries", ())
                if fits(_child(folder, name), of_names + of_folder)
                and not self._is_broken(facts, name)
            ]
        for folder in sorted(by_folder):
            yield from sorted(by_folder[folder])

    def _is_broken(self, facts: Facts, name: str) -> bool:
        link = facts.get("links", {}).get(name)
        return bool(link) and link["leads"] == "b"

    def _list_outputs(self, outputs: Outputs) -> None:
        fitting = glob_regex(outputs.below)
        for path, facts in list(self.directories.items()):
            names = facts.get("entries", ())
            is_output = any(all(name in names for name in each) for each in outputs.holds)
            if fitting.fullmatch(path) and is_output:
                for folder in outputs.folders:
                    glob = f"{path}/{folder}" if folder else path
                    self._list_glob("", glob.split("/"))

    def _list_glob(self, path: str, glob: Sequence[str]) -> None:
        if not glob:
            self._list(path)
            return
        first, rest = glob[0], glob[1:]
        if any(wildcard in first for wildcard in "*?["):
            self._list(path)
            for child in self._directories_in(path, first):
                if not fits(child, self._request.never_searched):
                    self._list_glob(child, rest)
        elif self._is_directory(_child(path, first)):
            self._list_glob(_child(path, first), rest)

    def _directories_in(self, path: str, glob: str) -> list[str]:
        facts = self.directories[path]
        links = facts.get("links", {})
        return [
            _child(path, name)
            for name, entry in sorted(facts.get("entries", {}).items())
            if (entry[0] == "d" or (entry[0] == "l" and self._looker.may_follow(links[name])))
            and glob_regex(glob).fullmatch(name)
            and not any(fnmatchcase(name, each) for each in self._request.ignored)
        ]

    def _is_directory(self, path: str) -> bool:
        if path not in self.looked_at:
            self.looked_at[path] = self._looker.looked_at(
                self._absolute(path), follow_link=path.endswith("..")
            )
        facts = self.looked_at[path]
        if facts is None or "refused" in facts:
            return False
        return facts["entry"][0] == "d" or (
            "link" in facts and self._looker.may_follow(facts["link"])
        )

    def _list_everything(self, path: str, above: tuple[str, ...]) -> None:
        """List all that is below; a link that leads back to where it stands is not followed."""
        real = real_path(self._absolute(path))
        if real in above:
            return
        for child in self._directories_in(path, "*"):
            self._list(child)
            self._list_everything(child, (*above, real))

    def _list(self, path: str) -> None:
        if path in self.directories:
            return
        if len(self.directories) >= self._request.max_directories:
            said = f"more than {self._request.max_directories} directories"
            facts = {"errno": "EFBIG", "said": said, "path": escape_name(self._absolute(path))}
            self.directories[path] = {"refused": facts}
            return
        self.directories[path] = self._looker.directory(self._absolute(path))

    def _absolute(self, path: str) -> str:
        return path_from(self._path, unescape_name(path))


def _child(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _filled(globs: Sequence[str], run_folder: str) -> Iterator[str]:
    """Put the run's name into what leads beside its folder, where it can stand in a path."""
    for glob in globs:
        if glob.startswith(_BESIDE) and _RUN_FIELD.search(glob):
            yield from sorted(set(_filled_with(glob, escape_name(run_folder.rpartition("/")[2]))))
        else:
            yield glob


def _filled_with(glob: str, name: str) -> Iterator[str]:
    """Fill in the name, and for the flowcell each part of it: the scan knows which it is."""
    flowcells: set[str] = set(name.split("_")) - {""}
    for flowcell in flowcells:
        if not _NOT_PLAIN.search(name):
            yield glob.replace("{sequencing_run}", name).replace("{flowcell_id}", flowcell)
