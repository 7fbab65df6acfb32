"""`badbuzz worker`: the scorer and the watcher on Kafka, until stopped."""

from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.logs import log_to_stderr
from streams.cli.options import config_option, relax_garbage_collection
from streams.settings.config import load
from streams.worker.worker import run_worker


@click.command()
@click.option("--only", type=click.Choice(["scorer", "watcher"]), envvar="BADBUZZ_ONLY", help="Run this part alone.")
@config_option
def worker_command(only: str | None, config_path: Path | None) -> None:
    """Score mentions and watch brands, from Kafka and to Kafka, until SIGTERM or Ctrl-C."""
    config = load(config_path)
    relax_garbage_collection()
    log_to_stderr(config.log)
    if only == "scorer":
        run_worker(config, NegativityModel.load(), ("scorer",))
    elif only == "watcher":
        run_worker(config, None, ("watcher",))
    else:
        run_worker(config, NegativityModel.load())
