"""`badbuzz desk status`: what is open, who has it, and what is due, worst first."""

import time
from pathlib import Path

import click
import msgspec
from rich.markup import escape
from rich.table import Table

from detectors.severity import Severity
from streams.cli.options import brand_option, config_option, json_option, quiet_kafka_clients
from streams.cli.output import out, write_line
from streams.desk_log.fold import DeskState, fold
from streams.desk_log.overdue import Owed, owed
from streams.event_time import duration, rfc3339
from streams.kafka.logs.desk_log import read_desk_log, read_situations
from streams.settings.config import load
from streams.situations.situation import Situation


@click.command(name="status")
@brand_option
@config_option
@json_option
def status_command(brands: tuple[str, ...], config_path: Path | None, as_json: bool) -> None:
    """Print the open incidents, who has them, and what is due."""
    quiet_kafka_clients()
    config = load(config_path)
    states = fold(read_desk_log(config.kafka))
    now_ms = time.time_ns() // 1_000_000
    situations = [each for each in read_situations(config.kafka).values() if not each.ended]
    situations = [each for each in situations if not brands or each.brand in brands]
    situations.sort(key=lambda each: (-Severity.of(each.severity), each.since, each.brand))
    rows = [(each, states.get(each.incident, DeskState(each.incident))) for each in situations]
    if as_json:
        for situation, state in rows:
            write_line(msgspec.json.encode(_fields(situation, state, now_ms)))
        return
    if not rows:
        out.print("nothing is open")
        return
    table = Table("severity", "brand", "since", "negatives/h", "has it", "due", box=None, pad_edge=False)
    for situation, state in rows:
        has_it = state.roles.get("lead") or (state.acknowledged.who if state.acknowledged else "nobody")
        due = "\n".join(_due(step, now_ms) for step in owed(situation, state) if step.done is None)
        figures = str(situation.figures.negatives)
        table.add_row(situation.severity, escape(situation.brand), situation.since, figures, escape(has_it), due or "-")
    out.print(table)


def _due(step: Owed, now_ms: int) -> str:
    minutes = (step.due_ms - now_ms) // 60_000
    return f"{step.step} in {duration(minutes)}" if minutes >= 0 else f"{step.step} OVERDUE {duration(-minutes)}"


def _fields(situation: Situation, state: DeskState, now_ms: int) -> dict[str, object]:
    return {
        "incident": situation.incident,
        "brand": situation.brand,
        "severity": situation.severity,
        "since": situation.since,
        "at": situation.at,
        "acknowledged_by": state.acknowledged.who if state.acknowledged else None,
        "roles": state.roles,
        "held": state.hold is not None,
        "muted_until": state.mute.until if state.mute else None,
        "version": state.version,
        "owed": [
            {
                "step": step.step,
                "due": rfc3339(step.due_ms),
                "done_by": step.done.who if step.done else None,
                "overdue_seconds": step.overdue_s(now_ms),
            }
            for step in owed(situation, state)
        ],
    }
