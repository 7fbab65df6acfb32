"""`badbuzz demo`: a reconstructed incident, live in the terminal, and what badbuzz would have said when."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from detectors.severity import SEVERITIES
from streams.cli.output import STYLE, event_lines, told_at
from streams.event_time import MINUTE_MS, utc
from streams.mentions.message import Message, event_ms
from streams.picture import PictureBucket, draw
from streams.pipeline import Pipeline
from streams.scenarios import Scenario, load_scenario
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent

BIN = 15
BARS = " ▁▂▃▄▅▆▇█"
QUIET_SHARE = 0.25


def run_demo(
    name: str, picture: Path, seconds: float, config: Config, model: TextModel, console: Console
) -> list[IncidentEvent]:
    """Play a scenario through the in-process pipeline and show it.

    Parameters
    ----------
    name
        A shipped scenario, or the path of a scenario file.
    picture
        Where to draw it, `.png` or `.svg`.
    seconds
        How long to take in a terminal; elsewhere, and with 0, nothing waits.
    config
        Configuration; the scenario's zone is used for local times.
    model
        Scores texts.
    console
        Where to show it.
    """
    scenario = load_scenario(name)
    player = _Player(scenario, Pipeline(msgspec.structs.replace(config, timezone=str(scenario.zone)), model))
    console.print(f"[bold]{escape(scenario.title)}[/]\n[dim]{escape(scenario.reconstruction)}[/]\n")
    if console.is_terminal:
        with Live(console=console, refresh_per_second=12) as live:
            for told in player.play(seconds):
                for event in told:
                    for line in event_lines(event, scenario.zone):
                        live.console.print(line)
                live.update(player.screen())
    else:
        for told in player.play(0):
            for event in told:
                for line in event_lines(event, scenario.zone):
                    console.print(line)
    _conclude(scenario, player, console)
    draw(
        picture,
        title=scenario.title,
        buckets=player.buckets,
        events=[msgspec.to_builtins(event) for event in player.events],
        facts=scenario.facts,
        tz=scenario.zone,
        note=scenario.reconstruction,
        bucket_minutes=BIN,
    )
    console.print(f"\nA picture of the whole: [bold]{escape(str(picture))}[/]")
    return player.events


class _Player:
    """Play a scenario in steps of `BIN` minutes of event time, and keep what the screen and the picture show."""

    def __init__(self, scenario: Scenario, pipeline: Pipeline) -> None:
        self.scenario = scenario
        self.pipeline = pipeline
        self.events: list[IncidentEvent] = []
        self.buckets: list[PictureBucket] = []
        self.now = 0

    def play(self, seconds: float) -> Iterator[list[IncidentEvent]]:
        """Give what was told in each step."""
        start = self.scenario.start
        first_fact = self.scenario.facts[0].at if self.scenario.facts else start
        incident_from = int((first_fact - timedelta(hours=6)).timestamp()) // 60
        quiet = max(1, (incident_from - int(start.timestamp()) // 60) // BIN)
        loud = max(1, (int(self.scenario.end.timestamp()) // 60 - incident_from) // BIN)
        for minute, lines in _bins(self.scenario):
            self.now = minute
            told = self.pipeline.run(lines)
            self._measure(minute)
            self.events += told
            yield told
            time.sleep(seconds * (QUIET_SHARE / quiet if minute < incident_from else (1 - QUIET_SHARE) / loud))
        told = self.pipeline.finish()
        self.events += told
        yield told

    def _measure(self, minute: int) -> None:
        watch = self.pipeline.watches.get(self.scenario.brand)
        if watch is None or watch.opened is None:
            return
        # The newest bin that is wholly closed: the lateness is a minute.
        start = minute - BIN
        window = watch.recent.window(start, minute)
        seen = watch.readings(minute)
        self.buckets.append(
            PictureBucket(
                utc(start * MINUTE_MS),
                sum(mentions for mentions, _ in window.networks.values()),
                sum(negatives for _, negatives in window.networks.values()),
                watch.expected(start, minute),
                max(seen.volume.score, seen.negatives.score),
            )
        )

    def screen(self) -> Panel:
        """Draw the state of things."""
        zone = self.scenario.zone
        recent = self.buckets[-4:]
        mentions, negatives = sum(b.mentions for b in recent), sum(b.negatives for b in recent)
        expected = sum(b.expected or 0.0 for b in recent)
        share = f"{negatives / mentions:.0%}" if mentions else "-"
        last = self.events[-1] if self.events else None
        severity = last.severity if last else "calm"
        figures = Table(show_header=False, box=None, pad_edge=False)
        figures.add_row("local time", f"[bold]{datetime.fromtimestamp(self.now * 60, zone):%A %d %B %Y, %H:%M}[/]")
        figures.add_row("last hour", f"{mentions:,} mentions, {expected:,.1f} expected; {share} negative")
        figures.add_row("score", f"{recent[-1].score or 0:.1f}" if recent else "-")
        figures.add_row("incident", f"[{STYLE[severity]}]{severity}[/]")
        figures.add_row("spreading", escape(", ".join(term for term, _ in self._terms())) or "-")
        bars = _sparkline([bucket.mentions for bucket in self.buckets[-96:]])
        return Panel(
            Group(figures, f"\n[cyan]{bars}[/]  [dim]mentions, 24 h[/]"), title=escape(self.scenario.brand), width=118
        )

    def _terms(self) -> list[tuple[str, int]]:
        watch = self.pipeline.watches.get(self.scenario.brand)
        return watch.spreading(self.now) if watch else []


def _bins(scenario: Scenario) -> Iterator[tuple[int, list[Message]]]:
    """Cut a scenario's lines where event time, heartbeats included, enters the next bin and its lateness has passed."""
    lines: list[Message] = []
    due: int | None = None
    for offset, value in enumerate(scenario.mentions()):
        minute = (event_ms(value) or 0) // MINUTE_MS
        if due is None:
            due = (minute // BIN + 1) * BIN
        lines.append(Message(scenario.title, offset, value.rstrip()))
        if minute > due:
            yield due, lines
            lines, due = [], due + BIN
    if due is not None:
        yield due, lines


def _sparkline(values: list[int]) -> str:
    top = max(values, default=0) or 1
    return "".join(BARS[round((len(BARS) - 1) * value / top)] for value in values)


def _conclude(scenario: Scenario, player: _Player, console: Console) -> None:
    answer = scenario.answer
    console.print()
    for name in SEVERITIES[1:]:
        first = next((event for event in player.events if event.severity == name), None)
        if first is None:
            continue
        line = f"first [{STYLE[name]}]{name}[/]: {told_at(first, scenario.zone)}"
        if answer:
            ahead = answer.at - datetime.fromisoformat(first.at)
            line += f", {_hours(ahead)} the company's public answer"
        console.print(line)
    if answer:
        local = answer.at.astimezone(scenario.zone)
        about = "about " if answer.approximate else ""
        console.print(
            f"the company's public answer: {about}{local:%a %Y-%m-%d %H:%M %Z} ({answer.at.astimezone(UTC):%H:%M} UTC)"
        )


def _hours(ahead: timedelta) -> str:
    minutes = round(abs(ahead).total_seconds() / 60)
    length = f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
    return f"{length} {'before' if ahead > timedelta() else 'after'}"
