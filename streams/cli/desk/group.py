"""`badbuzz desk`: the group of the commands about how a brand answers, and what people do about an incident."""

import click

from streams.cli.main import LazyCommand, LazyGroup

SUBCOMMANDS = {
    "ack": LazyCommand("streams.cli.desk.act:ack_command", "Say that you have an incident."),
    "false-alarm": LazyCommand("streams.cli.desk.act:false_alarm_command", "Say that an incident was none, and why."),
    "hold": LazyCommand("streams.cli.desk.act:hold_command", "Say that scheduled posts are held."),
    "mute": LazyCommand("streams.cli.desk.mute:mute_command", "Mute a brand's alerts for a time."),
    "note": LazyCommand("streams.cli.desk.act:note_command", "Write a note into the log of an incident."),
    "release": LazyCommand("streams.cli.desk.act:release_command", "Say that scheduled posts go out again."),
    "role": LazyCommand("streams.cli.desk.act:role_command", "Say who has which role."),
    "status": LazyCommand("streams.cli.desk.status:status_command", "Print what is open, who has it, and what is due."),
    "suggest": LazyCommand("streams.cli.desk.suggest:suggest_command", "Suggest an objective of the first reply."),
}


@click.group(cls=LazyGroup, lazy_commands=SUBCOMMANDS)
def desk_group() -> None:
    """See how a brand answers, and log what people do about an incident."""
