"""The aftermath of an incident: for some days only more than its peak opens another."""

import math
from collections.abc import Iterable

from detectors.anomaly.reading import Reading
from detectors.minutes import HOUR_MINUTES
from detectors.statistics.counts import RecentCounts

__all__ = ["Aftermath"]


class Aftermath:
    """Remember the peak of an incident in each window.

    Parameters
    ----------
    hours
        Hours after its end for which it is remembered.

    Attributes
    ----------
    peaks
        Highest count, by field of the counts and minutes of the window; empty where no incident is remembered.

    Examples
    --------
    >>> recent, aftermath = RecentCounts(fields=1, horizon=1500), Aftermath(hours=72)
    >>> recent.add(100, (25,))
    >>> aftermath.record(101, recent, [(0, 60)])
    >>> [aftermath.exceeded([(0, 60)], Reading(9.0, 60, people, 1.0)) for people in (30, 31)]
    [False, True]
    """

    __slots__ = ("hours", "peaks")

    def __init__(self, hours: int) -> None:
        self.hours = hours
        self.peaks: dict[tuple[int, int], int] = {}

    def exceeded(self, windows: Iterable[tuple[int, int]], reading: Reading) -> bool:
        """Return whether a reading exceeds, beyond chance, the peak in the same one of its criterion's windows."""
        if not self.peaks:
            return True
        peak = max([self.peaks.get(window, 0) for window in windows if window[1] == reading.window], default=0)
        return reading.observed > peak + math.sqrt(peak)

    def record(self, end: int, recent: RecentCounts, windows: Iterable[tuple[int, int]]) -> None:
        """Raise the peaks of an open incident to the counts before minute `end`, in each window's field and span."""
        peaks = self.peaks
        for window in windows:
            field, span = window
            count = recent.total(field, end - span, end)
            if count > peaks.get(window, 0):
                peaks[window] = count

    def expire(self, minutes: int) -> None:
        """Forget an incident that closed `minutes` ago, if that is long enough."""
        if minutes > self.hours * HOUR_MINUTES:
            self.peaks.clear()

    def state(self) -> list[list[int]]:
        """Return the peaks as plain numbers."""
        return [[field, span, count] for (field, span), count in self.peaks.items()]

    def restore(self, state: Iterable[Iterable[int]]) -> None:
        """Restore what `state` returned."""
        self.peaks = {(field, span): count for field, span, count in state}
