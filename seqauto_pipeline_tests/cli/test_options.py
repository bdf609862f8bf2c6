import click
import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.options import format_option


@click.command()
@format_option("text", "json")
def optional(*, form: str) -> None:
    click.echo(form)


@click.command()
@format_option("json", "csv", explained="What it is.", required=True)
def required(*, form: str) -> None:
    click.echo(form)


@pytest.mark.parametrize(("arguments", "form"), [((), "text"), (("--format", "json"), "json")])
def test_the_first_format_is_the_default(arguments: tuple[str, ...], form: str) -> None:
    assert CliRunner().invoke(optional, arguments).output == f"{form}\n"


def test_a_required_format_has_no_default() -> None:
    result = CliRunner().invoke(required, ())

    assert result.exit_code == 2
    assert "Missing option '--format'" in result.output


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(optional, ("--format", "xml"))

    assert result.exit_code == 2
    assert "'xml' is not one of 'text', 'json'" in result.output


def test_the_help_explains_formats_and_names_the_default() -> None:
    assert "What it is." in CliRunner().invoke(required, ("--help",)).output
    assert "[default: text]" in CliRunner().invoke(optional, ("--help",)).output
