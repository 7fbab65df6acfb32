"""Notice that this process was stopped: a suspended machine, a debugger, a cgroup out of time.

A consumer that stands still is missed by its group, and others take over its partitions. When it goes on it must not
write what is theirs by now; it cannot ask the broker before every write, but it can look at its own clock.
"""

import threading
import time

BEAT_S = 0.25


class SuspensionDetector:
    """Beat on a thread of its own, and remember the longest pause.

    Parameters
    ----------
    most_s
        Seconds after which a pause counts as having been stopped.

    Examples
    --------
    >>> pulse = SuspensionDetector(5.0)
    >>> pulse.stopped_s()
    0.0
    >>> pulse.close()
    """

    def __init__(self, most_s: float) -> None:
        self.most_s = most_s
        self._last = time.monotonic()
        self._longest = 0.0
        self._closing = threading.Event()
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    def stopped_s(self) -> float:
        """Give the longest pause in seconds, or 0 where there was none to speak of."""
        longest = max(self._longest, time.monotonic() - self._last)
        return longest if longest > self.most_s else 0.0

    def close(self) -> None:
        """Stop beating."""
        self._closing.set()

    def _beat(self) -> None:
        while not self._closing.wait(BEAT_S):
            now = time.monotonic()
            self._longest = max(self._longest, now - self._last)
            self._last = now
