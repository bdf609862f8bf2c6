"""The command `seqauto`. It imports only the module of the command that is asked for."""

import errno
import importlib
import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import click

from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.garbage import collecting_rarely

_COMPLETING = "_SEQAUTO_COMPLETE"  # click's: set by a shell that asks what it may complete
_EXIT_INTERRUPTED = 130  # what a shell reports of a program that Ctrl-C ended
_OUTPUT_IS_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLICKS_OWN = (click.ClickException, click.exceptions.Exit, click.Abort)
_EXIT_BROKEN_PIPE = 141  # and of one whose reader went away


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command, or a group of commands, that is imported when it is called."""

    summary: str  # the first sentence of its help, so that listing it needs no import
    target: str = ""  # MODULE:ATTRIBUTE below seqauto_pipeline.cli; "" for a group of `commands`
    commands: Mapping[str, "LazyCommand"] = field(default_factory=dict)


SHEET_COMMANDS = {
    "check": LazyCommand("Judge sample sheets before they are used.", "inputs.sheet_check:check"),
    "diff": LazyCommand("Show what changed between two versions.", "inputs.sheet_history:diff"),
    "log": LazyCommand("List the versions of a run's sample sheet.", "inputs.sheet_history:log"),
}
LAYOUT_COMMANDS = {
    "check": LazyCommand("Try a layout on a real disk.", "inputs.layout:check"),
    "show": LazyCommand("Print a layout that comes with the program.", "inputs.layout_show:show"),
}
COMMANDS: Mapping[str, LazyCommand] = {
    "scan": LazyCommand("Scan the sequencing disks now.", "scans.scan:scan"),
    "runs": LazyCommand("List the sequencing runs, newest first.", "runs.runs:runs"),
    "run": LazyCommand("Show one sequencing run in full.", "runs.runs:run"),
    "files": LazyCommand("List expected files by state, type or run.", "runs.files:files"),
    "explain": LazyCommand(
        "Tell why a file is expected, and where we looked.", "runs.explain:explain"
    ),
    "messages": LazyCommand("List, show and acknowledge messages.", "runs.messages:messages"),
    "flag": LazyCommand("Set or clear a flag of a run.", "runs.flag:flag"),
    "skip": LazyCommand("Have scans skip a run.", "runs.skip:skip"),
    "unskip": LazyCommand(
        "Have scans look at a run again that was skipped by command.", "runs.skip:unskip"
    ),
    "log": LazyCommand("Tell the life of a file, run or sample.", "scans.history:log"),
    "diff": LazyCommand("Show what changed between two scans.", "scans.history:diff"),
    "export": LazyCommand("Write what is known for other programs.", "runs.export:export"),
    "deliveries": LazyCommand(
        "Show what is delivered, and what waits.", "deliveries.deliveries:deliveries"
    ),
    "deliver": LazyCommand("Deliver what is due, now.", "deliveries.deliver:deliver"),
    "jobs": LazyCommand("List, show, retry and cancel jobs.", "jobs.jobs:jobs"),
    "report": LazyCommand("Write pages of all runs, to hand around.", "runs.report:report"),
    "scans": LazyCommand("List the scans, most recent first.", "scans.scans:scans"),
    "status": LazyCommand("Show whether the server works.", "server.status:status"),
    "doctor": LazyCommand("Find what is wrong, and say what to do.", "server.doctor:doctor"),
    "alerts": LazyCommand("Show what alerts tell of, and tell people.", "server.alerts:alerts"),
    "metrics": LazyCommand("Write figures for Prometheus.", "server.metrics:metrics"),
    "plan": LazyCommand("Show what a change of settings would alter.", "scans.plan:plan"),
    "list-files": LazyCommand(
        "List a root where its disk is, for scans on another machine.",
        "scans.list_files:list_files",
    ),
    "sheet": LazyCommand("Check and compare sample sheets.", commands=SHEET_COMMANDS),
    "metadata": LazyCommand(
        "Show what RunInfo, RunParameters and RunCompletionStatus say.", "inputs.metadata:metadata"
    ),
    "interop": LazyCommand(
        "Compute the figures of sequencing runs from their InterOp folders.",
        "inputs.interop:interop",
    ),
    "layout": LazyCommand("Check and show layouts.", commands=LAYOUT_COMMANDS),
    "settings": LazyCommand(
        "Show each setting, its value, its source and its meaning.", "server.settings:settings"
    ),
    "init": LazyCommand("Write a settings file that explains itself.", "server.settings:init"),
    "migrate": LazyCommand("Bring the database up to date.", "server.migrate:migrate"),
    "backup": LazyCommand("Make a backup of the models database now.", "server.backup:backup"),
    "restore": LazyCommand(
        "Put a backup in the place of the models database.", "server.restore:restore_command"
    ),
    "demo": LazyCommand("Show what a scan finds, on a disk made for it.", "inputs.demo:demo"),
    "demo-disk": LazyCommand(
        "Write a realistic disk to try things on.", "inputs.demo_disk:demo_disk"
    ),
}


class LazyGroup(click.Group):
    """A group that lists its commands out of a table and imports the one that is called."""

    table: Mapping[str, LazyCommand]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Give the names in the table's order: what is used most comes first."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        lazy = self.table.get(cmd_name)
        if lazy is None:
            return None
        if _COMPLETING in os.environ:
            from seqauto_pipeline.cli.completion.skeleton import skeleton  # noqa: PLC0415

            return skeleton(cmd_name)
        return _load(lazy) if lazy.target else _group(cmd_name, lazy)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; suggest the nearest name where there is none."""
        if args[0] not in self.table and not ctx.resilient_parsing:
            _suggest(ctx, args[0], self.table)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in self.table.items()])


