"""Links that open the launchpad with a scan filled in."""

from urllib.parse import parse_qs, urlsplit

import yaml

from seqauto_pipeline.definitions import defs
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.launch_links import launch_path, presets, questions
from seqauto_pipeline.orchestration.run_config import chosen_options


def config_of(path: str) -> object:
    return yaml.safe_load(parse_qs(urlsplit(path).query)["config"][0])


def test_the_link_holds_the_options_and_nothing_in_a_name_breaks_out_of_it():
    name = 'a "quoted" run & more: #1\n- x'

    config = config_of(launch_path({"runs": [name], "full": True}))

    assert chosen_options(config) == {"runs": [name], "full": True}


def test_every_preset_is_a_config_that_the_job_takes():
    links = [line.rpartition("](")[2].rstrip(")") for line in presets().splitlines()]

    assert len(links) == 5
    for each in links:
        options = chosen_options(config_of(each))
        assert options.keys() <= {"full", "runs", "reuse_prev_scan_id", "accept_vanished"}
    assert seqauto_scan.description is not None
    assert presets() in seqauto_scan.description


def test_the_questions_of_a_morning_lead_to_assets_that_there_are(lab):
    paths = [line.rpartition("](/assets/")[2].rstrip(")") for line in questions().splitlines()]
    names = {path.partition("?")[0] for path in paths}

    assert len(paths) == 3
    assert names <= {key.to_user_string() for key in defs().resolve_all_asset_keys()}
    assert questions() in (seqauto_scan.description or "")


def test_every_asset_has_a_group_owners_a_description_and_kinds(lab):
    graph = defs().resolve_asset_graph()

    for key in graph.get_all_asset_keys():
        asset = graph.get(key)
        assert asset.group_name != "default", key
        assert asset.owners, key
        assert asset.description, key
        assert asset.kinds, key
