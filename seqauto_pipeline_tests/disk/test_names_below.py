from pathlib import Path

from seqauto_pipeline.disk.names_below import NamesBelow


def test_all_names_are_listed_but_those_of_the_instrument_and_behind_links(tmp_path: Path) -> None:
    for folder in ("a/b", "Data/Intensities/BaseCalls/L001/C1.1", "Thumbnail_Images/L001"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")

    below = NamesBelow(str(tmp_path))

    found = {folder: names for folder, names in below.names.items() if names}
    assert found == {"": ("link",), "a/b": ("x",)}
    assert below.is_whole


def test_a_folder_that_is_too_large_or_too_slow_is_looked_at_in_part(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)

    assert not NamesBelow(str(tmp_path), most=0).is_whole
    assert not NamesBelow(str(tmp_path), seconds=-1).is_whole


def test_a_folder_that_is_gone_has_no_names(tmp_path: Path) -> None:
    assert NamesBelow(str(tmp_path / "gone")).names == {"": ()}
