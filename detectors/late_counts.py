"""Counts of late mentions, attributed to the minutes in which these were made."""

from collections.abc import Iterable
from typing import Any

from detectors.fresh_voices import FreshCounts

__all__ = ["LateCounts"]


class LateCounts:
    """Remember, for a day, which counts of a closed minute came later, and in which minute.

    A minute's row in a store never changes: late counts are in the row of the minute in which they came.

    Parameters
    ----------
    horizon
        Minutes for which they are remembered.

    Examples
    --------
    >>> late = LateCounts(horizon=1500)
    >>> late.add(100, 40, FreshCounts(3, 1, 0, 3))
    >>> late.of(40), late.row(100)
    ([3, 1, 0, 3, 0, 0, 0], [[40, 3, 1, 0, 3, 0, 0, 0]])
    """

    __slots__ = ("_rows", "horizon")

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self._rows: dict[int, list[list[int]]] = {}

    def add(self, came: int, made: int, counts: Iterable[int]) -> None:
        """Add the counts of a minute that came in another, later than those before."""
        if came not in self._rows:
            while self._rows and (first := next(iter(self._rows))) < came - self.horizon:
                del self._rows[first]
        self._rows.setdefault(came, []).append([made, *counts])

    def of(self, made: int) -> list[int]:
        """Return the sum of what came later of a minute."""
        total = [0] * len(FreshCounts._fields)
        for rows in self._rows.values():
            for minute, *counts in rows:
                if minute == made:
                    total = [a + b for a, b in zip(total, counts, strict=True)]
        return total

    def row(self, came: int) -> list[Any]:
        """Return what came in a minute: lists of the minute it was made in and its counts."""
        return self._rows.get(came, [])
