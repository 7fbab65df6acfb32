"""The terminal: consoles, the progress bar, and events, summaries and tables as a person reads them."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from zoneinfo import ZoneInfo

    from streams.kafka.topic_admin import TopicReport
    from streams.offline.backtest import Backtest
    from streams.offline.replay import Summary
    from streams.sources.base import Source
    from streams.watching.incident_event import IncidentEvent

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

STYLE = {"calm": "green", "watch": "cyan", "warning": "yellow", "critical": "bold red"}
"""Colour of each severity; the word always stands beside it."""


def write_line(line: bytes) -> None:
    """Write one line to standard output and flush it."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def local_and_utc(event: IncidentEvent, zone: ZoneInfo) -> str:
    """Return the time of an event, local and UTC.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from zoneinfo import ZoneInfo
    >>> local_and_utc(SimpleNamespace(at="2012-06-11T18:05:00Z"), ZoneInfo("Europe/Paris"))
    'Mon 2012-06-11 20:05 CEST (18:05 UTC)'
    """
    at = datetime.fromisoformat(event.at)
    local = at.astimezone(zone)
    if local.utcoffset() == at.utcoffset():
        return at.strftime("%a %Y-%m-%d %H:%M UTC")
    return f"{local:%a %Y-%m-%d %H:%M %Z} ({at:%H:%M} UTC)"


def event_lines(event: IncidentEvent, zone: ZoneInfo) -> Iterator[str]:
    """Yield the lines of an incident event, in rich's markup."""
    style = STYLE[event.severity]
    yield f"{local_and_utc(event, zone)}  [{style}]{escape(event.summary)}[/]"
    if event.severity in {"warning", "critical"}:
        for post in event.posts[:2]:
            who = f"@{post.author}" if post.author else post.network
            reach = f", reach {post.reach:,}" if post.reach else ""
            yield f"    [dim]{escape(who)}{reach}: {escape(post.text[:120])}[/]"


def summary_table(summary: Summary, seconds: float) -> Table:
    """Return a replay's summary as a table."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row(
        "read", f"{summary.messages:,} lines in {seconds:.1f} s ({summary.messages / max(seconds, 1e-9):,.0f} a second)"
    )
    table.add_row("mentions", f"{summary.mentions:,} of {summary.brands} brands, {summary.negatives:,} negative")
    table.add_row("left out", f"{summary.duplicates:,} duplicates, {summary.too_late:,} more than an hour late")
    if summary.late:
        table.add_row("late", f"{summary.late:,}, counted in the minute they were made in")
    if summary.dead_letters:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in summary.dead_letters.items())
        table.add_row("unreadable", reasons)
    severities = ", ".join(f"[{STYLE[name]}]{count} {name}[/]" for name, count in summary.incidents.items())
    table.add_row("incidents", severities)
    if summary.too_late > summary.mentions:
        table.add_row("", "[yellow]most mentions came too late: sort the file by created_at[/]")
    return table


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

    def __init__(self, source: Source, label: str = "replaying") -> None:
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
