"""`badbuzz source`: the group of the commands that collect mentions from networks, and try what would be collected."""

import click

from streams.cli.main import LazyCommand, LazyGroup

SUBCOMMANDS = {
    "check": LazyCommand("streams.cli.source.check:check_command", "Check that sources can be read."),
    "list": LazyCommand("streams.cli.source.listing:list_command", "List how far each source was read."),
    "match": LazyCommand("streams.cli.source.match:match_command", "Say which brands a text is about, and why."),
    "run": LazyCommand("streams.cli.source.run:run_command", "Collect mentions from networks into Kafka."),
    "try": LazyCommand("streams.cli.source.trial:try_command", "Print what a source would bring, and send nothing."),
}


@click.group(cls=LazyGroup, lazy_commands=SUBCOMMANDS)
def source_group() -> None:
    """Collect mentions from networks, and try what would be collected."""
