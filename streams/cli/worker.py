"""`badbuzz worker`: the scorer and the watcher on Kafka, until stopped."""

import logging
import sys
from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.options import config_option, relax_garbage_collection
from streams.settings.config import load
from streams.worker.worker import run_worker

# These log pages at a rebalance or an outage; badbuzz's own modules say the same in one line.
SILENCED_LOGGERS = ("kafka", "aiokafka", "faust", "mode", "streams.worker.faust_app")


@click.command()
@click.option("--only", type=click.Choice(["scorer", "watcher"]), envvar="BADBUZZ_ONLY", help="Run this part alone.")
@config_option
def worker_command(only: str | None, config_path: Path | None) -> None:
    """Score mentions and watch brands, from Kafka and to Kafka, until SIGTERM or Ctrl-C."""
    config = load(config_path)
    relax_garbage_collection()
    _log_to_stderr()
    if only == "scorer":
        run_worker(config, NegativityModel.load(), ("scorer",))
    elif only == "watcher":
        run_worker(config, None, ("watcher",))
    else:
        run_worker(config, NegativityModel.load())


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("streams").setLevel(logging.INFO)
    for name in SILENCED_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
