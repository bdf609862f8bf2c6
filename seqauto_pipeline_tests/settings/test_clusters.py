import pytest
from pydantic import ValidationError

from seqauto_pipeline.settings.groups.clusters import ClusterSettings


@pytest.mark.parametrize(
    ("name", "arguments", "complaint"),
    [
        ("slurm_arguments", ["--qos=low", "-p"], "found '-p', expected --NAME=VALUE or --NAME"),
        ("slurm_arguments", ["job.sh"], "found 'job.sh', expected --NAME=VALUE"),
        (
            "slurm_arguments",
            ["--array=1-9"],
            "found '--array=1-9', expected none of what every job",
        ),
        ("slurm_arguments", ["--wait"], "found '--wait', expected none"),
        ("pbs_arguments", ["-P", ""], "found '', expected an option of qsub, or its value"),
        ("pbs_arguments", ["workq", "-q"], "found 'workq' first, expected an option of qsub"),
        ("pbs_arguments", ["-P", "lab", "-N"], "found '-N', expected none of what every job"),
    ],
)
def test_an_option_that_would_keep_jobs_from_running_is_refused(name, arguments, complaint):
    with pytest.raises(ValidationError) as refused:
        ClusterSettings.model_validate({name: arguments})

    assert complaint in str(refused.value)


def test_options_of_the_laboratory_are_handed_on():
    settings = ClusterSettings.model_validate(
        {"slurm_arguments": ["--comment=lab", "--exclusive"], "pbs_arguments": ["-P", "lab"]}
    )

    assert settings.slurm_arguments == ("--comment=lab", "--exclusive")
    assert settings.pbs_arguments == ("-P", "lab")
