import pytest
from pydantic import ValidationError

from seqauto_pipeline.settings import load_settings
from seqauto_pipeline.settings.groups.shards import ShardSettings


def test_disks_of_kubernetes_are_read_from_the_variable():
    claims = '{"/data/sequencing" = "sequencing-disks"}'

    settings = load_settings({"SEQAUTO_KUBERNETES_DISK_CLAIMS": claims})

    assert settings.kubernetes_disk_claims == {"/data/sequencing": "sequencing-disks"}


@pytest.mark.parametrize(("path", "claim"), [("data", "disks"), ("/data", "")])
def test_a_claim_that_no_pod_could_mount_is_refused(path, claim):
    with pytest.raises(ValidationError, match="expected a whole path and the name of a claim"):
        ShardSettings(kubernetes_disk_claims={path: claim})
