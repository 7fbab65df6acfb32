"""Limits of a webhook: deliveries in a minute, and the memory of those that came already."""

from collections import OrderedDict
from collections.abc import Callable

MAX_SEEN = 100_000


class TokenBucket:
    """A token bucket: so many in a minute, with bursts up to a minute's worth.

    Parameters
    ----------
    per_minute
        Tokens that come in a minute, and the most that are there at once.
    clock
        Seconds that only grow.

    Examples
    --------
    >>> now = 0.0
    >>> bucket = TokenBucket(2, lambda: now)
    >>> bucket.wait_s(), bucket.wait_s(), bucket.wait_s()
    (0.0, 0.0, 30.0)
    >>> now = 30.0
    >>> bucket.wait_s()
    0.0
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._tokens = self._capacity
        self._at = clock()

    def wait_s(self) -> float:
        """Take a token: 0 if there was one, else the seconds until there is."""
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0


class SeenDeliveries:
    """Ids of deliveries that were committed, the oldest forgotten first.

    Examples
    --------
    >>> seen = SeenDeliveries(most=2)
    >>> for delivery in ("a", "b", "c"):
    ...     seen.add(delivery)
    >>> "a" in seen, "c" in seen
    (False, True)
    """

    def __init__(self, most: int = MAX_SEEN) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, delivery: str) -> bool:
        return delivery in self._ids

    def add(self, delivery: str) -> None:
        """Remember a delivery."""
        self._ids[delivery] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
