"""`badbuzz desk`: the group of the commands about how a brand answers, and what people do about an incident."""

import click

from streams.cli.main import LazyCommand, LazyGroup

SUBCOMMANDS = {
    "suggest": LazyCommand("streams.cli.desk.suggest:suggest_command", "Suggest an objective of the first reply."),
}


@click.group(cls=LazyGroup, lazy_commands=SUBCOMMANDS)
def desk_group() -> None:
    """Look at how a brand answers."""
