"""`badbuzz replay`: mention files through the pipeline in this process, or to Kafka."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from detectors.negativity import NegativityModel
from streams.cli.files.recorders import ReplayRecorders
from streams.cli.files.summary import summary_table, unreadable_lines
from streams.cli.options import (
    brand_option,
    check_picture,
    config_option,
    dead_letters_option,
    json_option,
    open_dead_letters,
    quiet_kafka_clients,
    relax_garbage_collection,
)
from streams.cli.output import ReadingProgress, err, event_lines, out, write_line
from streams.kafka.logs.mention_producer import MentionProducer, send_record
from streams.offline.replay import replay, summarise
from streams.offline.unreadable import UnreadableLines
from streams.pipeline import Pipeline
from streams.recordings.files import MentionFiles
from streams.settings.config import load
from streams.watching.watch_event import WatchEvent, incident_events

if TYPE_CHECKING:
    from streams.situations.situation import Situation

INTERRUPTED = 130
"""Exit status of a command that Ctrl-C ended."""


class ReplayOptions(NamedTuple):
    """How to replay: the pace, what is written beside, and how it is shown."""

    speed: float
    openmetrics: Path | None
    picture: Path | None
    as_json: bool
    situations: bool
    reports: Path | None


@click.command()
@click.argument("files", nargs=-1, required=True)
@brand_option
@config_option
@json_option
@dead_letters_option
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=0.0,
    envvar="BADBUZZ_SPEED",
    help="Seconds of the record a second: 3600 plays an hour a second; 0: as fast as it goes.",
)
@click.option(
    "--openmetrics",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_OPENMETRICS",
    help="Write the metrics, at their historic times, here: see docs/on-call.md.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_PICTURE",
    help="Draw the brand with the worst incident here, .png or .svg.",
)
@click.option(
    "--situations",
    is_flag=True,
    envvar="BADBUZZ_SITUATIONS",
    help="With --json: also the picture of each closed minute of an open incident or case.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="BADBUZZ_REPORT",
    help="Write a report of each incident into this folder, as HTML and Markdown with its picture.",
)
@click.option(
    "--to-kafka", is_flag=True, envvar="BADBUZZ_TO_KAFKA", help="Send the mentions to Kafka; workers watch them there."
)
def replay_command(
    files: tuple[str, ...],
    brands: tuple[str, ...],
    config_path: Path | None,
    as_json: bool,
    dead_letters_path: Path | None,
    speed: float,
    openmetrics: Path | None,
    picture: Path | None,
    situations: bool,
    report: Path | None,
    to_kafka: bool,
) -> None:
    """Replay mention FILES (JSON lines, plain or gzipped, - for standard input) and report the incidents in them.

    Several files are merged by event time. The exit status is 1 where no line could be read, or none is of --brand.
    """
    config = load(config_path)
    if picture:
        check_picture(picture)
    source = MentionFiles(files)
    letters = open_dead_letters(dead_letters_path)
    unreadable = UnreadableLines(letters.write)
    relax_garbage_collection()
    chosen = frozenset(brands)
    if to_kafka:
        read = send_files(source, MentionProducer(config, letters.write, chosen, unreadable), speed, as_json)
    else:
        pipeline = Pipeline(config, NegativityModel.load(), unreadable, chosen)
        options = ReplayOptions(speed, openmetrics, picture, as_json, situations and as_json, report)
        read = replay_files(source, pipeline, options)
    letters.close()
    for line in unreadable_lines(unreadable, config) if unreadable.count and not dead_letters_path else ():
        err.print(line, style="yellow")
    if unreadable.count == read > 0:
        err.print("badbuzz: no line could be read", style="red")
        sys.exit(1)


def replay_files(source: MentionFiles, pipeline: Pipeline, options: ReplayOptions) -> int:
    """Replay a source in this process: print its events, then the summary; return the lines read."""
    started = time.perf_counter()
    happened: list[WatchEvent] = []

    def report(event: WatchEvent) -> None:
        happened.append(event)
        if not options.as_json:
            for line in event_lines(event, pipeline.config):
                out.print(line)
        elif options.speed:
            write_line(event.to_json())

    pipeline.on_event = report
    situations: list[Situation] = []
    if options.situations:
        pipeline.on_situation = situations.append if not options.speed else lambda each: write_line(each.to_json())
    recorders = ReplayRecorders(pipeline, options.openmetrics, options.picture, options.reports)
    interrupted = False
    try:
        with ReadingProgress(source) as step:
            events, summary = replay(
                source, pipeline, speed=options.speed, runner=recorders.runner, live="-" in source.paths, on_batch=step
            )
    except KeyboardInterrupt:
        events, summary, interrupted = happened, summarise(pipeline, incident_events(happened)), True
    if options.as_json:
        for each in () if options.speed else _by_time(events, situations):
            write_line(each.to_json())
        write_line(summary.to_json())
    else:
        out.print(summary_table(summary, time.perf_counter() - started, pipeline.config))
    recorders.write(events)
    if interrupted:
        sys.exit(INTERRUPTED)
    _check_brands(pipeline)
    return summary.messages


def _by_time(events: list[WatchEvent], situations: "list[Situation]") -> "list[WatchEvent | Situation]":
    """Return what happened in its order, or with situations by event time."""
    if not situations:
        return [*events]
    return sorted([*events, *situations], key=lambda each: (each.at, each.brand, each.id))


def _check_brands(pipeline: Pipeline) -> None:
    """End with status 1 where a brand was asked for of which the record says nothing."""
    for brand in sorted(pipeline.brands - pipeline.watches.keys()):
        if pipeline.left_out:
            there = ", ".join(sorted(pipeline.left_out | pipeline.watches.keys()))
            err.print(f"badbuzz: no mention is about the brand {brand!r}; there are: {there}", style="red")
            sys.exit(1)


def send_files(source: MentionFiles, producer: MentionProducer, speed: float, as_json: bool) -> int:
    """Send a source to Kafka, `badbuzz replay --to-kafka`; return the lines read."""
    quiet_kafka_clients()
    started = time.perf_counter()
    with ReadingProgress(source, "sending") as step:
        sent = send_record(source, producer, speed=speed, live="-" in source.paths, step=step)
    if as_json:
        write_line(sent.to_json())
    else:
        seconds = time.perf_counter() - started
        mentions = (
            f"{sent.messages - sent.unreadable:,} {'mention' if sent.messages - sent.unreadable == 1 else 'mentions'}"
        )
        heartbeats = f"{sent.heartbeats:,} {'heartbeat' if sent.heartbeats == 1 else 'heartbeats'}"
        out.print(f"{mentions} and {heartbeats} sent in {seconds:.1f} s")
        if sent.unreadable:
            out.print(f"{sent.unreadable:,} unreadable lines sent too: workers store them as dead letters")
        if sent.too_large:
            out.print(f"{sent.too_large:,} lines are too large for Kafka; --dead-letters FILE stores them")
    return sent.messages + sent.too_large
