import time

import pytest

from seqauto_pipeline.errors import BackendUnavailableError
from seqauto_pipeline.jobs.backends.calls import Answer, Caller


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(BackendUnavailableError, match="no program no-such-qsub on the PATH"):
        Caller("pbs", 5)("no-such-qsub")


def test_a_program_that_hangs_is_given_up():
    with pytest.raises(BackendUnavailableError, match=r"sleep did not end within 0\.2 s"):
        Caller("slurm", 0.2)("sleep", "30")


def test_a_helper_that_a_program_leaves_behind_is_not_waited_for():
    began = time.monotonic()

    answer = Caller("pbs", 20)("sh", "-c", "sleep 5 & echo 12.server")

    assert answer.out == "12.server\n"
    assert time.monotonic() - began < 4


def test_programs_speak_english_and_of_moments_that_mean_the_same_everywhere():
    answer = Caller("slurm", 5)(
        "sh", "-c", 'cat; echo "$LC_ALL $TZ $SLURM_TIME_FORMAT"', given=b"a "
    )

    assert answer == Answer(0, "a C UTC %s\n", "")


def test_words_for_people_are_one_harmless_line():
    said = "sbatch: error: Too \x1b[31mmuch   memory.\n\nsbatch: error: Not queued: no\n"
    assert Answer(1, "", said).words() == "Too \\x1b[31mmuch memory; Not queued: no"
    assert Answer(1, "qsub: Unknown queue\n", "").words() == "Unknown queue"
    assert Answer(3, "", "").words() == "it ended with the exit code 3"
