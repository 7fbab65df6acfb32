"""Coordination: a flood of copies keeps a brand's severity low, for hours after it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detectors.criteria.fresh_voices import COPIES, VOICES
from detectors.criteria.surge import HOUR, NEVER

if TYPE_CHECKING:
    from detectors.criteria.copies import Copies
    from detectors.statistics.counts import RecentCounts

__all__ = ["Coordination"]

WINDOW = 6 * HOUR


class Coordination:
    """Tell whether a brand is under a coordinated flood, and learn its usual copies hour by hour.

    Parameters
    ----------
    copies
        The brand's copies.
    hours
        Hours for which a flood is remembered.

    Examples
    --------
    >>> from detectors.criteria.copies import Copies
    >>> from detectors.statistics.counts import RecentCounts
    >>> recent, coordination = RecentCounts(fields=4, horizon=1500), Coordination(Copies(), hours=24)
    >>> recent.add(100, (10, 10, 30, 40))
    >>> coordination.holds(101, recent), coordination.until
    (True, 1541)
    """

    __slots__ = ("copies", "hour", "hours", "until")

    def __init__(self, copies: Copies, hours: int) -> None:
        self.copies = copies
        self.hours = hours
        self.hour = NEVER
        self.until = NEVER

    def holds(self, end: int, recent: RecentCounts) -> bool:
        """Return whether it holds before minute `end`, which is later than any asked before."""
        start = end - WINDOW
        copies = recent.total(COPIES, start, end)
        if copies >= self.copies.least and self.copies.flooded(copies, recent.total(VOICES, start, end)):
            self.until = end + self.hours * HOUR
        return end < self.until

    def roll(self, hour: int, recent: RecentCounts, *, calm: bool) -> None:
        """Close the hour heard last; it is usual unless it was flooded or there is an incident."""
        if self.hour != NEVER:
            start = self.hour * HOUR
            fresh, _, copies, voices = recent.totals(start, start + HOUR)[:4]
            if start >= self.until and calm:
                self.copies.learn(copies, fresh, voices, hour - self.hour)
        self.hour = hour

    def state(self) -> list[Any]:
        """Return what was learned, as plain numbers."""
        return [self.copies.copies, self.copies.fresh, self.copies.voices, self.hour, self.until]

    def restore(self, state: list[Any]) -> None:
        """Take back what `state` gave."""
        copies = self.copies
        copies.copies, copies.fresh, copies.voices, self.hour, self.until = state
