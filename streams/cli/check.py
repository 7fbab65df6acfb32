"""`badbuzz check`: whether configuration, broker, topics, Prometheus and Grafana are as badbuzz needs them."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from dashboards.build import uids
from streams.cli.options import config_option, quiet_kafka_clients
from streams.cli.output import err, out
from streams.errors import BadBuzzError
from streams.kafka.changelog import stored_desks
from streams.kafka.topic_admin import describe
from streams.matching.rule_warnings import rule_warnings
from streams.oncall.checks import check_configured_grafana, check_configured_prometheus
from streams.settings.brands.brand_names import BrandNames
from streams.settings.config import Config, load
from streams.settings.desk_check import check_desk
from streams.watching.presence_check import presence_warnings


@click.command()
@config_option
@click.pass_context
def check_command(context: click.Context, config_path: Path | None) -> None:
    """Check configuration, broker, topics, Prometheus and Grafana, and name the remedy for each fault.

    A brand's name that is also a common word, a rule that can never do anything, a brand of the configuration that was
    never mentioned, and a network where it is spoken of and never speaks are warnings: they fail nothing.
    """
    quiet_kafka_clients()
    configs: list[Config] = []

    def configuration() -> Iterator[str]:
        config = load(config_path)
        configs.append(config)
        yield "configuration: good"
        _warn(_brand_warnings(config))
        yield from check_desk(config)

    steps: list[Callable[[], Iterable[str]]] = [configuration]
    steps += [lambda: _kafka(configs), check_configured_prometheus, lambda: check_configured_grafana(uids())]
    passed = [_passes(step) for step in steps]  # every step runs, whatever the ones before found
    if not all(passed):
        context.exit(2)


def _passes(step: Callable[[], Iterable[str]]) -> bool:
    """Print the lines of one step; return whether it found no fault."""
    try:
        for line in step():
            out.print(line)
    except BadBuzzError as error:
        for line in str(error).splitlines():
            err.print(f"badbuzz: {line}", style="red")
        return False
    return True


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        out.print(f"warning: {warning}", style="yellow")


def _brand_warnings(config: Config) -> Iterator[str]:
    # Without sources nothing is matched, and what a name is matters only where somebody wrote it down.
    yield from rule_warnings({brand: own for brand, own in config.brands.items() if config.sources or own.names})
    for name, brands in BrandNames(config.brands).ambiguous.items():
        tables = " and ".join(f"`brands.{brand}`" for brand in brands)
        yield f"the name {name!r} is of {tables}: mentions under it are joined to neither, but to a brand so named"


def _kafka(configs: list[Config]) -> Iterator[str]:
    if not configs:
        yield "Kafka: not checked, the configuration is wrong"
        return
    config = configs[0]
    reports = describe(config.kafka, config.topics)
    yield f"Kafka at {', '.join(config.kafka.servers)}: answers"
    if differences := [difference for report in reports for difference in report.differences]:
        raise BadBuzzError("\n".join(map(str, differences)))
    yield f"topics {', '.join(report.name for report in reports)}: good"
    desks = stored_desks(config.kafka, sorted(config.brands))
    _warn(
        f"brands.{brand}: no mention was ever read under this name or its `names`: as its source spells it, case apart?"
        for brand in sorted(config.brands)
        if brand not in desks
    )
    _warn(warning for brand, row in sorted(desks.items()) if row for warning in presence_warnings(brand, row, config))
