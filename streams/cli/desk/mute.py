"""`badbuzz desk mute`: a silence in Alertmanager for a brand, and its id in the log."""

import os
import time
from pathlib import Path

import click

from streams.cli.desk.appending import desk_options, find_incident, log_action, make_action
from streams.cli.options import quiet_kafka_clients
from streams.cli.output import out
from streams.errors import ConfigError
from streams.event_time import MINUTE_MS, rfc3339_ms
from streams.oncall.silences import ALERTMANAGER_URL, Alertmanager
from streams.settings.config import load


@click.command(name="mute")
@click.argument("incident")
@click.option(
    "--minutes",
    type=click.IntRange(1, 24 * 60),
    default=60,
    show_default=True,
    envvar="BADBUZZ_DESK_MINUTES",
    help="For how long.",
)
@click.option("--why", required=True, envvar="BADBUZZ_DESK_WHY", help="Why: shown in Alertmanager and in the log.")
@desk_options
def mute_command(incident: str, minutes: int, why: str, who: str | None, config_path: Path | None) -> None:
    """Mute what the crisis cell is alerted to about the brand of INCIDENT, for a time.

    BADBUZZ_ALERTMANAGER_URL is where Alertmanager is.
    """
    quiet_kafka_clients()
    config = load(config_path)
    url = os.environ.get(ALERTMANAGER_URL)
    if not url:
        raise ConfigError(f"expected the address of Alertmanager in {ALERTMANAGER_URL}, got none: set it")
    alertmanager = Alertmanager(url, config.installation)
    place = find_incident(config, incident)
    now = time.time_ns() // 1_000_000
    until = now + minutes * MINUTE_MS
    # Refused before anything is muted, where it cannot be logged.
    action = make_action(place, "mute", who, why=why, until=rfc3339_ms(until))
    silence = alertmanager.mute(place.brand, now, until, action.who, why)
    log_action(config, make_action(place, "mute", who, why=why, until=rfc3339_ms(until), silence=silence))
    out.print(f"{place.brand} is muted until {rfc3339_ms(until)} by the silence {silence}", markup=False)
