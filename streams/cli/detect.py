"""`badbuzz detect`: bursts in one time series of counts."""

import sys

import click

from streams.cli.options import json_option, open_text
from streams.offline.detect import run_detect


@click.command()
@click.argument("file", default="-")
@json_option
def detect_command(file: str, as_json: bool) -> None:
    """Read `timestamp,value` rows from FILE (or standard input), write `timestamp,value,score,alarm`."""
    with open_text(file) as source:
        run_detect(source, sys.stdout, json=as_json)
