"""Day profile of a series of counts: the usual count at each half hour of the day."""

from math import exp

from detectors.statistics.local_hours import UTC_HOURS, LocalHours

DAY_S = 86_400.0
_HOUR_S = 3600


class DayProfile:
    """Learn the usual count of a row at each half hour of the local day, decayed and shrunk to the overall mean.

    Parameters
    ----------
    memory
        Time constant of the decay, seconds.
    local_hours
        The clock that it follows.

    Examples
    --------
    >>> profile = DayProfile()
    >>> for hour in range(24 * 7):
    ...     profile.learn(hour * 3600.0, 100.0 if hour % 24 == 9 else 0.0)
    >>> profile.expected(24 * 7 * 3600.0 + 9 * 3600.0) > 40, profile.expected(24 * 7 * 3600.0) < 5
    (True, True)

    """

    BINS = 48
    # Rows at the overall mean that each half hour starts with.
    PRIOR = 6.0

    def __init__(self, memory: float = 14 * DAY_S, local_hours: LocalHours = UTC_HOURS) -> None:
        self.memory = memory
        self.local_hours = local_hours
        self._total = [0.0] * (self.BINS + 1)
        self._rows = [0.0] * (self.BINS + 1)
        self._seen = [float("-inf")] * (self.BINS + 1)

    def _slot(self, t: float) -> int:
        t += _HOUR_S * self.local_hours.offset(int(t // _HOUR_S))
        return int(t % DAY_S * self.BINS / DAY_S) % self.BINS

    def expected(self, t: float) -> float:
        """Return the count a row at `t` usually has."""
        slot = self._slot(t)
        overall = (self._total[-1] + 1.0) / (self._rows[-1] + 1.0)
        fade = exp((self._seen[slot] - t) / self.memory)
        return (self._total[slot] * fade + self.PRIOR * overall) / (self._rows[slot] * fade + self.PRIOR)

    def learn(self, t: float, count: float, rows: float = 1.0) -> None:
        """Learn the count of a row, or of several rows at once."""
        for slot in (self._slot(t), self.BINS):
            fade = exp((self._seen[slot] - t) / self.memory)
            self._total[slot] = self._total[slot] * fade + count
            self._rows[slot] = self._rows[slot] * fade + rows
            self._seen[slot] = t
