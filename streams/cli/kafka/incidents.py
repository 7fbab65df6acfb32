"""`badbuzz incidents`: the published incident events, newest first, or new ones as they come."""

from pathlib import Path

import click

from streams.cli.options import brand_option, config_option, json_option, quiet_kafka_clients
from streams.cli.output import event_lines, out, write_line
from streams.kafka.logs.incident_log import follow_incidents, read_incidents
from streams.settings.config import load


@click.command(name="incidents")
@brand_option
@click.option(
    "--follow", is_flag=True, envvar="BADBUZZ_FOLLOW", help="Wait for new events and print them; end with Ctrl-C."
)
@config_option
@json_option
def incidents_command(brands: tuple[str, ...], follow: bool, config_path: Path | None, as_json: bool) -> None:
    """Print the incident events that the workers published, newest first."""
    quiet_kafka_clients()
    config = load(config_path)
    events = follow_incidents(config.kafka) if follow else iter(read_incidents(config.kafka))
    for event, line in events:
        if brands and event.brand not in brands:
            continue
        if as_json:
            write_line(line)
        else:
            for text in event_lines(event, config):
                out.print(text)
