"""`seqauto explain`: why a file is expected, where a scan looked, and what is there instead."""

import click

from seqauto_pipeline.cli.fit import shortened, wrapped
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import print_json, state_word, width
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.views.explanation import Explanation, explain_path, explain_sample
from seqauto_pipeline.views.finding import escaped_absolute

_LABEL_WIDTH = 12


@click.command()
@click.argument("what", metavar="PATH|SAMPLE")
@click.argument("file_type", metavar="[TYPE]", required=False)
@click.option("--run", "run_name", metavar="RUN", help="The run, for a sample in several.")
@format_option("text", "json")
def explain(*, what: str, file_type: str | None, run_name: str | None, form: str) -> None:
    """Tell why a file is expected, and where we looked.

    Either the PATH of a file, or a SAMPLE (name or id) with the TYPE of one of its files.
    """
    with reading() as models:
        explanations = (
            explain_path(models, escaped_absolute(what))
            if file_type is None
            else explain_sample(models, what, file_type, run_name)
        )
    if form == "json":
        print_json([explanation.as_json() for explanation in explanations])
        return
    for explanation in explanations:
        _print(explanation)


def _print(explanation: Explanation) -> None:
    click.secho(shortened(shown(explanation.title), width()), bold=True)
    for fact in explanation.facts:
        state = "" if fact.state is None else state_word(fact.state)
        head = f"  {fact.label:<{_LABEL_WIDTH}} "
        text = f"{fact.before}{state}{fact.text}"
        click.echo("\n".join(wrapped(text, width(), first=head, indent=len(head))))
    if explanation.has_record:
        click.echo()
