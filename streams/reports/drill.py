"""The figures of a drill: how long until somebody had it, until the holding answer, and until posts were held."""

from typing import NamedTuple

import msgspec

from streams.desk_log.action import DeskAction, instant_ms
from streams.event_time import MINUTE_MS, rfc3339_ms
from streams.reports.history import History

STEPS = ("acknowledge", "statement", "hold")
"""What people are measured by: the kinds of their actions."""


class DrillStep(NamedTuple):
    """One step: the kind of its action, minutes since the first alert (None: never), and by whom."""

    kind: str
    minutes: float | None
    who: str = ""


class DrillClock(NamedTuple):
    """The clock of a drill: the event time of each moment of the wall clock.

    Parameters
    ----------
    wall_ms, event_ms
        A moment by both, in milliseconds since the epoch.
    speed
        Times event time.

    Examples
    --------
    >>> DrillClock(wall_ms=1_000, event_ms=500, speed=10).event(1_100)
    1500
    """

    wall_ms: int
    event_ms: int
    speed: float = 1.0

    def event(self, wall_ms: int) -> int:
        """Return the event time of a moment."""
        return self.event_ms + round((wall_ms - self.wall_ms) * self.speed)

    def wall(self, event_ms: int) -> float:
        """Return the moment of an event time, in seconds since the epoch."""
        return (self.wall_ms + (event_ms - self.event_ms) / self.speed) / 1000

    def corrected(self, action: DeskAction) -> DeskAction:
        """Return an action at its event time."""
        return msgspec.structs.replace(action, at=rfc3339_ms(self.event(action.at_ms)))


def drill_steps(history: History) -> list[DrillStep]:
    """Return the steps of a drill.

    Parameters
    ----------
    history
        Its actions at their event times.
    """
    alerted_ms = instant_ms(history.first.at)
    found = []
    for kind in STEPS:
        done = next(iter(history.desk.of_kind(kind)), None)
        if done is None:
            found.append(DrillStep(kind, None))
        else:
            found.append(DrillStep(kind, round((done.at_ms - alerted_ms) / MINUTE_MS, 1), done.who))
    return found
