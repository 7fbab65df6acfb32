"""`badbuzz check`: whether configuration, broker, topics, Prometheus and Grafana are as badbuzz needs them."""

from pathlib import Path

import click

from dashboards.build import uids
from streams.cli.options import config_option, quiet_kafka_clients
from streams.cli.output import out
from streams.errors import BadBuzzError
from streams.kafka.topic_admin import describe
from streams.matching.rule_warnings import rule_warnings
from streams.oncall.checks import check_oncall
from streams.settings.config import Config, load
from streams.settings.desk_check import check_desk


@click.command()
@config_option
def check_command(config_path: Path | None) -> None:
    """Check configuration, broker, topics, Prometheus and Grafana, and name the remedy for the first fault.

    A brand's name that is also a common word, and a rule that can never do anything, are warnings: they fail nothing.
    """
    quiet_kafka_clients()
    config = load(config_path)
    out.print("configuration: good")
    _check_brands(config)
    for line in check_desk(config):
        out.print(line)
    _check_kafka(config)
    for line in check_oncall(uids()):
        out.print(line)


def _check_brands(config: Config) -> None:
    # Without sources nothing is matched, and what a name is matters only where somebody wrote it down.
    matched = {brand: own for brand, own in config.brands.items() if config.sources or own.names}
    for warning in rule_warnings(matched):
        out.print(f"warning: {warning}", style="yellow")


def _check_kafka(config: Config) -> None:
    reports = describe(config.kafka, config.topics)
    out.print(f"Kafka at {', '.join(config.kafka.servers)}: answers")
    differences = [difference for report in reports for difference in report.differences]
    if differences:
        raise BadBuzzError("; ".join(map(str, differences)))
    out.print(f"topics {', '.join(report.name for report in reports)}: good")
