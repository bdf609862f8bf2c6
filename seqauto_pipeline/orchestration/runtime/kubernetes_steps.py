"""Steps of a scan as jobs of Kubernetes.

dagster-k8s has an executor of its own, but it takes what a job is from its own run launcher, and
breaks where a home has another one, as ours has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import kubernetes.config
from dagster_k8s.client import DagsterKubernetesClient
from dagster_k8s.job import DagsterK8sJobConfig, construct_dagster_k8s_job, get_k8s_job_name

from seqauto_pipeline.errors import NotConfiguredError
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    CheckStepHealthResult,
    EngineEventData,
    StepHandler,
    StepHandlerContext,
)


@dataclass(frozen=True)
class JobsOfSteps:
    """Where the jobs are made, and what is the same for all of them."""

    namespace: str
    config: DagsterK8sJobConfig


class KubernetesSteps(StepHandler):
    """Makes a job of Kubernetes for each step, and looks how it is. For a scan in the cluster.

    Raises NotConfiguredError where this process is in no cluster.
    """

    def __init__(self, jobs: JobsOfSteps) -> None:
        try:
            kubernetes.config.load_incluster_config()
        except kubernetes.config.ConfigException as error:
            raise NotConfiguredError(
                f"shard_executor is k8s, and this process is not in a cluster ({error})",
                "Scan in a pod that has a service account, as in deploy/shards/k8s/seqauto.yaml.",
            ) from error
        self._client = DagsterKubernetesClient.production_client()
        self._jobs = jobs

    @property
    def name(self) -> str:
        return "KubernetesSteps"

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[dg.DagsterEvent]:
        """Make the job, and say its name."""
        arguments = step_handler_context.execute_step_args
        run, step = step_handler_context.dagster_run, _step_key(step_handler_context)
        name = _job_name(step_handler_context)
        labels = {"dagster/job": run.job_name, "dagster/op": step, "dagster/run-id": run.run_id}
        job = construct_dagster_k8s_job(
            job_config=self._jobs.config,
            args=arguments.get_command_args(skip_serialized_namedtuple=True),
            job_name=name,
            pod_name=name,
            component="step_worker",
            labels=labels,
            env_vars=arguments.get_command_env(),
        )
        yield dg.DagsterEvent.step_worker_starting(
            step_handler_context.get_step_context(step),
            message=f'Executing step "{step}" in the Kubernetes job {name}.',
            metadata={"Kubernetes job": dg.MetadataValue.text(name)},
        )
        self._client.create_namespaced_job_with_retries(body=job, namespace=self._jobs.namespace)

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        """Say whether the job of a step is there and has not failed."""
        name = _job_name(step_handler_context)
        status = self._client.get_job_status(namespace=self._jobs.namespace, job_name=name)
        if status is None:
            return CheckStepHealthResult.unhealthy(f"The Kubernetes job {name} is gone.")
        if status.failed:
            return CheckStepHealthResult.unhealthy(f"The Kubernetes job {name} has failed.")
        return CheckStepHealthResult.healthy()

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[dg.DagsterEvent]:
        """Delete the job of a step, and its pod."""
        name = _job_name(step_handler_context)
        yield dg.DagsterEvent.engine_event(
            step_handler_context.get_step_context(_step_key(step_handler_context)),
            message=f"Deleting the Kubernetes job {name}.",
            event_specific_data=EngineEventData(),
        )
        self._client.delete_job(job_name=name, namespace=self._jobs.namespace)


def _step_key(context: StepHandlerContext) -> str:
    (step,) = context.execute_step_args.step_keys_to_execute or ()
    return step


def _job_name(context: StepHandlerContext) -> str:
    """Name the job of a step, and of each further try of it."""
    arguments, step = context.execute_step_args, _step_key(context)
    name = f"dagster-step-{get_k8s_job_name(arguments.run_id, step)}"
    if arguments.known_state is None:
        return name
    tries = arguments.known_state.get_retry_state().get_attempt_count(step)
    return f"{name}-{tries}" if tries else name
