"""What is built of the checkout, by the build back end that pip calls, and used away from it."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import click
import pytest

from seqauto_pipeline_tests.deploy.conftest import CHECKOUT

_BUILD = "import sys; from setuptools import build_meta as b; getattr(b, sys.argv[1])(sys.argv[2])"
_INSTANCE_CONFIG = "seqauto_pipeline/orchestration/dagster.yaml"
_PATIENCE = 300


@pytest.fixture(scope="module")
def clone(known_files: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the checkout that git knows, with what is not committed yet, and no other."""
    clone = tmp_path_factory.mktemp("clone") / "seqauto"
    for name in known_files:
        target = clone / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, target)
    return clone


@pytest.fixture(scope="module")
def sdist(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("build_sdist", clone, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that is built of the sdist."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.glob("seqauto*-*")
    return _build("build_wheel", unpacked, folder)


def test_a_wheel_holds_the_package_alone_and_all_of_it(wheel: Path, known_files: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    of_the_package = {name for name in known_files if name.startswith("seqauto_pipeline/")}
    assert packed == {*of_the_package, _INSTANCE_CONFIG}


def test_a_wheel_holds_the_checkouts_instance_config(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(_INSTANCE_CONFIG)

    assert packed == (CHECKOUT / "dagster.yaml").read_bytes()


def test_a_clone_and_its_sdist_make_the_same_wheel(
    clone: Path, wheel: Path, tmp_path: Path
) -> None:
    of_the_clone = _build("build_wheel", clone, tmp_path)

    assert _contents(of_the_clone) == _contents(wheel)


def test_an_sdist_holds_what_a_wheel_is_built_of_and_no_tests(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}

    assert {"pyproject.toml", "setup.py", "dagster.yaml", "requirements.lock"} <= packed
    assert not {name for name in packed if name.startswith("seqauto_pipeline_tests")}


@pytest.mark.slow
def test_an_installed_wheel_shows_the_demo_away_from_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    """The wheel is installed by pip; what it depends on is taken from this environment.

    The tests on a fresh Debian install the dependencies, too.
    """
    away = tmp_path / "away"
    away.mkdir()
    programs = _environment_with(wheel, tmp_path / "environment")

    where = _run(programs / "python", "-c", "import seqauto_pipeline as p; print(p.__file__)", away)
    shown = _run(programs / "seqauto", "demo", away)

    assert Path(where.strip()).is_relative_to(programs.parent)
    assert "== seqauto scan\n" in shown
    assert "== seqauto runs\n" in shown
    assert sorted(path.name for path in (away / "seqauto-demo").iterdir()) == ["disk", "home"]


def _environment_with(wheel: Path, folder: Path) -> Path:
    """Make a virtual environment with the wheel, and give its directory of programs."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    (site_packages,) = folder.glob("lib/python*/site-packages")
    # A directory that is named in a .pth file has its own .pth files left alone: what is installed
    # for development, this checkout among it, is not seen.
    (site_packages / "dependencies.pth").write_text(f"{Path(click.__file__).parents[1]}\n")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index")
    _run(*pip, wheel, folder)
    return python.parent


def _run(*command_and_directory: Path | str) -> str:
    """Run a command in the directory that is named last, with none of this shell's settings."""
    *command, directory = command_and_directory
    done = subprocess.run(
        [*map(str, command)],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "HOME": str(directory), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _build(what: str, source: Path, built: Path) -> Path:
    command = [sys.executable, "-W", "ignore", "-c", _BUILD, what, str(built)]
    done = subprocess.run(
        command, cwd=source, check=False, capture_output=True, text=True, timeout=_PATIENCE
    )
    assert done.returncode == 0, done.stderr
    (made,) = built.glob("*.whl" if what == "build_wheel" else "*.tar.gz")
    return made
