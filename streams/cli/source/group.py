"""`badbuzz source`: the group of the commands that collect mentions from networks, and try what would be collected."""

import click

from streams.cli.main import LazyCommand, LazyGroup

SUBCOMMANDS = {
    "match": LazyCommand("streams.cli.source.match:match_command", "Say which brands a text is about, and why."),
}


@click.group(cls=LazyGroup, lazy_commands=SUBCOMMANDS)
def source_group() -> None:
    """Collect mentions from networks, and try what would be collected."""
