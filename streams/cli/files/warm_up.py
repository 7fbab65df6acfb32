"""`badbuzz warm-up`: what mention files teach of a brand's past, to the workers, without an alert."""

import sys
from pathlib import Path

import click

from detectors.negativity import NegativityModel
from streams.cli.files.summary import brands_phrase, unreadable_lines
from streams.cli.options import brand_option, config_option, quiet_kafka_clients, relax_garbage_collection
from streams.cli.output import ReadingProgress, err, out
from streams.offline.replay import replay
from streams.offline.unreadable import UnreadableLines
from streams.pipeline import Pipeline
from streams.recordings.files import MentionFiles
from streams.settings.config import load
from streams.watching.warm_up import learned_rollup
from streams.worker.warm_up import send_learned


@click.command(name="warm-up")
@click.argument("files", nargs=-1, required=True)
@brand_option
@config_option
def warm_up_command(files: tuple[str, ...], brands: tuple[str, ...], config_path: Path | None) -> None:
    """Teach a running installation a brand's past: mention FILES, as `badbuzz replay` reads them.

    What they teach is sent to Kafka, and a worker takes it over where it does not know the brand yet, or still learns
    it; its log says so. Nothing in the files is alerted on. They end before what the workers have read themselves.
    """
    quiet_kafka_clients()
    config = load(config_path)
    source = MentionFiles(files)
    relax_garbage_collection()
    unreadable = UnreadableLines(lambda _letter: None)
    pipeline = Pipeline(config, NegativityModel.load(), unreadable, frozenset(brands))
    with ReadingProgress(source, "learning") as step:
        replay(source, pipeline, on_batch=step)
    for line in unreadable_lines(unreadable, config) if unreadable.count else ():
        err.print(line, style="yellow")
    rollups = []
    for brand, watch in sorted(pipeline.watches.items()):
        rollup = learned_rollup(watch)
        if rollup is not None:
            rollups.append(rollup)
        else:
            hours = config.settings(brand).learning_hours
            err.print(f"{brand}: its record is shorter than {hours} h (thresholds.learning_hours)", style="yellow")
    if not rollups:
        err.print("badbuzz: nothing was learned, and nothing is sent", style="red")
        sys.exit(1)
    send_learned(config, rollups)
    out.print(f"{brands_phrase(len(rollups), config)} sent to the workers: their log says what they take over")
