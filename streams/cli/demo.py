"""`badbuzz demo`: a reconstructed incident, live in the terminal, and when badbuzz would have alerted."""

import gzip
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from detectors.negativity import NegativityModel
from detectors.severity import SEVERITIES, Severity
from streams.cli.options import check_picture, config_option
from streams.cli.output import STYLE, event_lines, event_time, open_line, out
from streams.errors import ConfigError
from streams.event_time import MINUTE_MS, utc
from streams.mentions.message import Message, event_ms
from streams.offline.recorded_picture import BIN_MINUTES, picture_bucket
from streams.offline.replay import open_incidents
from streams.picture import PictureBucket, draw
from streams.pipeline import Pipeline
from streams.response.desk_event import DeskEvent
from streams.scenarios import Scenario, load_scenario, shipped_scenarios
from streams.settings.config import Config, load
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import WatchEvent, incident_events
from streams.wording.language import Language

HOUR_BINS = 60 // BIN_MINUTES
DAY_BINS = 24 * HOUR_BINS
BARS = " ▁▂▃▄▅▆▇█"
QUIET_SHARE = 0.25
"""Share of the show's time before the incident's part."""
LEAD_IN = timedelta(hours=6)
"""How long before the first documented fact the incident's part of the show begins."""
DEMO_SPEED = 60.0
"""How fast the console's page plays an incident."""


@click.command()
@click.option(
    "--scenario",
    default="trois_suisses_2012",
    show_default=True,
    envvar="BADBUZZ_SCENARIO",
    help="A shipped scenario or a file.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("badbuzz-demo.png"),
    show_default=True,
    envvar="BADBUZZ_PICTURE",
    help="Where to draw the incident, .png or .svg.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=40.0,
    show_default=True,
    envvar="BADBUZZ_SECONDS",
    help="How long to watch; 0: no waiting.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_RECORD",
    help="Write the scenario's mentions here, for `badbuzz replay`, and show nothing.",
)
@click.option("--list", "listing", is_flag=True, envvar="BADBUZZ_LIST", help="List the shipped scenarios and end.")
@click.option("--console", "as_page", is_flag=True, envvar="BADBUZZ_CONSOLE", help="Show it on the console's page.")
@config_option
def demo_command(
    scenario: str,
    picture: Path,
    seconds: float,
    record: Path | None,
    listing: bool,
    as_page: bool,
    config_path: Path | None,
) -> None:
    """Watch a reconstructed incident unfold, live, and see when badbuzz would have alerted."""
    if listing:
        for name in shipped_scenarios():
            out.print(f"{name:22}{load_scenario(name).title}", soft_wrap=True)
        return
    if record:
        written = write_record(load_scenario(scenario), record)
        out.print(f"{written:,} mentions and heartbeats in {record}; `badbuzz replay {record}` replays them")
        return
    if as_page:
        serve_demo(load_scenario(scenario), load(config_path))
        return
    check_picture(picture)
    run_demo(load_scenario(scenario), picture, seconds, load(config_path), out)


def write_record(scenario: Scenario, path: Path) -> int:
    """Write the mentions of a scenario as JSON lines, gzipped where the path ends in `.gz`; return their number.

    Raises
    ------
    ConfigError
        The path cannot be written.
    """
    try:
        with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
            return sum(bool(file.write(line.rstrip() + b"\n")) for line in scenario.mentions())
    except OSError as error:
        raise ConfigError(f"--record: expected a file that can be written, got {path}: {error.strerror}") from None


def serve_demo(scenario: Scenario, config: Config) -> None:
    """Play a scenario on the console's page: fast until its incident opens, then a minute of it a second."""
    from streams.cli.console import serve  # noqa: PLC0415  (a web server to import, only this needs it)
    from streams.console.replay_feed import ReplayFeed  # noqa: PLC0415

    config = msgspec.structs.replace(config, timezone=str(scenario.zone))
    messages = (Message(scenario.title, i, line.rstrip()) for i, line in enumerate(scenario.mentions()))
    serve(config, ReplayFeed(messages, Pipeline(config, NegativityModel.load()), DEMO_SPEED))


def run_demo(scenario: Scenario, picture: Path, seconds: float, config: Config, console: Console) -> None:
    """Play a scenario through the in-process pipeline, show it and draw it.

    Parameters
    ----------
    scenario
        The incident.
    picture
        Where to draw it, `.png` or `.svg`.
    seconds
        Length of the show in a terminal; elsewhere nothing waits.
    config
        Configuration; the scenario's zone is used for local times.
    console
        Where to show it.
    """
    player = _Player(scenario, config)
    console.print(Text.assemble((scenario.title, "bold"), "\n", (scenario.reconstruction, "dim"), "\n"))
    if console.is_terminal:
        with Live(console=console, refresh_per_second=12) as live:
            for events in player.play(seconds):
                _print_events(events, player.config, live.console)
                live.update(player.screen())
    else:
        for events in player.play(0):
            _print_events(events, player.config, console)
    _print_leads(scenario, player.events, player.config, console)
    draw(
        picture,
        title=scenario.title,
        buckets=player.buckets,
        events=[msgspec.to_builtins(event) for event in player.events],
        facts=scenario.facts,
        tz=scenario.zone,
        note=scenario.reconstruction,
        bucket_minutes=BIN_MINUTES,
        answering=[msgspec.to_builtins(event) for event in player.answering],
    )
    console.print(Text(f"\n{player.config.words.say('picture', path=str(picture))}"))


