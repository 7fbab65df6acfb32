"""`badbuzz desk ack`, `role`, `hold`, `release`, `note`, `false-alarm`: what a person did, into the log."""

from pathlib import Path

import click

from streams.cli.desk.appending import append, desk_options
from streams.desk_log.action import ROLES

incident_argument = click.argument("incident")
why_option = click.option("--why", default="", envvar="BADBUZZ_DESK_WHY", help="Why.")


@click.command(name="ack")
@incident_argument
@why_option
@desk_options
def ack_command(incident: str, why: str, who: str | None, config_path: Path | None) -> None:
    """Say that you have INCIDENT: its id, or a brand."""
    append(config_path, incident, "acknowledge", who, why=why)


@click.command(name="role")
@incident_argument
@click.argument("role", type=click.Choice(ROLES))
@click.argument("person", default="")
@desk_options
def role_command(incident: str, role: str, person: str, who: str | None, config_path: Path | None) -> None:
    """Say that PERSON has a role in INCIDENT; without a person, nobody has it."""
    append(config_path, incident, "role", who, role=role, person=person)


@click.command(name="hold")
@incident_argument
@why_option
@desk_options
def hold_command(incident: str, why: str, who: str | None, config_path: Path | None) -> None:
    """Say that scheduled posts are held for INCIDENT."""
    append(config_path, incident, "hold", who, why=why)


@click.command(name="release")
@incident_argument
@why_option
@desk_options
def release_command(incident: str, why: str, who: str | None, config_path: Path | None) -> None:
    """Say that scheduled posts go out again."""
    append(config_path, incident, "release", who, why=why)


@click.command(name="note")
@incident_argument
@click.argument("text")
@desk_options
def note_command(incident: str, text: str, who: str | None, config_path: Path | None) -> None:
    """Write TEXT into the log of INCIDENT."""
    append(config_path, incident, "note", who, text=text)


@click.command(name="false-alarm")
@incident_argument
@click.option(
    "--why", required=True, envvar="BADBUZZ_DESK_WHY", help="Why it was none: read by whoever tunes the thresholds."
)
@desk_options
def false_alarm_command(incident: str, why: str, who: str | None, config_path: Path | None) -> None:
    """Say that INCIDENT was none: it counts in the quality of the alerts, and closes the desk's side."""
    append(config_path, incident, "false_alarm", who, why=why)
