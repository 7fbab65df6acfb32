"""`badbuzz source run`: the collector, which reads networks into Kafka until stopped."""

from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.logs import log_to_stderr
from streams.cli.options import config_option, relax_garbage_collection
from streams.collecting.assembly import Assembly
from streams.settings.config import load
from streams.worker.collector.process import run_collector
from streams.worker.collector.running import source_names


@click.command()
@click.argument("names", nargs=-1)
@config_option
def run_command(names: tuple[str, ...], config_path: Path | None) -> None:
    """Collect mentions from the sources NAMES, or all of the configuration, into Kafka, until SIGTERM or Ctrl-C.

    Each source is read by one collector at a time; a second one takes it over and ends the first.
    """
    config = load(config_path)
    chosen = source_names(config, names)
    relax_garbage_collection()
    log_to_stderr(config.log)
    run_collector(config, Assembly(config, NegativityModel.load()), chosen)
