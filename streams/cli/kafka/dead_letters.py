"""`badbuzz dead-letters`: list the messages that could not be read, show one, send them again."""

from pathlib import Path

import click
import msgspec
from rich.table import Table

from streams.cli.options import config_option, json_option, quiet_kafka_clients
from streams.cli.output import err, out, printable, write_line
from streams.kafka.logs.dead_letters import find_letter, read_letters, send_again
from streams.settings.config import load


@click.group()
def dead_letters_group() -> None:
    """List the messages that could not be read, show one, send them again."""


@dead_letters_group.command()
@config_option
@json_option
def list_command(config_path: Path | None, as_json: bool) -> None:
    """List the dead letters, oldest first."""
    quiet_kafka_clients()
    letters = read_letters(load(config_path).kafka)
    if as_json:
        for letter in letters:
            write_line(msgspec.json.encode(letter))
        return
    table = Table("at", "reason", "from", "detail", "bytes", box=None, pad_edge=False)
    for letter in letters:
        origin = printable(f"{letter.source} {letter.offset}")
        table.add_row(
            str(letter.stored_at), letter.reason, origin, printable(letter.detail[:80]), str(len(letter.value))
        )
    out.print(table)


@dead_letters_group.command()
@click.argument("offset", type=click.IntRange(min=0))
@config_option
def show_command(offset: int, config_path: Path | None) -> None:
    """Print the original message of the dead letter at OFFSET."""
    quiet_kafka_clients()
    letter = find_letter(load(config_path).kafka, offset)
    err.print(printable(f"{letter.reason}: {letter.detail} ({letter.source}, offset {letter.offset})"))
    write_line(letter.value)


@dead_letters_group.command()
@click.argument("offsets", metavar="[OFFSET]...", type=click.IntRange(min=0), nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@config_option
def send_again_command(offsets: tuple[int, ...], every: bool, config_path: Path | None) -> None:
    """Send the original messages of the dead letters at each OFFSET to the mentions once more."""
    quiet_kafka_clients()
    if bool(offsets) == every:
        raise click.UsageError("expected the numbers that 'badbuzz dead-letters list' shows, or --all")
    kafka = load(config_path).kafka
    letters = list(read_letters(kafka)) if every else [find_letter(kafka, offset) for offset in offsets]
    out.print(f"{send_again(kafka, letters)} sent again")
