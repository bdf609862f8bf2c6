"""Write the program as one file, to be carried to a machine that has nothing but Python."""

import os
import shutil
import tempfile
import zipapp
from pathlib import Path

_HERE = Path(__file__).parent
_PACKAGE = '"""The part of seqauto_pipeline that lists a root where its disk is."""\n'


def write_program(path: Path) -> None:
    """Write the program; it gets its name when it is whole. Raises OSError."""
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=".list-files-") as folder:
        source = Path(folder, "program")
        package = source / _HERE.parent.name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(_PACKAGE)
        ours = shutil.ignore_patterns("__pycache__", "carrying.py")
        shutil.copytree(_HERE, package / _HERE.name, ignore=ours)
        shutil.copy(_HERE / "__main__.py", source)
        program = Path(folder, "program.pyz")
        zipapp.create_archive(source, program, interpreter="/usr/bin/env python3", compressed=True)
        program.chmod(0o755)
        os.replace(program, path)
