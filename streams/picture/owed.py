"""What the brand owed, drawn as bars from when it was due to when it was given."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from matplotlib.axes import Axes

from streams.picture.style import SEVERITY_COLOURS
from streams.picture.time_axis import as_days

OWED = {
    "holding_due": "first word",
    "update_due": "update",
    "leader_due": "leader",
    "complaints_waiting": "replies",
    "promise_broken": "promises",
}
"""Signals of something that is due, and what it is."""
_COLOURS = SEVERITY_COLOURS | {"info": SEVERITY_COLOURS["watch"]}


def owed_rows(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the signals of something due that are in desk events, in the order of `OWED`.

    Examples
    --------
    >>> owed_rows([{"signal": "update_due", "state": "begins"}, {"signal": "canned", "state": "begins"}])
    ['update_due']
    """
    begun = {event["signal"] for event in events if event["state"] == "begins"}
    return [signal for signal in OWED if signal in begun]


def draw_owed(axes: Axes, events: Sequence[Mapping[str, Any]], begin: datetime, end: datetime) -> None:
    """Draw a bar for each signal of something due while it held, in the colour of its severity."""
    rows = owed_rows(events)
    for place, signal in enumerate(rows):
        changes = [event for event in events if event["signal"] == signal]
        for number, event in enumerate(changes):
            if event["state"] != "begins":
                continue
            start = max(begin, datetime.fromisoformat(event["at"]))
            stop = datetime.fromisoformat(changes[number + 1]["at"]) if number + 1 < len(changes) else end
            left, right = as_days(start), as_days(min(stop, end))
            axes.barh(place, right - left, left=left, height=0.7, color=_COLOURS[event["severity"]], linewidth=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [OWED[signal] for signal in rows], fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel("owed", fontsize=10)
