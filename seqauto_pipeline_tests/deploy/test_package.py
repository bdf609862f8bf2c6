"""What is built of the checkout, by the build back end that pip calls."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]
_SOURCES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "dagster.yaml")
_BUILD = "import sys; from setuptools import build_meta as b; getattr(b, sys.argv[1])(sys.argv[2])"


def test_a_wheel_built_of_an_sdist_has_the_checkouts_instance_config(tmp_path: Path) -> None:
    source, built = tmp_path / "source", tmp_path / "built"
    source.mkdir()
    for name in _SOURCES:
        shutil.copy2(_CHECKOUT / name, source)
    shutil.copytree(_CHECKOUT / "seqauto_pipeline", source / "seqauto_pipeline")

    _build("build_sdist", source, built)
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("seqauto*-*")
    _build("build_wheel", unpacked, built)

    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packaged = archive.read("seqauto_pipeline/orchestration/dagster.yaml")
    assert packaged == (_CHECKOUT / "dagster.yaml").read_bytes()


def _build(what: str, source: Path, built: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", _BUILD, what, str(built)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
