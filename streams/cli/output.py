"""Incident events and a replay's summary as a person reads them in a terminal."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from streams.offline.replay import Summary
from streams.watching.incident_event import IncidentEvent

STYLE = {"calm": "green", "watch": "cyan", "warning": "yellow", "critical": "bold red"}
"""Colour of each severity; the word always stands beside it."""


def told_at(event: IncidentEvent, zone: ZoneInfo) -> str:
    """Give the time of an event, local and UTC.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> told_at(SimpleNamespace(at="2012-06-11T18:05:00Z"), ZoneInfo("Europe/Paris"))
    'Mon 2012-06-11 20:05 CEST (18:05 UTC)'
    """
    at = datetime.fromisoformat(event.at)
    local = at.astimezone(zone)
    if local.utcoffset() == at.utcoffset():
        return at.strftime("%a %Y-%m-%d %H:%M UTC")
    return f"{local:%a %Y-%m-%d %H:%M %Z} ({at:%H:%M} UTC)"


def event_lines(event: IncidentEvent, zone: ZoneInfo) -> Iterator[str]:
    """Give the lines that tell an event, in rich's markup."""
    style = STYLE[event.severity]
    yield f"{told_at(event, zone)}  [{style}]{escape(event.summary)}[/]"
    if event.severity in {"warning", "critical"}:
        for post in event.posts[:2]:
            who = f"@{post.author}" if post.author else post.network
            reach = f", reach {post.reach:,}" if post.reach else ""
            yield f"    [dim]{escape(who)}{reach}: {escape(post.text[:120])}[/]"


def summary_table(summary: Summary, seconds: float) -> Table:
    """Lay a replay's summary out as a table."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row(
        "read", f"{summary.messages:,} lines in {seconds:.1f} s ({summary.messages / max(seconds, 1e-9):,.0f} a second)"
    )
    table.add_row("mentions", f"{summary.mentions:,} of {summary.brands} brands, {summary.negatives:,} negative")
    table.add_row("left out", f"{summary.duplicates:,} duplicates, {summary.too_late:,} more than an hour late")
    if summary.late:
        table.add_row("late", f"{summary.late:,}, counted in the oldest open minute")
    if summary.dead_letters:
        told = ", ".join(f"{count:,} {reason}" for reason, count in summary.dead_letters.items())
        table.add_row("unreadable", told)
    told = ", ".join(f"[{STYLE[name]}]{count} {name}[/]" for name, count in summary.incidents.items())
    table.add_row("incidents", told)
    if summary.too_late > summary.mentions:
        table.add_row("", "[yellow]most mentions came too late: sort the file by created_at[/]")
    return table
