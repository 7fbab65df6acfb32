"""Coverage of a brand's feed: which silent hours somebody looked at, and which ones are a coverage gap."""

from itertools import pairwise
from typing import Any

from detectors.minutes import DAY_MINUTES, HOUR_MINUTES, NEVER

__all__ = ["Coverage"]

_DAY_HOURS = DAY_MINUTES // HOUR_MINUTES


class Coverage:
    """Tell a quiet brand from a coverage gap, hour by hour of event time.

    Where the sources of a brand sent heartbeats in the day before a silence or in it, an hour of it without one is a
    gap. Where they sent none, a silence is a gap if chance does not explain it, its first day left out: every rhythm of
    a day fits in there, and a brand that fell quiet for good is still learned, by and by.

    Parameters
    ----------
    memory
        Hours for which heartbeats are remembered, beyond which nothing would be left of what they say.
    least_score
        -log10 of the chance of a silence from which on it is a gap.

    Attributes
    ----------
    resumed
        Hour in which the feed came back from its last gap.

    Examples
    --------
    >>> coverage = Coverage()
    >>> for hour in (100, 101, 104):
    ...     coverage.cover(hour)
    >>> coverage.assess(101, 106, score=0.0)
    >>> coverage.gap_end(102), coverage.next_gap(104, 106), coverage.gap_hours(101, 106)
    (104, 105, 3)
    """

    __slots__ = ("_bits", "_gaps", "_newest", "least_score", "memory", "resumed")

    def __init__(self, *, memory: int = 60 * _DAY_HOURS, least_score: float = 9.0) -> None:
        self.memory = memory
        self.least_score = least_score
        self.resumed = NEVER
        # Bit i: a source's heartbeat was seen i hours before the newest one.
        self._bits = 0
        self._newest = NEVER
        # Gaps of the silence assessed last, oldest first.
        self._gaps: list[tuple[int, int]] = []

    def cover(self, hour: int) -> None:
        """Register a source's heartbeat in an hour; their order does not matter."""
        if not self._bits:
            self._newest, self._bits = hour, 1
        elif hour > self._newest:
            retained = max(0, self.memory - (hour - self._newest))
            self._bits = (self._bits & ((1 << retained) - 1)) << (hour - self._newest) | 1 if retained else 1
            self._newest = hour
        elif self._newest - hour < self.memory:
            self._bits |= 1 << (self._newest - hour)

    def _covered(self, hour: int) -> bool:
        return 0 <= self._newest - hour < self.memory and bool(self._bits >> (self._newest - hour) & 1)

    def assess(self, first: int, end: int, *, score: float) -> None:
        """Find the gaps in a silence from hour `first` to before hour `end`.

        Parameters
        ----------
        first, end
            There were mentions in the hour before `first`, and there are in `end`.
        score
            -log10 of the chance of so long a silence.
        """
        self._gaps = []
        oldest = max(first - _DAY_HOURS, self._newest - self.memory)
        covered = [hour for hour in range(oldest, min(end, self._newest + 1)) if self._covered(hour)]
        if covered:
            edges = [first - 1, *(hour for hour in covered if hour >= first), end]
            self._gaps = [(a + 1, b) for a, b in pairwise(edges) if a + 1 < b]
        elif end - first > _DAY_HOURS and score >= self.least_score:
            self._gaps = [(first + _DAY_HOURS, end)]

    def gap_end(self, hour: int) -> int:
        """Return where the gap that holds an hour ends; the hour itself where it is in none."""
        return next((end for start, end in self._gaps if start <= hour < end), hour)

    def next_gap(self, hour: int, end: int) -> int:
        """Return where the first gap after an hour starts, at most `end`."""
        return next((start for start, _ in self._gaps if hour < start < end), end)

    def gap_hours(self, first: int, end: int) -> int:
        """Return how many of the hours from `first` to before `end` are in a gap."""
        return sum(max(0, min(stop, end) - max(start, first)) for start, stop in self._gaps)

    def state(self) -> list[Any]:
        """Return what was registered, as plain numbers and a string of at most `memory` / 4 characters."""
        return [self._newest, f"{self._bits:x}", self.resumed]

    def restore(self, state: list[Any]) -> None:
        """Restore what `state` returned."""
        self._newest, bits, self.resumed = state
        self._bits = int(bits, 16)
