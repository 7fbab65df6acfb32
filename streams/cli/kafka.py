"""The commands that speak to Kafka."""

import logging
import sys
import time
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table

from streams.cli.options import ReadingProgress, config_option, err, json_option, model, out, write_line
from streams.errors import BadBuzzError
from streams.mentions.dead_letter import DeadLetterFile
from streams.settings.config import Config, load
from streams.sources.files import MentionFiles


@click.command()
@click.option("--only", type=click.Choice(["scorer", "watcher"]), envvar="BADBUZZ_ONLY", help="Run this part alone.")
@config_option
def worker(only: str | None, config_path: Path | None) -> None:
    """Score mentions and watch brands, from Kafka and to Kafka, until SIGTERM or Ctrl-C."""
    config = load(config_path)
    _log()
    from streams.worker.worker import run_worker  # noqa: PLC0415  Faust takes a while to load

    if only == "scorer":
        run_worker(config, model(), ("scorer",))
    elif only == "watcher":
        run_worker(config, None, ("watcher",))
    else:
        run_worker(config, model())


def _log() -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("streams").setLevel(logging.INFO)
    # What these say at a rebalance or an outage is told in one line by the modules above them.
    for name in ("kafka", "aiokafka", "faust", "mode", "streams.worker.faust_app"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@click.group()
def topics() -> None:
    """Create badbuzz's topics, or tell what they are like."""


@topics.command()
@config_option
@json_option
def create(config_path: Path | None, as_json: bool) -> None:
    """Create the topics that are missing; leave the others as they are, and tell what differs."""
    _quiet_clients()
    from streams.kafka import topic_admin as places  # noqa: PLC0415

    config = load(config_path)
    _tell_topics(places.create(config.kafka, config.topics), as_json)


@topics.command()
@config_option
@json_option
def describe(config_path: Path | None, as_json: bool) -> None:
    """Tell what the topics are like, and what differs from what they must be like."""
    _quiet_clients()
    from streams.kafka import topic_admin as places  # noqa: PLC0415

    config = load(config_path)
    _tell_topics(places.describe(config.kafka, config.topics), as_json)


def _tell_topics(reports: list[Any], as_json: bool) -> None:
    if as_json:
        for report in reports:
            write_line(msgspec.json.encode(report))
        return
    table = Table("topic", "", "partitions", "copies", box=None, pad_edge=False)
    for report in reports:
        state = "created" if report.created else "missing" if report.topic is None else "there"
        found = report.topic
        table.add_row(
            report.name, state, str(found.partitions) if found else "", str(found.replication) if found else ""
        )
    out.print(table)
    for report in reports:
        for difference in report.differences:
            out.print(str(difference), markup=False)


@click.group("dead-letters")
def dead_letters() -> None:
    """List what could not be read, show it, send it again."""


@dead_letters.command("list")
@config_option
@json_option
def list_letters(config_path: Path | None, as_json: bool) -> None:
    """List the dead letters, oldest first."""
    _quiet_clients()
    from streams.kafka.dead_letters import read_letters  # noqa: PLC0415

    letters = read_letters(load(config_path).kafka)
    if as_json:
        for letter in letters:
            write_line(msgspec.json.encode(letter))
        return
    table = Table("at", "reason", "from", "detail", "bytes", box=None, pad_edge=False)
    for letter in letters:
        where = f"{letter.source} {letter.offset}"
        table.add_row(str(letter.stored_at), letter.reason, where, letter.detail[:80], str(len(letter.value)))
    out.print(table)


@dead_letters.command()
@click.argument("at", type=click.IntRange(min=0))
@config_option
def show(at: int, config_path: Path | None) -> None:
    """Write the message of the dead letter kept AT, as it came."""
    _quiet_clients()
    from streams.kafka.dead_letters import find_letter  # noqa: PLC0415

    letter = find_letter(load(config_path).kafka, at)
    err.print(f"{letter.reason}: {letter.detail} ({letter.source}, offset {letter.offset})", markup=False)
    write_line(letter.value)


@dead_letters.command("send-again")
@click.argument("at", type=click.IntRange(min=0), nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
@config_option
def send_again(at: tuple[int, ...], every: bool, config_path: Path | None) -> None:
    """Send the dead letters kept AT to the mentions once more, as they came."""
    _quiet_clients()
    from streams.kafka import dead_letters as kept  # noqa: PLC0415

    if bool(at) == every:
        raise click.UsageError("say which: the numbers that 'badbuzz dead-letters list' shows, or --all")
    kafka = load(config_path).kafka
    letters = list(kept.read_letters(kafka)) if every else [kept.find_letter(kafka, one) for one in at]
    out.print(f"{kept.send_again(kafka, letters)} sent again")


@click.command()
@config_option
def check(config_path: Path | None) -> None:
    """Check the configuration, broker, topics, Prometheus and Grafana: what is wrong and how to mend it."""
    _quiet_clients()
    from dashboards.build import uids  # noqa: PLC0415  Grafana's builders take a moment to load
    from streams.oncall.checks import check_oncall  # noqa: PLC0415

    config = load(config_path)
    out.print("configuration: good")
    _check_kafka(config)
    for line in check_oncall(uids()):
        out.print(line, markup=False)


def _check_kafka(config: Config) -> None:
    from streams.kafka import topic_admin as places  # noqa: PLC0415

    reports = places.describe(config.kafka, config.topics)
    out.print(f"Kafka at {', '.join(config.kafka.servers)}: answers")
    differences = [difference for report in reports for difference in report.differences]
    if differences:
        raise BadBuzzError("; ".join(map(str, differences)))
    out.print(f"topics {', '.join(report.name for report in reports)}: good")


def send_files(
    source: MentionFiles, config: Config, letters: DeadLetterFile, brands: frozenset[str], speed: float, as_json: bool
) -> None:
    """Send mention files to Kafka: `badbuzz replay --to-kafka`."""
    _quiet_clients()
    from streams.kafka.mention_producer import MentionProducer, send_record  # noqa: PLC0415

    started = time.perf_counter()
    with ReadingProgress(source.progress, "sending") as step:
        sent = send_record(source, MentionProducer(config, letters.write, brands), speed=speed, step=step)
    letters.close()
    if as_json:
        write_line(sent.to_json())
    else:
        seconds = time.perf_counter() - started
        out.print(f"{sent.messages:,} mentions and {sent.heartbeats:,} heartbeats sent in {seconds:.1f} s")
        if sent.too_large:
            out.print(f"{sent.too_large:,} lines are too large for Kafka; --dead-letters FILE keeps them")


def _quiet_clients() -> None:
    """Let what goes wrong be told in one line: by the error that ends the command."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


COMMANDS = (worker, topics, dead_letters, check)
