"""The terminal: consoles, the progress bar, and events, summaries and tables as a person reads them."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from streams.response.desk_event import DeskEvent
from streams.watching.quotation import quotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from streams.kafka.topic_admin import TopicReport
    from streams.offline.backtest import Backtest
    from streams.offline.replay import OpenIncident
    from streams.offline.yardstick import Standing
    from streams.recordings.recording import Recording
    from streams.settings.config import Config
    from streams.watching.watch_event import WatchEvent

WIDTH = 160


def console(*, stderr: bool = False) -> Console:
    """Return a console on which a text is shown as it is: others' texts are never markup; words wrap on a terminal."""
    stream = sys.stderr if stderr else sys.stdout
    terminal = stream is not None and stream.isatty()
    # A file has no width: tables are cut at that of a wide terminal.
    width = None if terminal or "COLUMNS" in os.environ else WIDTH
    return Console(stderr=stderr, highlight=False, soft_wrap=not terminal, markup=False, emoji=False, width=width)


out = console()
err = console(stderr=True)

STYLE = {"calm": "green", "watch": "cyan", "warning": "yellow", "critical": "bold red"}
"""Colour of each severity; the word always stands beside it."""
DESK_STYLE = {"info": "blue", "warning": "magenta", "critical": "bold magenta"}
"""Colour of what concerns how the brand answers."""


def printable(text: str) -> str:
    r"""Return a text of others on one line, without characters that would steer the terminal.

    Examples
    --------
    >>> printable("a\x1b[31mred\nline")
    'a�[31mred�line'
    """
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def write_line(line: bytes) -> None:
    """Write one line to standard output and flush it."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def event_time(event: WatchEvent, config: Config) -> str:
    """Return the time of an event in the configured zone and language.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from streams.settings.config import Config
    >>> event_time(SimpleNamespace(at="2012-06-11T18:05:00Z"), Config(timezone="Europe/Paris"))
    'Mon 2012-06-11 20:05 CEST'
    """
    return config.words.time(datetime.fromisoformat(event.at), config.zone)


def event_lines(event: WatchEvent, config: Config) -> Iterator[Text]:
    """Yield the lines of an event."""
    if isinstance(event, DeskEvent):
        style = "dim" if event.state == "ends" else DESK_STYLE[event.severity]
        yield Text.assemble(f"{event_time(event, config)}  ", (event.summary, style))
        return
    words = config.words
    yield Text.assemble(f"{event_time(event, config)}  ", (event.summary, STYLE[event.severity]))
    if event.severity in {"warning", "critical"}:
        for quoted in quotations(event.brand, event.posts, config):
            phrase = "quotation" if quoted.reach else "quotation_no_reach"
            line = words.say(phrase, author=quoted.author, network=quoted.network, reach=quoted.reach, text=quoted.text)
            yield Text(f"    {line} {quoted.url}".rstrip(), "dim")


def open_line(incident: OpenIncident, config: Config) -> Text:
    """Return the line of an incident that is still open."""
    severity = config.words.say(f"severity_{incident.severity}")
    since = config.words.time(datetime.fromisoformat(incident.since), config.zone)
    line = config.words.say("open_incident", brand=incident.brand, severity=severity, since=since)
    return Text(line, STYLE[incident.severity])


def print_backtest(result: Backtest) -> None:
    """Print a backtest: one row for each documented incident, then the rates of false pages."""
    table = Table("incident", "class", "mentions", "watch", "warning", "critical", "criteria", box=None, pad_edge=False)
    for row in result.found:
        delays = ["-" if delay is None else f"{delay} min" for delay in (row.watch, row.warning, row.critical)]
        table.add_row(row.name, row.kind, f"{row.mentions:,}", *delays, ", ".join(row.criteria))
    out.print(table)
    out.print(
        f"{result.brand_weeks:,.1f} brand-weeks; false pages per brand-week: "
        f"{result.false_pages_per_brand_week:.3f} of any kind, "
        f"{result.false_warnings_per_brand_week:.3f} at warning or above"
    )
    for name, count in result.false_pages.items():
        out.print(f"  {name}: {count}")


def print_standings(rows: Iterable[Standing]) -> None:
    """Print badbuzz beside the rules of listening tools, with 95 % intervals over brands, and what each missed."""
    names = ("alerter", "found", "within 60 min", "median delay", "joy paged", "false pages a brand-week")
    table = Table(*names, box=None, pad_edge=False)
    for row in rows:
        low, high = row.found_interval
        table.add_row(
            row.name,
            f"{row.found} of {row.crises} ({low:.0%} to {high:.0%})",
            str(row.within_hour),
            "-" if row.median_delay is None else f"{row.median_delay} min",
            str(row.surges_paged),
            "{:.3f} ({:.3f} to {:.3f})".format(row.false_pages, *row.false_interval),
        )
    out.print(table)
    for row in rows:
        if row.missed:
            out.print(f"missed by {row.name}: {', '.join(row.missed)}", style="dim")


def print_topics(reports: Iterable[TopicReport]) -> None:
    """Print the topics, then their differences from the configuration."""
    table = Table("topic", "", "partitions", "copies", box=None, pad_edge=False)
    differences = []
    for report in reports:
        topic = report.topic
        state = "created" if report.created else "missing" if topic is None else "there"
        table.add_row(
            report.name, state, str(topic.partitions) if topic else "", str(topic.replication) if topic else ""
        )
        differences += report.differences
    out.print(table)
    for difference in differences:
        out.print(str(difference))


class ReadingProgress:
    """A progress bar on standard error, where that is a terminal.

    Parameters
    ----------
    source
        The source being read; its progress is in bytes.
    label
        Names the work, in one word.
    """

    def __init__(self, source: Recording, label: str = "replaying") -> None:
        self._source = source
        self._bar = Progress(
            TextColumn(label),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )

    def __enter__(self) -> Callable[[], None]:
        self._bar.start()
        task = self._bar.add_task("", total=self._source.progress().total or None)
        return lambda: self._bar.update(task, completed=self._source.progress().done)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
