"""The machine's own time zone."""

import pytest

from seqauto_pipeline.settings.time_zone import machine_time_zone


@pytest.mark.parametrize(
    "name", ["Europe/Paris", ":Europe/Paris", "/usr/share/zoneinfo/Europe/Paris"]
)
def test_the_machines_time_zone_can_be_said_by_tz(tmp_path, name):
    assert machine_time_zone({"TZ": name}, tmp_path) == "Europe/Paris"


def test_the_machines_time_zone_is_found_in_its_files(tmp_path):
    (tmp_path / "timezone").write_text("America/Lima\n")
    from_text = machine_time_zone({}, tmp_path)
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/Australia/Adelaide")
    from_link = machine_time_zone({"TZ": "EST5EDT4,M3.2.0,M11.1.0"}, tmp_path)

    assert (from_text, from_link) == ("America/Lima", "Australia/Adelaide")


def test_a_machine_that_names_no_time_zone_is_in_utc(tmp_path):
    assert machine_time_zone({}, tmp_path) == "UTC"
