"""Build the package: pyproject.toml describes it, and here it gets its copy of dagster.yaml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

INSTANCE_CONFIG = "dagster.yaml"


class BuildWithInstanceConfig(build_py):
    """Copies the checkout's dagster.yaml into what is built: `seqauto` gives it to new homes.

    An editable installation needs no copy, because it reads the checkout's own file.
    """

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            package = Path(self.build_lib, "seqauto_pipeline", "orchestration")
            self.copy_file(INSTANCE_CONFIG, str(package / INSTANCE_CONFIG))


setup(cmdclass={"build_py": BuildWithInstanceConfig})
