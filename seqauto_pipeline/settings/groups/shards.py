"""How a scan is cut into shards, and who works on them."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from seqauto_pipeline.settings.groups.base import SettingsGroup

ShardExecutor = Literal["in_process", "multiprocess", "celery", "k8s"]


class ShardSettings(SettingsGroup):
    """How a scan is cut into shards, and who works on them."""

    runs_per_shard: int = Field(
        default=0,
        ge=0,
        description="A scan of more runs than this is cut into shards of as many, by root and kit. "
        "0: no scan is cut. The code location and all workers are started anew after a change "
        "from or to 0.",
    )
    shard_executor: ShardExecutor = Field(
        default="in_process",
        description="Who works on shards: the scan's own process, one after the other; further "
        "processes of its machine; workers of Celery; or jobs of Kubernetes.",
    )
    shards_at_once: int = Field(
        default=2,
        ge=1,
        le=1000,
        description="The most shards that processes of one machine, or jobs of Kubernetes, work on "
        "at the same time. Celery's workers have a limit of their own.",
    )
    celery_broker: SecretStr | None = Field(
        default=None,
        description="The URL of the broker that hands shards to Celery's workers: Redis or "
        "RabbitMQ. A password in it is never shown.",
        examples=["redis://:password@broker.example.org:6379/0"],
    )
    celery_backend: SecretStr | None = Field(
        default=None,
        description="The URL at which Celery's workers leave what became of shards. Without one: "
        "celery_broker, which then must be Redis.",
        examples=["redis://:password@broker.example.org:6379/1"],
    )
    celery_redelivery_seconds: int = Field(
        default=600,
        ge=10,
        description="Seconds after which Redis hands a shard to another worker whose worker has "
        "not ended it: it may have died with its machine. A shard should take less; where it "
        "does not, it is worked on twice, and stored once.",
    )
    kubernetes_image: str | None = Field(
        default=None,
        description="The image that jobs of Kubernetes run: the one that the scan runs in. "
        "shard_executor k8s cannot do without.",
        examples=["registry.example.org/seqauto:1.0"],
    )
    kubernetes_namespace: str = Field(
        default="default",
        min_length=1,
        description="The namespace of the jobs of Kubernetes.",
    )
    kubernetes_home_claim: str | None = Field(
        default=None,
        description="The persistent volume claim that is mounted at DAGSTER_HOME in the jobs of "
        "Kubernetes: all of them and the scan must see the same home.",
        examples=["seqauto-home"],
    )
    kubernetes_disk_claims: Mapping[str, str] = Field(
        default_factory=dict,
        description="The persistent volume claims of the sequencing disks, by the path at which "
        "jobs of Kubernetes see them, read-only: the path at which the scan sees them.",
        examples=[{"/data/sequencing": "sequencing-disks"}],
    )
    kubernetes_secret: str | None = Field(
        default=None,
        description="The secret whose entries jobs of Kubernetes get as environment variables: "
        "SEQAUTO_DATABASE_URL, which they would otherwise have to find in the settings file.",
        examples=["seqauto-database"],
    )

    @field_validator("kubernetes_disk_claims")
    @classmethod
    def _mount_at_whole_paths(cls, claims: Mapping[str, str]) -> Mapping[str, str]:
        for path, claim in claims.items():
            if not PurePosixPath(path).is_absolute() or not claim:
                found = f"found {path!r} = {claim!r}"
                raise ValueError(f"{found}, expected a whole path and the name of a claim")
        return claims
