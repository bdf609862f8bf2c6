"""A root that its file server lists over ssh, by a key that may run the one program."""

import sys
from pathlib import Path

from seqauto_pipeline.list_files.carrying import write_program
from seqauto_pipeline.settings.groups.scanning import ScanRoot
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.ssh_server import ssh_server


def test_a_list_over_ssh_gives_the_models_of_a_walk_and_what_fails_there_is_told(tmp_path: Path):
    here, there = Lab(tmp_path), Lab(tmp_path / "there", roots=())
    here.run(1).complete()
    here.run(2).complete().remove("bam")
    program, exported = tmp_path / "list_files.pyz", tmp_path / "exported"
    write_program(program)
    here.scan()
    here.root.rename(exported)

    with ssh_server((sys.executable, str(program), str(exported), "--request", "-")) as server:
        root = ScanRoot(path=here.root, list_command=server.ssh, root_there=exported)
        there.overrides["scan_roots"] = (root,)
        assert there.scan().error is None
        listed = there.facts()
        another = root.model_copy(update={"root_there": tmp_path / "another"})
        there.overrides["scan_roots"] = (another,)
        (refused,) = there.scan().held
        program.unlink()
        there.overrides["scan_roots"] = (root,)
        (not_there,) = there.scan().held
        server.stop()
        (down,) = there.scan().held

    assert listed == here.facts()
    assert "another, and this program lists" in refused
    assert f"can't open file '{program}'" in not_there
    assert "ended with code 255, and said: ssh: connect to host 127.0.0.1 port" in down
    assert there.facts("message") == here.facts("message")
