"""Why a file is expected, where the last scan looked for it, and what was there instead."""

from seqauto_pipeline.views.explanation.explain import explain_path, explain_sample
from seqauto_pipeline.views.explanation.facts import Explanation, Fact

__all__ = ["Explanation", "Fact", "explain_path", "explain_sample"]
