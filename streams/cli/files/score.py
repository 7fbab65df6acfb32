"""`badbuzz score`: the negativity of texts, one JSON object a line."""

import sys
from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.options import dead_letters_option, json_option, open_binary, open_dead_letters
from streams.cli.output import err
from streams.offline.score import score_lines


@click.command()
@click.argument("file", default="-")
@dead_letters_option
@json_option
def score_command(file: str, dead_letters_path: Path | None, as_json: bool) -> None:
    """Read JSON lines with `text` from FILE (or standard input), write them with `negativity` (0 to 1).

    The output is JSON lines with and without --json.
    """
    letters = open_dead_letters(dead_letters_path)
    with open_binary(file) as source:
        _, unreadable = score_lines(source, sys.stdout.buffer, NegativityModel.load(), letters.write, file)
    letters.close()
    if unreadable:
        fate = f"written to {dead_letters_path}" if dead_letters_path else "dropped; --dead-letters FILE stores them"
        err.print(f"badbuzz: {unreadable} lines are no objects with a `text`; {fate}")
