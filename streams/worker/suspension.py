"""Detection of a suspended process: SIGSTOP, a suspended virtual machine, a debugger, a cgroup out of time.

A consumer that misses its heartbeats is evicted from its group, and others own its partitions. When its process is
resumed it must not write to them; it cannot ask the broker before every write, but it can check its own clock.
"""

import threading
import time

SAMPLE_S = 0.25


class SuspensionDetector:
    """Detect that the process was paused for too long: a thread samples the clock and records the longest pause.

    Parameters
    ----------
    max_pause_s
        Seconds after which a pause counts as a suspension.

    Examples
    --------
    >>> detector = SuspensionDetector(5.0)
    >>> detector.suspended_s()
    0.0
    >>> detector.close()
    """

    def __init__(self, max_pause_s: float) -> None:
        self.max_pause_s = max_pause_s
        self._last = time.monotonic()
        self._longest = 0.0
        self._closing = threading.Event()
        threading.Thread(target=self._sample, name="suspension", daemon=True).start()

    def suspended_s(self) -> float:
        """Return the longest pause in seconds, or 0 where none was too long."""
        longest = max(self._longest, time.monotonic() - self._last)
        return longest if longest > self.max_pause_s else 0.0

    def close(self) -> None:
        """Stop sampling."""
        self._closing.set()

    def _sample(self) -> None:
        while not self._closing.wait(SAMPLE_S):
            now = time.monotonic()
            self._longest = max(self._longest, now - self._last)
            self._last = now
