"""The aftermath of an incident: for some days only more than it reached opens another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detectors.criteria.surge import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detectors.criteria.surge import Reading
    from detectors.statistics.counts import RecentCounts

__all__ = ["Aftermath"]


class Aftermath:
    """Remember the most that an incident reached in each window.

    Parameters
    ----------
    hours
        Hours after its end for which it is remembered.

    Attributes
    ----------
    peaks
        The most seen, by field of the counts and minutes of the window; empty where no incident is remembered.

    Examples
    --------
    >>> from detectors.criteria.surge import Reading
    >>> from detectors.statistics.counts import RecentCounts
    >>> recent, aftermath = RecentCounts(fields=1, horizon=1500), Aftermath(hours=72)
    >>> recent.add(100, (25,))
    >>> aftermath.reach(101, recent, [(0, (60,))])
    >>> [aftermath.exceeded(0, Reading(9.0, 60, people, 1.0)) for people in (30, 31)]
    [False, True]
    """

    __slots__ = ("hours", "peaks")

    def __init__(self, hours: int) -> None:
        self.hours = hours
        self.peaks: dict[tuple[int, int], int] = {}

    def exceeded(self, field: int, reading: Reading) -> bool:
        """Return whether a reading exceeds, beyond chance, what was reached in the same window."""
        if not self.peaks:
            return True
        peak = self.peaks.get((field, reading.window), 0)
        return reading.observed > peak + math.sqrt(peak)

    def reach(self, end: int, recent: RecentCounts, windows: Iterable[tuple[int, tuple[int, ...]]]) -> None:
        """Take in what an open incident has reached before minute `end`, in the windows of each field."""
        for field, spans in windows:
            for span in spans:
                seen = recent.total(field, end - span, end)
                if seen > self.peaks.get((field, span), 0):
                    self.peaks[field, span] = seen

    def expire(self, minutes: int) -> None:
        """Forget an incident that closed so many minutes ago, if that is long enough."""
        if minutes > self.hours * HOUR:
            self.peaks.clear()

    def state(self) -> list[list[int]]:
        """Return what was reached, as plain numbers."""
        return [[field, span, seen] for (field, span), seen in self.peaks.items()]

    def restore(self, state: Iterable[Iterable[int]]) -> None:
        """Take back what `state` gave."""
        self.peaks = {(field, span): seen for field, span, seen in state}
