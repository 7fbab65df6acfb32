"""Appending a desk action from the terminal: whose it is, which incident it is about, and the answer of the log."""

import getpass
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from streams.cli.options import config_option, quiet_kafka_clients
from streams.cli.output import out
from streams.desk_log.action import ActionKind, DeskAction, checked
from streams.errors import InputError
from streams.event_time import rfc3339_ms
from streams.kafka.logs.desk_log import read_situations
from streams.kafka.logs.desk_writer import DeskWriter
from streams.settings.config import Config, load

Command = Callable[..., None]


class Place(NamedTuple):
    """The incident that an action is about: its id, its brand."""

    incident: str
    brand: str


def desk_options(command: Command) -> Command:
    """Add the options that every action has."""
    who = click.option("--who", envvar="BADBUZZ_DESK_WHO", help="Who does it.  [default: the name you log in with]")
    return config_option(who(command))


def find_incident(config: Config, name: str) -> Place:
    """Return the incident of a name: its id, or a brand, whose open incident or case is meant.

    Raises
    ------
    InputError
        There is no such incident, or the brand has none that is open.
    """
    situations = read_situations(config.kafka)
    by_id = {situation.incident: situation for situation in situations.values()}
    if name in by_id:
        return Place(name, by_id[name].brand)
    situation = situations.get(name)
    if situation is None or situation.ended:
        known = ", ".join(sorted(s.brand for s in situations.values() if not s.ended)) or "none"
        raise InputError(f"expected an incident, or a brand with an open one ({known}), got {name!r}")
    return Place(situation.incident, name)


def append(config_path: Path | None, name: str, kind: ActionKind, who: str | None, **fields: Any) -> DeskAction:
    """Append an action to the log of an incident, and say so.

    Raises
    ------
    ActionError
        The action is refused.
    InputError
        There is no such incident.
    BrokerError
        Kafka cannot be reached, or did not confirm it.
    """
    quiet_kafka_clients()
    config = load(config_path)
    place = find_incident(config, name)
    action = make_action(place, kind, who, **fields)
    log_action(config, action)
    out.print(f"{action.at} {place.incident}: {kind} by {action.who}", markup=False)
    return action


def make_action(place: Place, kind: ActionKind, who: str | None, **fields: Any) -> DeskAction:
    """Return an action of now with an id of its own.

    Raises
    ------
    ActionError
        The action is refused.
    """
    action = DeskAction(
        id=uuid.uuid4().hex,
        incident=place.incident,
        brand=place.brand,
        kind=kind,
        who=who or os.environ.get("USER", "") or getpass.getuser(),
        at=rfc3339_ms(time.time_ns() // 1_000_000),
        **fields,
    )
    return checked(action)


def log_action(config: Config, action: DeskAction) -> None:
    """Append an action to the topic `desk` and wait until it is there."""
    writer = DeskWriter(config.kafka)
    try:
        writer.append(action)
    finally:
        writer.close()
