"""Facts of the clusters that run jobs: whether they answer, and what to say of it."""

from collections.abc import Iterator
from pathlib import Path

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.errors import BackendUnavailableError
from seqauto_pipeline.jobs.backends.local import LOCAL
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.monitoring.facts import ClusterFacts
from seqauto_pipeline.monitoring.readings import Reading, well, wrong
from seqauto_pipeline.settings import Settings

_AREA = "jobs"
_SHOWN = 300  # characters of what a program said
_PATIENCE_SECONDS = 10.0  # status has to answer
_NO_JOB = "seqauto-status"  # a key that no job has


def cluster_facts(settings: Settings, home: Path) -> tuple[ClusterFacts, ...]:
    """Ask each cluster that a recipe names for a job that there is not."""
    seconds = min(settings.cluster_call_seconds, _PATIENCE_SECONDS)
    rules = job_rules(settings.model_copy(update={"cluster_call_seconds": seconds}), home)
    names = {recipe.backend for recipe in rules.recipes} - {LOCAL}
    facts = []
    for name in sorted(names):
        try:
            rules.backend(name).find([_NO_JOB])
        except BackendUnavailableError as error:
            facts.append(ClusterFacts(name, error.reason))
        else:
            facts.append(ClusterFacts(name))
    return tuple(facts)


def cluster_readings(facts: ClusterFacts) -> Iterator[Reading]:
    """Judge one cluster."""
    if facts.silent:
        text = f"{facts.name}: {shown(facts.silent, limit=_SHOWN)}"
        yield wrong(_AREA, "cluster_silent", text)
    else:
        yield well(_AREA, f"{facts.name} answers")
