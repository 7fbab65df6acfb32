"""Annotations above the panels: incident events, documented instants, and the lead of the first alert."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes

from detectors.severity import Severity
from streams.event_time import duration
from streams.picture.labels import Label, place
from streams.picture.style import INK
from streams.picture.time_axis import as_days
from streams.scenarios import Fact

MAX_LABELS = 8


def draw_labels(
    lanes: Axes,
    below: Sequence[Axes],
    events: Sequence[Mapping[str, Any]],
    times: Sequence[datetime],
    facts: Sequence[Fact],
    tz: ZoneInfo,
) -> None:
    """Label each opening, each escalation and each documented instant, with leaders through the axes below."""
    labels = [Label(as_days(at), text, severity) for at, text, severity in _escalations(events, times, tz)]
    for fact in facts:
        at = fact.at.astimezone(tz)
        labels.append(Label(as_days(fact.at), f"{'≈ ' if fact.approximate else ''}{at:%H:%M} {fact.label}", None))
    place(lanes, below, labels)


def draw_lead(lanes: Axes, times: Sequence[datetime], facts: Sequence[Fact]) -> None:
    """Draw the time from the first alert to the brand's first public answer, where the alert came first."""
    answer = next((fact for fact in facts if fact.answer), None)
    if answer is None or not times or times[0] >= answer.at:
        return
    left, right, y = as_days(times[0]), as_days(answer.at), 0.84
    lanes.annotate("", (right, y), (left, y), arrowprops={"arrowstyle": "<->", "color": INK, "linewidth": 1.2})
    lead = (answer.at - times[0]) // timedelta(minutes=1)
    text = f"first alert {duration(lead)} before the public answer"
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    lanes.text((left + right) / 2, y, text, ha="center", va="center", fontsize=11, fontweight="bold", bbox=box)
    for x in (left, right):
        lanes.plot([x, x], [0, y + 0.04], color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=0)


def _escalations(
    events: Sequence[Mapping[str, Any]], times: Sequence[datetime], tz: ZoneInfo
) -> list[tuple[datetime, str, str]]:
    """Choose the events that opened or escalated; the most severe and earliest where there are too many."""
    escalations = []
    before = Severity.CALM
    for at, event in zip(times, events, strict=True):
        severity = Severity.of(str(event["severity"]))
        if severity > before:
            criteria = " + ".join(str(name).replace("_", " ") for name in event["criteria"])
            text = f"{at.astimezone(tz):%H:%M} {severity.label}" + (f": {criteria}" if criteria else "")
            escalations.append((at, text, severity.label))
        before = severity
    escalations.sort(key=lambda escalation: (-Severity.of(escalation[2]), escalation[0]))
    return sorted(escalations[:MAX_LABELS])