class _Player:
    """Play a scenario in steps of `BIN_MINUTES` of event time, and collect what the screen and the picture show."""

    def __init__(self, scenario: Scenario, config: Config) -> None:
        self.scenario = scenario
        self.config = msgspec.structs.replace(config, timezone=str(scenario.zone))
        self.pipeline = Pipeline(self.config, NegativityModel.load())
        self.events: list[IncidentEvent] = []
        self.answering: list[DeskEvent] = []
        self.buckets: list[PictureBucket] = []
        self.minute = 0

    def play(self, seconds: float) -> Iterator[list[WatchEvent]]:
        """Yield the events of each step, over so many seconds."""
        start = self.scenario.start
        first_fact = self.scenario.facts[0].at if self.scenario.facts else start
        incident_from = int((first_fact - LEAD_IN).timestamp()) // 60
        quiet_bins = max(1, (incident_from - int(start.timestamp()) // 60) // BIN_MINUTES)
        began, shown = time.monotonic(), 0.0
        loud_bins = max(1, (int(self.scenario.end.timestamp()) // 60 - incident_from) // BIN_MINUTES)
        for minute, messages in _bins(self.scenario):
            self.minute = minute
            events = self.pipeline.run(messages)
            self._add_bucket(minute)
            self._add_events(events)
            yield events
            shown += QUIET_SHARE / quiet_bins if minute < incident_from else (1 - QUIET_SHARE) / loud_bins
            # What the computing took is part of the show: a slow machine waits less, not longer.
            time.sleep(max(0.0, began + seconds * shown - time.monotonic()))
        events = self.pipeline.finish()
        self._add_events(events)
        yield events

    def _add_events(self, events: list[WatchEvent]) -> None:
        self.events += incident_events(events)
        self.answering += [event for event in events if isinstance(event, DeskEvent)]

    def _add_bucket(self, minute: int) -> None:
        watch = self.pipeline.watches.get(self.scenario.brand)
        if watch is None or watch.opened is None:
            return
        # The lateness is a minute: this bin is wholly closed.
        self.buckets.append(picture_bucket(watch, minute - BIN_MINUTES, minute))

    def screen(self) -> Panel:
        """Return the screen as of now."""
        words = self.config.words
        recent = self.buckets[-HOUR_BINS:]
        mentions, negatives = sum(b.mentions for b in recent), sum(b.negatives for b in recent)
        severity = self.events[-1].severity if self.events else "calm"
        last_hour = words.say(
            "last_hour_mentions",
            mentions=words.number(mentions),
            expected=words.number(sum(b.expected or 0.0 for b in recent), 1),
            share=words.percent(negatives / mentions) if mentions else "-",
        )
        figures = Table(show_header=False, box=None, pad_edge=False)
        figures.add_row(
            words.say("local_time"), Text(words.time(utc(self.minute * MINUTE_MS), self.config.zone), "bold")
        )
        figures.add_row(words.say("last_hour"), last_hour)
        figures.add_row(words.say("score"), words.number(recent[-1].score or 0, 1) if recent else "-")
        figures.add_row(words.say("incident"), Text(words.say(f"severity_{severity}"), STYLE[severity]))
        figures.add_row(words.say("spreading"), Text(", ".join(term for term, _ in self._terms()) or "-"))
        bars = _sparkline([bucket.mentions for bucket in self.buckets[-DAY_BINS:]])
        return Panel(
            Group(figures, Text.assemble("\n", (bars, "cyan"), "  ", (words.say("last_day"), "dim"))),
            title=Text(self.scenario.brand),
            width=118,
        )

    def _terms(self) -> list[tuple[str, int]]:
        watch = self.pipeline.watches.get(self.scenario.brand)
        return watch.spreading(self.minute) if watch else []


def _bins(scenario: Scenario) -> Iterator[tuple[int, list[Message]]]:
    """Cut a scenario's lines where event time, heartbeats included, is past a bin's end and its lateness."""
    messages: list[Message] = []
    end: int | None = None
    for offset, value in enumerate(scenario.mentions()):
        minute = (event_ms(value) or 0) // MINUTE_MS
        if end is None:
            end = (minute // BIN_MINUTES + 1) * BIN_MINUTES
        messages.append(Message(scenario.title, offset, value.rstrip()))
        if minute > end:
            yield end, messages
            messages, end = [], end + BIN_MINUTES
    if end is not None:
        yield end, messages


def _sparkline(values: list[int]) -> str:
    top = max(values, default=0) or 1
    return "".join(BARS[round((len(BARS) - 1) * value / top)] for value in values)


def _print_events(events: list[WatchEvent], config: Config, console: Console) -> None:
    for event in events:
        for line in event_lines(event, config):
            console.print(line)


def _print_leads(scenario: Scenario, events: list[IncidentEvent], config: Config, console: Console) -> None:
    """Print when each severity was first reached, how long before the public answer, and what is still open."""
    answer, words = scenario.answer, config.words
    console.print()
    for name in SEVERITIES[1:]:
        first = next((event for event in events if Severity.of(event.severity) >= Severity.of(name)), None)
        if first is None or first.severity != name:  # never reached, or skipped on the way to a worse one
            continue
        severity = words.say(f"severity_{name}")
        line = words.say("first", severity=severity, time=event_time(first, config))
        if answer:
            line += f", {_lead(answer.at - datetime.fromisoformat(first.at), words)}"
        text = Text(line)
        text.highlight_words([severity], STYLE[name])
        console.print(text)
    if answer:
        phrase = "answer_about" if answer.approximate else "answer"
        console.print(Text(words.say(phrase, time=words.time(answer.at, config.zone))))
    for incident in open_incidents(events):
        console.print(Text.assemble(f"{words.say('open')}: ", open_line(incident, config)))


def _lead(ahead: timedelta, words: Language) -> str:
    span = words.span(round(abs(ahead).total_seconds() / 60))
    return words.say("before_answer" if ahead > timedelta() else "after_answer", span=span)
