"""The locked versions: each with the hashes of its files, and installed as it is locked."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[1]
HASHED = re.compile(
    r"^([\w.-]+)==(\S+)(?: ;[^\\]*)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.M
)


def locked() -> dict[str, Requirement]:
    lines = (CHECKOUT / "requirements.lock").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(each.name): each for each in found}


def version_of(requirement: Requirement) -> str:
    (exact,) = requirement.specifier
    assert exact.operator == "=="
    return exact.version


def needed_by(name: str, extras: set[str]) -> Iterator[Requirement]:
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        if any(
            requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            for extra in (extras or {""})
        ):
            yield requirement


def test_every_locked_version_has_hashes_and_nothing_else_has():
    text = (CHECKOUT / "requirements.hashes").read_text()
    hashed = {canonicalize_name(name): version for name, version, _ in HASHED.findall(text)}

    assert hashed == {name: version_of(each) for name, each in locked().items()}, (
        "run script/lock_hashes"
    )
    assert HASHED.sub("", text).strip() == ""


def test_what_is_installed_is_what_is_locked():
    wrong = {}
    for name, requirement in locked().items():
        if requirement.marker is None or requirement.marker.evaluate():
            try:
                installed = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue  # of an extra that is not installed here
            if installed != version_of(requirement):
                wrong[name] = installed

    assert wrong == {}


def test_whatever_the_program_needs_is_locked():
    known, queue, seen = locked(), [("seqauto-pipeline", frozenset({"", "test"}))], set()
    missing = set()
    while queue:
        name, extras = queue.pop()
        for requirement in needed_by(name, set(extras)):
            key = canonicalize_name(requirement.name), frozenset(requirement.extras)
            if key in seen:
                continue
            seen.add(key)
            if key[0] not in known:
                missing.add(key[0])
            else:
                queue.append(key)

    assert missing == set()
    assert len(seen) > 50


def test_ci_has_the_package_index_prove_the_hashes():
    assert "pip download" in (CHECKOUT / ".ci/run").read_text()
    assert "--require-hashes" in (CHECKOUT / ".ci/run").read_text()
