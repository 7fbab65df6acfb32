"""`badbuzz replay`: mention files through the pipeline in this process, or to Kafka."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detectors.negativity import NegativityModel
from streams.cli.options import (
    brand_option,
    config_option,
    dead_letters_option,
    json_option,
    open_dead_letters,
    quiet_kafka_clients,
    relax_garbage_collection,
)
from streams.cli.output import ReadingProgress, event_lines, out, summary_table, write_line
from streams.kafka.mention_producer import MentionProducer, send_record
from streams.mentions.dead_letter import DeadLetterFile
from streams.offline.recorded_metrics import RecordedMetrics
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.recordings.files import MentionFiles
from streams.recordings.recording import Recording
from streams.settings.config import Config, load
from streams.watching.watch_event import WatchEvent

if TYPE_CHECKING:
    from streams.situations.situation import Situation


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
    help="Times event time; 0: as fast as it goes.",
)
@click.option(
    "--openmetrics",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_OPENMETRICS",
    help="Write the metrics, at their historic times, here: see docs/on-call.md.",
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
    situations: bool,
    report: Path | None,
    to_kafka: bool,
) -> None:
    """Replay mention FILES (.jsonl, .jsonl.gz, - for standard input) and report the incidents in them.

    Several files are merged by event time.
    """
    config = load(config_path)
    source = MentionFiles(files)
    letters = open_dead_letters(dead_letters_path)
    relax_garbage_collection()
    if to_kafka:
        send_files(source, config, letters, frozenset(brands), speed, as_json)
    else:
        pipeline = Pipeline(config, NegativityModel.load(), letters.write, frozenset(brands))
        replay_files(source, pipeline, speed, openmetrics, as_json, situations=situations and as_json, reports=report)
    letters.close()


def replay_files(
    source: Recording,
    pipeline: Pipeline,
    speed: float,
    openmetrics: Path | None,
    as_json: bool,
    *,
    situations: bool = False,
    reports: Path | None = None,
) -> None:
    """Replay a source in this process: print its events, then the summary; write its reports into a folder."""
    started = time.perf_counter()

    def report(event: WatchEvent) -> None:
        if not as_json:
            for line in event_lines(event, pipeline.config):
                out.print(line)
        elif speed:
            write_line(event.to_json())

    pipeline.on_event = report
    pictures: list[Situation] = []
    if situations:
        pipeline.on_situation = (lambda picture: write_line(picture.to_json())) if speed else pictures.append
    recorded = RecordedMetrics(pipeline) if openmetrics else None
    if recorded and openmetrics:
        recorded.write(openmetrics)  # a file that cannot be written is an error before the work
    write_reports = _report_writer(pipeline, reports)
    with ReadingProgress(source) as step:
        events, summary = replay(source, pipeline, speed=speed, recorded=recorded, on_batch=step)
    if recorded and openmetrics:
        recorded.write(openmetrics)
    pages = write_reports(events)
    if not as_json:
        out.print(summary_table(summary, time.perf_counter() - started, pipeline.config))
        for page in pages:
            out.print(str(page), markup=False)
        return
    if not speed:
        for each in sorted([*events, *pictures], key=lambda each: (each.at, each.brand, each.id)):
            write_line(each.to_json())
    write_line(summary.to_json())


def _report_writer(pipeline: Pipeline, folder: Path | None) -> Callable[[list[WatchEvent]], list[Path]]:
    """Return what writes the reports of a replay once its events are known, and returns their pages."""
    if folder is None:
        return lambda _: []
    from streams.reports.recorder import ReportRecorder  # noqa: PLC0415  (a plotting library to import)

    recorder = ReportRecorder(pipeline)
    return lambda events: recorder.write(folder, events)


def send_files(
    source: Recording, config: Config, letters: DeadLetterFile, brands: frozenset[str], speed: float, as_json: bool
) -> None:
    """Send a source to Kafka: `badbuzz replay --to-kafka`."""
    quiet_kafka_clients()
    started = time.perf_counter()
    with ReadingProgress(source, "sending") as step:
        sent = send_record(source, MentionProducer(config, letters.write, brands), speed=speed, step=step)
    if as_json:
        write_line(sent.to_json())
    else:
        seconds = time.perf_counter() - started
        out.print(f"{sent.messages:,} mentions and {sent.heartbeats:,} heartbeats sent in {seconds:.1f} s")
        if sent.too_large:
            out.print(f"{sent.too_large:,} lines are too large for Kafka; --dead-letters FILE stores them")
