"""The command `badbuzz`: a group that imports a command when it is called, and reports errors in one line."""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from streams.cli.output import err
from streams.errors import BadBuzzError
from streams.settings.variables import unknown_variables


class LazyCommand(NamedTuple):
    """A command that has not been imported.

    Parameters
    ----------
    target
        Its module and attribute, `module:attribute`.
    short_help
        Its line in the list of commands.
    """

    target: str
    short_help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


COMMANDS = {
    "backtest": LazyCommand("streams.cli.files.backtest:backtest_command", "Measure replays against known incidents."),
    "check": LazyCommand("streams.cli.check:check_command", "Check configuration, broker, Prometheus and Grafana."),
    "console": LazyCommand("streams.cli.console:console_command", "Serve the crisis cell's page."),
    "dashboards": LazyCommand("streams.cli.dashboards:dashboards_group", "Build or push the Grafana dashboards."),
    "dead-letters": LazyCommand(
        "streams.cli.kafka.dead_letters:dead_letters_group", "List, show, resend dead letters."
    ),
    "demo": LazyCommand("streams.cli.demo:demo_command", "Watch a reconstructed incident unfold, live."),
    "desk": LazyCommand("streams.cli.desk.group:desk_group", "See and log how an incident is answered."),
    "detect": LazyCommand("streams.cli.files.detect:detect_command", "Score a time series of counts."),
    "drill": LazyCommand("streams.cli.drill:drill_command", "Practise an incident through the running chain."),
    "forget": LazyCommand("streams.cli.kafka.forget:forget_command", "Erase an author from the published events."),
    "import": LazyCommand("streams.cli.files.import_:import_command", "Turn a listening tool's export into mentions."),
    "incidents": LazyCommand("streams.cli.kafka.incidents:incidents_command", "Print the published incident events."),
    "live": LazyCommand("streams.cli.live:live_command", "Collect, watch and report in one process, without Kafka."),
    "replay": LazyCommand("streams.cli.files.replay:replay_command", "Replay mention files, report incidents."),
    "report": LazyCommand("streams.cli.report:report_command", "Report an incident, for the meeting after it."),
    "score": LazyCommand("streams.cli.files.score:score_command", "Score the negativity of texts."),
    "source": LazyCommand("streams.cli.source.group:source_group", "Collect mentions from networks."),
    "topics": LazyCommand("streams.cli.kafka.topics:topics_group", "Create, describe or plan the Kafka topics."),
    "warm-up": LazyCommand("streams.cli.files.warm_up:warm_up_command", "Teach an installation a brand's past."),
    "worker": LazyCommand("streams.cli.worker:worker_command", "Score mentions and watch brands on Kafka."),
}


class LazyGroup(click.Group):
    """A group that imports its commands on demand.

    Parameters
    ----------
    lazy_commands
        The commands by name.
    """

    def __init__(self, *args: Any, lazy_commands: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy_commands = lazy_commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        return sorted(self.lazy_commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None where there is none of this name."""
        command = self.lazy_commands.get(cmd_name)
        return command.load() if command else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their short help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.lazy_commands[name].short_help) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and turn a `BadBuzzError` into one line and exit status 2."""
        for unknown in unknown_variables(os.environ):
            err.print(f"badbuzz: {unknown}", style="yellow")
        try:
            return super().invoke(ctx)
        except BadBuzzError as error:
            for line in str(error).splitlines():
                err.print(f"badbuzz: {line}", style="red")
            ctx.exit(2)


@click.group(cls=LazyGroup, lazy_commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="badbuzz")
def main() -> None:
    """Alert on-call people that a bad buzz is starting: where, and why, minutes after it starts."""
