"""`badbuzz report`: the report of one incident, from the topics `incidents`, `situations` and `desk`."""

from collections.abc import Callable
from pathlib import Path

import click

from streams.cli.options import config_option, quiet_kafka_clients
from streams.cli.output import out
from streams.errors import InputError
from streams.kafka.logs.desk_log import read_desk_log, read_incident_situations
from streams.kafka.logs.incident_log import read_watch_events
from streams.reports.builder import build_report
from streams.reports.history import History, histories
from streams.reports.html import to_html
from streams.reports.markdown import to_markdown
from streams.reports.recorder import write_report
from streams.reports.report import Report
from streams.settings.config import Config, load

FORMATS: dict[str, Callable[[Report], str]] = {"md": to_markdown, "html": to_html}


@click.command(name="report")
@click.argument("incident")
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(FORMATS)),
    default="md",
    show_default=True,
    envvar="BADBUZZ_FORMAT",
    help="Of what is printed.",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="BADBUZZ_REPORT",
    help="Write both formats into this folder instead.",
)
@config_option
def report_command(incident: str, form: str, folder: Path | None, config_path: Path | None) -> None:
    """Report INCIDENT: its id, or a brand, whose latest one is meant."""
    quiet_kafka_clients()
    config = load(config_path)
    history = read_history(config, incident)
    if folder is not None:
        out.print(str(write_report(folder, history, config)), markup=False)
    else:
        click.echo(FORMATS[form](build_report(history, config)), nl=False)


def read_history(config: Config, name: str) -> History:
    """Return the history of an incident as Kafka has it.

    Parameters
    ----------
    config
        Where Kafka is.
    name
        Its id, that of another incident within its case, or a brand, whose latest one is meant.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or a topic is missing.
    InputError
        There is no such incident.
    """
    every = histories(
        read_watch_events(config.kafka), read_desk_log(config.kafka), read_incident_situations(config.kafka)
    )
    found = [each for each in every if name in {each.brand, *(event.incident for event in each.events)}]
    if not found:
        known = ", ".join(sorted({each.brand for each in every})) or "none yet"
        raise InputError(
            f"expected an incident's id, or a brand that had one ({known}), got {name!r}: name one of them"
        )
    return found[-1]
