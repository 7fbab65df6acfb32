"""`badbuzz detect`: bursts in one time series of counts."""

import sys
from pathlib import Path

import click

from detectors.series.burst import SeriesBurst
from streams.cli.options import config_option, json_option, open_text
from streams.errors import ConfigError
from streams.offline.detect import run_detect
from streams.settings.config import load
from streams.settings.local_hours import local_hours


@click.command()
@click.argument("file", default="-")
@json_option
@click.option(
    "--timezone",
    metavar="NAME",
    help="Time zone by whose clock the shape of a day is learned.  [default: `timezone` of the configuration]",
)
@config_option
def detect_command(file: str, as_json: bool, timezone: str | None, config_path: Path | None) -> None:
    """Read `timestamp,value` rows from FILE (or standard input), write `timestamp,value,score,alarm`."""
    name = timezone or load(config_path).timezone
    try:
        hours = local_hours(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(f"--timezone: expected an IANA name such as Europe/Paris, got {name!r}") from None
    with open_text(file) as source:
        run_detect(source, sys.stdout, json=as_json, detector=SeriesBurst(local_hours=hours))
