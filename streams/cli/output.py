"""The terminal: consoles, the progress bar, and events, summaries and tables as a person reads them."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from streams.response.desk_event import DeskEvent
from streams.watching.quotation import quotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from streams.kafka.topic_admin import TopicReport
    from streams.offline.backtest import Backtest
    from streams.offline.replay import OpenIncident, Summary
    from streams.recordings.recording import Recording
    from streams.settings.config import Config
    from streams.watching.watch_event import WatchEvent

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

STYLE = {"calm": "green", "watch": "cyan", "warning": "yellow", "critical": "bold red"}
"""Colour of each severity; the word always stands beside it."""
DESK_STYLE = {"info": "blue", "warning": "magenta", "critical": "bold magenta"}
"""Colour of what concerns how the brand answers."""


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


def event_lines(event: WatchEvent, config: Config) -> Iterator[str]:
    """Yield the lines of an event, in rich's markup."""
    if isinstance(event, DeskEvent):
        style = "dim" if event.state == "ends" else DESK_STYLE[event.severity]
        yield f"{event_time(event, config)}  [{style}]{escape(event.summary)}[/]"
        return
    style, words = STYLE[event.severity], config.words
    yield f"{event_time(event, config)}  [{style}]{escape(event.summary)}[/]"
    if event.severity in {"warning", "critical"}:
        for quoted in quotations(event.brand, event.posts, config):
            phrase = "quotation" if quoted.reach else "quotation_no_reach"
            line = words.say(phrase, author=quoted.author, network=quoted.network, reach=quoted.reach, text=quoted.text)
            yield f"    [dim]{escape(f'{line} {quoted.url}'.rstrip())}[/]"


def summary_table(summary: Summary, seconds: float, config: Config) -> Table:
    """Return a replay's summary as a table."""
    words = config.words
    say, number = words.say, words.number
    table = Table(show_header=False, box=None, pad_edge=False)
    rate = number(summary.messages / max(seconds, 1e-9))
    lines = say("read_lines", lines=number(summary.messages), seconds=number(seconds, 1), rate=rate)
    table.add_row(say("read"), lines)
    mentions, negatives = number(summary.mentions), number(summary.negatives)
    counted = say("counted_mentions", mentions=mentions, brands=number(summary.brands), negatives=negatives)
    table.add_row(say("counted"), counted)
    duplicates, too_late = number(summary.duplicates), number(summary.too_late)
    table.add_row(say("left_out"), say("left_out_mentions", duplicates=duplicates, too_late=too_late))
    if summary.late:
        table.add_row(say("late"), say("late_mentions", late=number(summary.late)))
    if summary.dead_letters:
        reasons = ", ".join(f"{number(count)} {reason}" for reason, count in summary.dead_letters.items())
        table.add_row(say("unreadable"), reasons)
    severities = (f"[{STYLE[name]}]{count} {say(f'severity_{name}')}[/]" for name, count in summary.incidents.items())
    table.add_row(say("incidents"), ", ".join(severities))
    for number_of, incident in enumerate(summary.open):
        table.add_row("" if number_of else say("open"), open_line(incident, config))
    if summary.too_late > summary.mentions:
        table.add_row("", f"[yellow]{say('unsorted')}[/]")
    return table


def open_line(incident: OpenIncident, config: Config) -> str:
    """Return the line of an incident that is still open, in rich's markup."""
    severity = config.words.say(f"severity_{incident.severity}")
    since = config.words.time(datetime.fromisoformat(incident.since), config.zone)
    line = config.words.say("open_incident", brand=incident.brand, severity=severity, since=since)
    return f"[{STYLE[incident.severity]}]{escape(line)}[/]"


def print_backtest(result: Backtest) -> None:
    """Print a backtest: one row for each documented incident, then the rates of false pages."""
    table = Table("incident", "class", "mentions", "watch", "warning", "critical", "criteria", box=None, pad_edge=False)
    for row in result.found:
        delays = ["-" if delay is None else f"{delay} min" for delay in (row.watch, row.warning, row.critical)]
        table.add_row(escape(row.name), row.kind, f"{row.mentions:,}", *delays, ", ".join(row.criteria))
    out.print(table)
    out.print(
        f"{result.brand_weeks:,.1f} brand-weeks; false pages per brand-week: "
        f"{result.false_pages_per_brand_week:.3f} of any kind, "
        f"{result.false_warnings_per_brand_week:.3f} at warning or above"
    )
    for name, count in result.false_pages.items():
        out.print(f"  {name}: {count}")


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
        out.print(str(difference), markup=False)


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
