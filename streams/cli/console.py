"""`badbuzz console`: the crisis cell's page, from Kafka or from a replay."""

from pathlib import Path

import click

from streams.cli.logs import log_to_stderr
from streams.cli.options import config_option, relax_garbage_collection
from streams.cli.output import out
from streams.console.access.tokens import new_token
from streams.console.feed import Feed
from streams.console.kafka_feed import KafkaFeed
from streams.console.process import run_console
from streams.settings.config import Config, load


@click.command()
@click.option(
    "--replay",
    "files",
    multiple=True,
    envvar="BADBUZZ_REPLAY",
    help="Mention file to replay instead of reading Kafka; may be repeated.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=60.0,
    envvar="BADBUZZ_SPEED",
    show_default=True,
    help="Times event time, while an incident of the replay is open; 0: straight to its end.",
)
@click.option("--new-token", "name", help="Print a token for this person and its line for the tokens file, and end.")
@click.option("--reader", is_flag=True, help="With --new-token: the person may read and not act.")
@config_option
def console_command(
    files: tuple[str, ...], speed: float, name: str | None, reader: bool, config_path: Path | None
) -> None:
    """Serve the page of the crisis cell: all brands, worst first, what is due, and what people did, until Ctrl-C."""
    if name is not None:
        token, line = new_token(name, "reader" if reader else "responder")
        out.print(f"token: {token}\nline:  {line}", markup=False, highlight=False, soft_wrap=True)
        return
    config = load(config_path)
    log_to_stderr(config.log)
    serve(config, _replayed(files, speed, config) if files else KafkaFeed(config))


def serve(config: Config, feed: Feed) -> None:
    """Serve the console until it is stopped, and say where it is."""
    run_console(config, feed, lambda address: out.print(f"badbuzz console: {address}", highlight=False, soft_wrap=True))


def _replayed(files: tuple[str, ...], speed: float, config: Config) -> Feed:
    # The pipeline and its model are 60 MB and half a second that a console on Kafka does without.
    from detectors.negativity import NegativityModel  # noqa: PLC0415
    from streams.console.replay_feed import ReplayFeed  # noqa: PLC0415
    from streams.pipeline import Pipeline  # noqa: PLC0415
    from streams.recordings.files import MentionFiles  # noqa: PLC0415

    relax_garbage_collection()
    return ReplayFeed(MentionFiles(files), Pipeline(config, NegativityModel.load()), speed)
