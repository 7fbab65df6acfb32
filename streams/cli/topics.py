"""`badbuzz topics`: create the Kafka topics, or describe them."""

from pathlib import Path

import click
import msgspec

from streams.cli.options import config_option, json_option, quiet_kafka_clients
from streams.cli.output import print_topics, write_line
from streams.kafka.topic_admin import TopicReport, create, describe
from streams.settings.config import load


@click.group()
def topics_group() -> None:
    """Create badbuzz's topics, or describe them."""


@topics_group.command()
@config_option
@json_option
def create_command(config_path: Path | None, as_json: bool) -> None:
    """Create the topics that are missing; leave the others unchanged, and report differences."""
    quiet_kafka_clients()
    config = load(config_path)
    _report(create(config.kafka, config.topics), as_json)


@topics_group.command()
@config_option
@json_option
def describe_command(config_path: Path | None, as_json: bool) -> None:
    """Describe the topics, and report differences from the configuration."""
    quiet_kafka_clients()
    config = load(config_path)
    _report(describe(config.kafka, config.topics), as_json)


def _report(reports: list[TopicReport], as_json: bool) -> None:
    """Print reports; exit with status 1 where a topic is missing."""
    if as_json:
        for report in reports:
            write_line(msgspec.json.encode(report))
    else:
        print_topics(reports)
    if any(report.topic is None for report in reports):
        click.get_current_context().exit(1)
