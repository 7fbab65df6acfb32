"""Back-off: how long to wait before the next try, with full jitter."""

import random
from collections.abc import Callable

FIRST_S = 0.5
MOST_S = 60.0
_MOST_DOUBLINGS = 16


class Backoff:
    """Delays that grow with each failure: uniform between 0 and a bound that doubles.

    Full jitter, after https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/: clients that failed
    together do not come back together.

    Parameters
    ----------
    uniform
        Draws from a range, its ends included.

    Examples
    --------
    >>> backoff = Backoff(lambda low, high: high)
    >>> [backoff.delay_s() for _ in range(9)]
    [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    >>> backoff.delay_s(retry_after_s=900.0)
    900.0
    >>> backoff.reset()
    >>> backoff.delay_s()
    0.5
    """

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._uniform = uniform
        self._failures = 0

    def delay_s(self, retry_after_s: float | None = None) -> float:
        """Return the seconds to wait after a failure; what the other side asks for wins."""
        bound = min(MOST_S, FIRST_S * 2 ** min(self._failures, _MOST_DOUBLINGS))
        self._failures += 1
        return self._uniform(0.0, bound) if retry_after_s is None else max(0.0, retry_after_s)

    def reset(self) -> None:
        """Begin anew, after a success."""
        self._failures = 0
