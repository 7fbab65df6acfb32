"""What is told above the panels: when badbuzz spoke up, what is documented, and how far the one was ahead."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes

from detectors.severity import Severity
from streams.picture.labels import Label, place
from streams.picture.style import INK
from streams.picture.time_axis import as_days
from streams.scenarios import Fact

MOST_LABELS = 8


def draw_labels(
    lanes: Axes,
    below: Sequence[Axes],
    events: Sequence[Mapping[str, Any]],
    times: Sequence[datetime],
    facts: Sequence[Fact],
    tz: ZoneInfo,
) -> None:
    """Label what opened or escalated the incident, and what is documented, with leaders through the axes below."""
    labels = [Label(as_days(at), text, severity) for at, text, severity in _rises(events, times, tz)]
    for fact in facts:
        at = fact.at.astimezone(tz)
        labels.append(Label(as_days(fact.at), f"{'≈ ' if fact.approximate else ''}{at:%H:%M} {fact.label}", None))
    place(lanes, below, labels)


def draw_lead(lanes: Axes, times: Sequence[datetime], facts: Sequence[Fact]) -> None:
    """Draw how long before the brand's first public answer the first alert came, if it did."""
    answer = next((fact for fact in facts if fact.answer), None)
    if answer is None or not times or times[0] >= answer.at:
        return
    left, right, y = as_days(times[0]), as_days(answer.at), 0.84
    lanes.annotate("", (right, y), (left, y), arrowprops={"arrowstyle": "<->", "color": INK, "linewidth": 1.2})
    text = f"first alert {_duration(answer.at - times[0])} before the public answer"
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    lanes.text((left + right) / 2, y, text, ha="center", va="center", fontsize=11, fontweight="bold", bbox=box)
    for x in (left, right):
        lanes.plot([x, x], [0, y + 0.04], color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=0)


def _rises(
    events: Sequence[Mapping[str, Any]], times: Sequence[datetime], tz: ZoneInfo
) -> list[tuple[datetime, str, str]]:
    """Choose the events that opened or escalated; the gravest and earliest where there are too many."""
    rises = []
    before = Severity.CALM
    for at, event in zip(times, events, strict=True):
        severity = Severity.of(str(event["severity"]))
        if severity > before:
            criteria = " + ".join(str(name).replace("_", " ") for name in event["criteria"])
            text = f"{at.astimezone(tz):%H:%M} {severity.label}" + (f": {criteria}" if criteria else "")
            rises.append((at, text, severity.label))
        before = severity
    rises.sort(key=lambda rise: (-Severity.of(rise[2]), rise[0]))
    return sorted(rises[:MOST_LABELS])


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
