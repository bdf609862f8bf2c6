"""`seqauto layout show`: a layout that comes with the program, to begin one's own from."""

import click

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.layouts import shipped_layouts, shipped_text


@click.command()
@click.argument("name", metavar="NAME")
def show(*, name: str) -> None:
    """Print a layout that comes with the program.

    To begin one of your own: seqauto layout show tau > mine.toml
    """
    names = shipped_layouts()
    if name not in names:
        near = nearest(name, names)
        advice = f"Did you mean {near}?" if near else f"There are {', '.join(names)}."
        raise click.UsageError(f"No layout is called {shown(name)!r}. {advice}")
    click.echo(shipped_text(name), nl=False)
