"""`badbuzz drill`: a reconstructed incident as an exercise through the running chain, and how long its people took."""

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape

from streams.cli.options import config_option, quiet_kafka_clients, relax_garbage_collection
from streams.cli.output import out
from streams.errors import InputError
from streams.reports.recorder import write_report
from streams.scenarios import load_scenario
from streams.settings.config import load
from streams.worker.drill import Drill, Drilled


@click.command(name="drill")
@click.option(
    "--scenario",
    default="trois_suisses_2012",
    show_default=True,
    envvar="BADBUZZ_SCENARIO",
    help="A shipped scenario or a file.",
)
@click.option(
    "--begin",
    envvar="BADBUZZ_DRILL_BEGIN",
    help="Instant of the scenario that is now, RFC 3339.  [default: two minutes before its first warning]",
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    envvar="BADBUZZ_DRILL_MINUTES",
    help="Longest time; it ends before where somebody has it, has answered and holds the posts.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=1),
    default=1.0,
    show_default=True,
    envvar="BADBUZZ_DRILL_SPEED",
    help="Times event time. Above 1 clocks on the console are late, and minutes are those of the record.",
)
@click.option(
    "--report",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("badbuzz-drill"),
    show_default=True,
    envvar="BADBUZZ_REPORT",
    help="Write the report into this folder.",
)
@config_option
def drill_command(
    scenario: str, begin: str | None, minutes: float, speed: float, folder: Path, config_path: Path | None
) -> None:
    """Practise an incident: it happens now, under the brand EXERCISE, through the workers and alerts that run.

    People are alerted and answer on the console or with 'badbuzz desk'. Ctrl-C ends it as well.
    """
    quiet_kafka_clients()
    relax_garbage_collection()
    config = load(config_path)
    shown = load_scenario(scenario)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    drill = Drill(shown, config, begin=_instant(begin), minutes=minutes, speed=speed, on_news=_say)
    _say(f"{drill.brand}: its past is sent, then it happens as if it were now")
    drilled = drill.run(stopping)
    _print_steps(drilled)
    if drilled.history is not None:
        _say(f"report: {write_report(folder, drilled.history, config)}")


def _print_steps(drilled: Drilled) -> None:
    """Print the figures of the drill."""
    if not drilled.steps:
        _say("EXERCISE ended before its first alert: give it more --minutes")
        return
    _say("EXERCISE ended; minutes from the first alert:")
    for name, label in (("acknowledge", "somebody had it"), ("statement", "holding answer"), ("hold", "posts held")):
        step = next(each for each in drilled.steps if each.kind == name)
        _say(f"  {label:16} {'never' if step.minutes is None else f'{step.minutes:.1f} ({step.who})'}")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError(f"--begin: expected a time as 2012-06-11T23:56:00Z, got {text!r}: correct it")
    return moment.astimezone(UTC)


def _say(text: str) -> None:
    out.print(escape(text))
