"""Errors of what runs jobs."""

from seqauto_pipeline.errors.base import SeqAutoError


class BackendUnavailableError(SeqAutoError):
    """What runs jobs does not answer for now: nothing is known of them, and nothing is changed."""

    fix = "Nothing is lost: it is asked again. Where this lasts, look whether it runs."

    def __init__(self, backend: str, reason: str) -> None:
        super().__init__(backend, reason)
        self.backend, self.reason = backend, reason

    def __str__(self) -> str:
        return f"The back-end {self.backend} of jobs does not answer: {self.reason}. {self.fix}"


class JobRefusedError(SeqAutoError):
    """A back-end will never take a job: which, in its words. Those before it were taken."""

    fix = "Correct the recipe or the settings of the back-end; `seqauto jobs retry` tries it again."

    def __init__(self, backend: str, key: str, reason: str) -> None:
        super().__init__(backend, key, reason)
        self.backend, self.key, self.reason = backend, key, reason

    def __str__(self) -> str:
        return f"{self.backend} refuses the job {self.key}: {self.reason}. {self.fix}"
