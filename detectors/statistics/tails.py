"""Tail probability of a value against a detector's own last days, which calibrates itself."""

from bisect import bisect_left, insort
from collections import deque
from math import log10

from river import base

# Fewer values than this hold no excess over a 98 % threshold to fit a tail to.
MIN_VALUES = 50


class TailProbability(base.Base):
    r"""Upper tail probability of a value, by peaks over a threshold fitted to a sliding window.

    Excesses over the window's own `quantile` are modelled as exponential, the limit law of tails that are not
    heavy. Their mean is known from a few independent events only, so the predictive law is used instead of the
    exponential with that mean plugged in: with `m` independent events behind the mean excess `b` it is the Lomax law

    .. math:: P(X > x) = (1 - q) \, \left(1 + \frac{x - u}{m\,b}\right)^{-m}

    which claims less after few values and tends to the exponential with more. Below the threshold the rank in the
    window decides. Results are in decades, :math:`-\log_{10} P`, as in `detectors.statistics.counts.tail_surprisal`: 3
    is one value in a thousand.

    Parameters
    ----------
    size
        Number of most recent values remembered; may be changed at any time.
    quantile
        Where the tail starts, between 0 and 1.
    floor
        Least mean excess, in the values' unit, so that a series without spread does not make any change impossible.

    Notes
    -----
    An own sorted list, because the rank, the threshold and the mean excess above it are all needed:
    `river.stats.RollingQuantile` (0.3 µs a value) gives the threshold alone, `river.utils.SortedWindow` needs 3.1 µs a
    value where this needs 1.0 µs (window of 4,032), and `river.stats.Quantile` is off by 20 % at 0.98 on real counts.

    References
    ----------
    J. Pickands (1975), Statistical inference using extreme order statistics, https://doi.org/10.1214/aos/1176343003

    Examples
    --------
    >>> tail = TailProbability(size=1000)
    >>> for i in range(1000):
    ...     tail.update(i % 100)
    >>> [round(tail.decades(value, events=10), 2) for value in (50, 90, 98, 100, 105)]
    [0.3, 1.0, 1.7, 3.16, 5.5]

    """

    def __init__(self, size: int = 4032, quantile: float = 0.98, floor: float = 0.5) -> None:
        self.size = size
        self.quantile = quantile
        self.floor = floor
        self._sorted: list[float] = []
        self._recent: deque[float] = deque()

    def __len__(self) -> int:
        return len(self._recent)

    def update(self, value: float) -> None:
        """Remember `value` and forget the oldest beyond `size`."""
        self._recent.append(value)
        insort(self._sorted, value)
        while len(self._recent) > self.size:
            del self._sorted[bisect_left(self._sorted, self._recent.popleft())]

    def decades(self, value: float, events: float = 1.0) -> float:
        """Return how rare `value` is, in decades; 0.0 while there are too few values to compare with.

        Parameters
        ----------
        value
            The value to test; it is not learned.
        events
            Independent events the mean excess rests on: the days remembered are a fair guess. Above 0.
        """
        ordered = self._sorted
        n = len(ordered)
        if n < MIN_VALUES:
            return 0.0
        start = min(int(self.quantile * n), n - 1)
        threshold = ordered[start]
        if value <= threshold:
            return log10(n / (n - bisect_left(ordered, value)))
        above = n - start
        scale = max(sum(ordered[start:]) / above - threshold, self.floor)
        return log10(n / above) + events * log10(1.0 + (value - threshold) / (events * scale))
