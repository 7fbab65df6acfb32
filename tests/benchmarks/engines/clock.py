"""The clock that runs from one message to another."""

import json
import time


class Clock:
    """Wall and processor time between two messages of a run.

    Parameters
    ----------
    warm, count
        The first and the last message of the timed stretch, counted from the first read.
    """

    def __init__(self, warm: int, count: int) -> None:
        self.count, self.warm, self.seen = count, warm, 0
        self.begin_at: tuple[float, float, int] | None = None

    def add(self, messages: int = 1) -> bool:
        """Count messages; return whether these were the last."""
        self.seen += messages
        if self.seen >= self.warm:
            self.begin(self.seen)
        return self.seen >= self.count

    def begin(self, seen: int) -> None:
        """Start the clock at so many messages, unless it runs."""
        if self.begin_at is None:
            self.begin_at = (time.perf_counter(), time.process_time(), seen)

    def report(self) -> None:
        """Print the measurement."""
        assert self.begin_at is not None
        wall, cpu, first = self.begin_at
        timed = self.seen - first
        spent = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        print(json.dumps(spent | {"messages": timed}), flush=True)
