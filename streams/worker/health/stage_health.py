"""Health of a stage: progress, lag and readiness, judged by what the broker answers and not by the stage's own loop.

A stage makes progress when it processes a message, or when the broker answered that none is waiting. With the broker
away, its topic gone, or messages waiting that it does not process, progress stands still although its loop goes on.
"""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from streams.kafka.broker_monitor import BrokerMonitor, BrokerState

logger = logging.getLogger(__name__)

STUCK_AFTER_S = 15.0
"""Seconds for which messages wait and none is processed after which a partition is reported as stuck."""


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
        # Of each partition with messages waiting: the position, since when it stands there, and whether that is logged.
        self._standing: dict[int, tuple[int, float, bool]] = {}

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
        self._report_stuck(state.asked_at)

    def _report_stuck(self, now: float) -> None:
        """Log once that a partition does not move while messages wait, and once that it moves again."""
        standing = {}
        for partition, at in self.positions.items():
            before, since, logged = self._standing.get(partition, (at, now, False))
            moved = at != before
            if logged and (moved or not self.lag[partition]):
                logger.warning("%s/%d moves again", self.part.topic, partition)
            if not self.lag[partition] or not self.part.ready:
                continue
            if moved:
                since, logged = now, False
            if not logged and now - since >= STUCK_AFTER_S:
                stuck = "%s/%d does not move: %d messages have waited for %.0f s, its brands are not watched"
                logger.error(stuck, self.part.topic, partition, self.lag[partition], now - since)
                logged = True
            standing[partition] = at, since, logged
        self._standing = standing
