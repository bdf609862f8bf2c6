"""Who works on the steps of a scan in shards, as the settings say when it begins."""

import os
from collections.abc import Mapping

import dagster as dg

from seqauto_pipeline.errors import NotConfiguredError
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RetryMode,
    StepDelegatingExecutor,
)
from seqauto_pipeline.settings import HOME_VARIABLE, Settings

_RETRIES: Mapping[str, object] = {"retries": {"enabled": {}}}
_SECRETS = ("SEQAUTO_DATABASE_URL", "SEQAUTO_CELERY_BROKER", "SEQAUTO_CELERY_BACKEND")
_HOME_IN_IMAGE = "/var/lib/seqauto"
# Imported once by the process from which those of the steps are forked: they start in no time.
_PRELOADED = "seqauto_pipeline.orchestration.jobs"


def executor_of_shards(context: dg.InitExecutorContext, settings: Settings) -> dg.Executor:
    """Make the executor that `shard_executor` names. Raises NotConfiguredError where it cannot."""
    match settings.shard_executor:
        case "in_process":
            return _made(context, dg.in_process_executor, _RETRIES)
        case "multiprocess":
            return _made(context, dg.multiprocess_executor, _multiprocess(settings))
        case "celery":
            return _made(context, _celery_executor(), celery_config(settings))
        case "k8s":
            return _k8s_executor(settings)


def _made(
    context: dg.InitExecutorContext,
    definition: dg.ExecutorDefinition,
    config: Mapping[str, object],
) -> dg.Executor:
    create = definition.executor_creation_fn
    if create is None:  # which its type allows
        raise TypeError(definition)
    configured = definition.configured(dict(config), name=definition.name)
    checked = configured.apply_config_mapping({})  # with what it is by default
    if checked.value is None:
        raise NotConfiguredError(
            f"{definition.name} does not take its configuration: {checked.errors}",
            "Install the version of it that fits the version of Dagster.",
        )
    config = checked.value["config"]
    return create(context._replace(executor_def=definition, executor_config=config))


def _multiprocess(settings: Settings) -> Mapping[str, object]:
    start = {"forkserver": {"preload_modules": [_PRELOADED]}}
    return {**_RETRIES, "max_concurrent": settings.shards_at_once, "start_method": start}


def celery_config(settings: Settings) -> Mapping[str, object]:
    """Say how the scan and Celery's workers find each other, and what becomes of lost shards."""
    if settings.celery_broker is None:
        raise NotConfiguredError(
            "shard_executor is celery, and celery_broker is not set",
            "Set celery_broker to the URL of Redis or RabbitMQ.",
        )
    broker = settings.celery_broker.get_secret_value()
    backend = settings.celery_backend
    return {
        **_RETRIES,
        "broker": broker,
        "backend": broker if backend is None else backend.get_secret_value(),
        "config_source": celery_options(settings, broker),
    }


def celery_options(settings: Settings, broker: str) -> dict[str, object]:
    """Give the options of Celery that scan and workers must agree on.

    A shard is acknowledged when it has ended: whose worker dies is handed to another one.
    """
    options: dict[str, object] = {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_track_started": True,
    }
    if broker.startswith("redis"):
        seconds = settings.celery_redelivery_seconds
        options["broker_transport_options"] = {"visibility_timeout": seconds}
    return options


def _celery_executor() -> dg.ExecutorDefinition:
    try:
        from dagster_celery import celery_executor  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise _missing("celery", error) from error
    executor: dg.ExecutorDefinition = celery_executor
    return executor


def _k8s_executor(settings: Settings) -> dg.Executor:
    if settings.kubernetes_image is None:
        raise NotConfiguredError(
            "shard_executor is k8s, and kubernetes_image is not set",
            "Set kubernetes_image to the image that jobs run: the one that the scan runs in.",
        )
    try:
        from dagster_k8s.job import DagsterK8sJobConfig  # noqa: PLC0415  (an extra)

        from seqauto_pipeline.orchestration.runtime.kubernetes_steps import (  # noqa: PLC0415
            JobsOfSteps,
            KubernetesSteps,
        )
    except ImportError as error:
        raise _missing("k8s", error) from error
    jobs = JobsOfSteps(settings.kubernetes_namespace, DagsterK8sJobConfig(**_k8s(settings)))
    return StepDelegatingExecutor(
        KubernetesSteps(jobs),
        retries=RetryMode.ENABLED,
        max_concurrent=settings.shards_at_once,
        should_verify_step=True,
    )


def _missing(extra: str, error: ImportError) -> NotConfiguredError:
    return NotConfiguredError(
        f"shard_executor is {extra}, and its packages are not installed ({error})",
        f"Install them: `pip install 'seqauto-pipeline[{extra}]'`.",
    )


def _k8s(settings: Settings) -> dict[str, object]:
    """Say what jobs run in, as DagsterK8sJobConfig takes it."""
    mounted = [("seqauto-home", settings.kubernetes_home_claim, _HOME_IN_IMAGE, False)]
    for number, (path, claim) in enumerate(settings.kubernetes_disk_claims.items()):
        mounted.append((f"disk-{number}", claim, path, True))
    there = [each for each in mounted if each[1] is not None]
    return {
        "job_image": settings.kubernetes_image,
        "env_vars": sorted(filter(_is_for_jobs, os.environ)),  # with the values that they have here
        "env_secrets": [settings.kubernetes_secret] if settings.kubernetes_secret else [],
        "volumes": [
            {"name": name, "persistent_volume_claim": {"claim_name": claim}}
            for name, claim, _, _ in there
        ],
        "volume_mounts": [
            {"name": name, "mount_path": path, "read_only": read_only}
            for name, _, path, read_only in there
        ],
    }


def _is_for_jobs(variable: str) -> bool:
    """Whether jobs get a variable of this process. Anybody who may see the jobs can read it."""
    is_ours = variable.startswith("SEQAUTO_") or variable == HOME_VARIABLE
    return is_ours and variable not in _SECRETS
