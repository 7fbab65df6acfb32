"""Health of a stage: progress, lag and readiness, judged by what the broker answers and not by the stage's own loop.

A stage makes progress when it processes a message, or when the broker answered that none is waiting. With the broker
away, its topic gone, or messages waiting that it does not process, progress stands still although its loop goes on.
"""

import time
from collections.abc import Callable
from typing import Protocol

from streams.kafka.broker_monitor import BrokerMonitor, BrokerState


class LogCounts(Protocol):
    """Counts of a stage's start offsets.

    Attributes
    ----------
    resets
        How often a committed offset was ignored because it is of another log.
    lost
        Messages that retention deleted before they were processed.
    """

    resets: int
    lost: int


class Part(Protocol):
    """A part of a worker, scorer or watcher, whose health is judged.

    Attributes
    ----------
    ticked
        Time of the last loop iteration, `time.monotonic` seconds: whether it is alive.
    ready
        It is a member of the group, and the state of its partitions is restored.
    positions
        Next offset to process of each partition it owns; None where nothing was processed since the assignment.
    topic
        Full name of the topic it consumes.
    log
        Counts what its start offsets showed.
    """

    ticked: float
    ready: bool
    topic: str

    @property
    def log(self) -> LogCounts: ...  # noqa: D102

    @property
    def positions(self) -> dict[int, int | None]: ...  # noqa: D102


class StageHealth:
    """Judge a part by each answer of the broker.

    Parameters
    ----------
    part
        The part.
    monitor
        Asks the broker.
    clock
        `time.monotonic`.

    Attributes
    ----------
    progressed
        Time of the last progress, `time.monotonic` seconds.
    lag
        Messages that wait, by partition owned: the log's end less the next offset to process.
    expected
        Partitions of the topic on the broker.
    """

    def __init__(self, part: Part, monitor: BrokerMonitor, clock: Callable[[], float] = time.monotonic) -> None:
        self.part = part
        self.monitor = monitor
        self.progressed = clock()
        self.lag: dict[int, int] = {}
        self.positions: dict[int, int] = {}
        self.expected = 0

    @property
    def ready(self) -> bool:
        """Whether the part does its work: the broker answers, its topic is there, and the part is ready."""
        return self.part.ready and self.monitor.reachable() and bool(self.expected)

    def observe(self, state: BrokerState) -> None:
        """Judge the part by an answer of the broker."""
        topic = state.topics.get(self.part.topic)
        self.expected = len(topic.end) if topic else 0
        if topic is None:
            self.lag = {}
            return
        before = self.positions
        # Before its first message a partition stands where reading starts; what that is decides the part.
        self.positions = {p: at if at is not None else topic.first.get(p, 0) for p, at in self.part.positions.items()}
        unread = {p for p, at in self.part.positions.items() if at is None}
        self.lag = {p: max(0, topic.end.get(p, 0) - at) if p not in unread else 0 for p, at in self.positions.items()}
        moved = any(at > before.get(p, at) for p, at in self.positions.items())
        if self.part.ready and (moved or not any(self.lag.values())):
            self.progressed = state.asked_at
