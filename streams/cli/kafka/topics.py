"""`badbuzz topics`: create the Kafka topics, or describe them."""

from pathlib import Path

import click
import msgspec

from streams.cli.options import config_option, json_option, quiet_kafka_clients
from streams.cli.output import print_topics, write_line
from streams.kafka.topic_admin import TopicReport, create, describe
from streams.offline.topic_plans import FORMATS, plan
from streams.settings.config import load


@click.group()
def topics_group() -> None:
    """Create badbuzz's topics, describe them, or print a plan of them."""


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


@topics_group.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="script",
    envvar="BADBUZZ_FORMAT",
    help="Kafka's own commands, resources of Strimzi, or Terraform (provider Mongey/kafka).",
)
@click.option(
    "--user", default="", envvar="BADBUZZ_USER", help="Whom to grant the rights.  [default: kafka.sasl_username]"
)
@config_option
def plan_command(form: str, user: str, config_path: Path | None) -> None:
    """Print the topics and the rights that badbuzz needs, for those who create them otherwise; asks no broker."""
    config = load(config_path)
    click.echo(FORMATS[form](plan(config.kafka, config.topics, user)), nl=False)


def _report(reports: list[TopicReport], as_json: bool) -> None:
    """Print reports; exit with status 1 where a topic is missing."""
    if as_json:
        for report in reports:
            write_line(msgspec.json.encode(report))
    else:
        print_topics(reports)
    if any(report.topic is None for report in reports):
        click.get_current_context().exit(1)
