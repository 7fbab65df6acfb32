"""Local hours: the hour of the day that people live by, from transitions worked out before."""

from bisect import bisect_right
from collections.abc import Sequence

__all__ = ["UTC_HOURS", "LocalHours"]

_NEVER_AGAIN = 10**9


class LocalHours:
    """Offset of a time zone in whole hours, as a pure function of event time.

    Parameters
    ----------
    changes
        Hours since the epoch at which the clocks change, ascending.
    offsets
        Hours ahead of UTC before the first change and after each.

    Examples
    --------
    >>> paris = LocalHours([475_153, 480_193], [1, 2, 1])
    >>> paris.offset(475_152), paris.offset(475_153), paris.next_change(475_153)
    (1, 2, 480193)
    """

    __slots__ = ("_changes", "_offsets")

    def __init__(self, changes: Sequence[int] = (), offsets: Sequence[int] = (0,)) -> None:
        self._changes = tuple(changes)
        self._offsets = tuple(offsets)

    def offset(self, hour: int) -> int:
        """Return how many hours local time is ahead of UTC in an hour since the epoch."""
        return self._offsets[bisect_right(self._changes, hour)]

    def next_change(self, hour: int) -> int:
        """Return the first hour after `hour` at which the clocks change."""
        at = bisect_right(self._changes, hour)
        return self._changes[at] if at < len(self._changes) else _NEVER_AGAIN


UTC_HOURS = LocalHours()