class _NotKnownError(click.ClickException):
    """The command names what is not known, as one that is called wrongly."""

    exit_code = click.UsageError.exit_code


class MainGroup(LazyGroup):
    """The outermost group. It turns errors into messages and exit codes."""

    table = COMMANDS

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; print an error of this package as one message, without a traceback."""
        try:
            with collecting_rarely():
                result: object = super().invoke(ctx)
            click.echo(nl=False)  # flush here, where a reader that went away can be handled
        except SeqAutoError as error:
            if ctx.params["debug"]:
                raise
            kind = _NotKnownError if error.names_the_unknown else click.ClickException
            raise kind(_shown_lines(str(error))) from error
        except BrokenPipeError:
            _discard_output()
            ctx.exit(_EXIT_BROKEN_PIPE)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(_EXIT_INTERRUPTED)
        except _CLICKS_OWN:
            raise
        except Exception as error:  # the boundary of one command
            if ctx.params["debug"]:
                raise
            raise click.ClickException(_shown_lines(_sentence(error))) from error
        return result


def _suggest(ctx: click.Context, name: str, known: Collection[str]) -> None:
    """End with the command names that are like a wrong one, where there are any."""
    from seqauto_pipeline.core.near_words import did_you_mean  # noqa: PLC0415  (wrong names only)

    meant = did_you_mean(name, known)
    if meant:
        ctx.fail(f"No such command {name!r}{meant}")


def _load(lazy: LazyCommand) -> click.Command:
    module, _, attribute = lazy.target.partition(":")
    command: object = getattr(importlib.import_module(f"seqauto_pipeline.cli.{module}"), attribute)
    if not isinstance(command, click.Command):
        raise TypeError(f"{lazy.target} is not a click command")
    return command


def _group(name: str, lazy: LazyCommand) -> LazyGroup:
    group = LazyGroup(name, help=lazy.summary)
    group.table = lazy.commands
    return group


def _shown_lines(text: str) -> str:
    """Escape what would act on a terminal in a message, but for its line ends."""
    from seqauto_pipeline.core.display import shown  # noqa: PLC0415  (errors only)

    return "\n".join(shown(line) for line in text.split("\n"))


def _sentence(error: Exception) -> str:
    from seqauto_pipeline.cli.failures import in_a_sentence  # noqa: PLC0415  (errors only)

    if isinstance(error, OSError) and error.errno in _OUTPUT_IS_FULL and error.filename is None:
        _discard_output()  # what is still in the buffer fits no better when the program ends
    return in_a_sentence(error)


def _discard_output() -> None:
    """Let the interpreter flush its buffer into nothing when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


@click.group(cls=MainGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, hidden=True, help="Show tracebacks of errors.")
@click.version_option(package_name="seqauto-pipeline", prog_name="seqauto")
def main(*, debug: bool) -> None:
    """Account for every file that sequencing runs should have left on disk."""
