"""Broker monitor: end offsets, topic ids and committed offsets, asked of Kafka through a client of its own.

A consumer whose broker is away, or that no longer fetches one of its partitions, sees empty polls and no lag. What the
broker itself answers, on another connection, shows the difference.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import NoError, UnknownTopicOrPartitionError, for_code

from streams.kafka.access.diagnosis import diagnose
from streams.kafka.clients import admin_options
from streams.kafka.transactions import within
from streams.settings.kafka import KafkaSettings

logger = logging.getLogger(__name__)

EVERY_S = 5.0
ANSWER_TIMEOUT_S = 8.0
STOP_TIMEOUT_S = 1.0
UNREACHABLE_AFTER_S = 15.0
"""Seconds without an answer after which the broker counts as away: three times the interval."""


class TopicState(NamedTuple):
    """One topic on the broker: its id, which a topic created anew changes, and offsets by partition.

    `first` are the offsets of the oldest messages, `end` those after the newest committed ones.
    """

    id: str
    first: dict[int, int]
    end: dict[int, int]


class BrokerState(NamedTuple):
    """What the broker answered.

    Parameters
    ----------
    asked_at
        When it was asked, `time.monotonic` seconds.
    topics
        By full name; a missing topic is absent.
    committed
        Committed offsets by group, topic and partition.
    """

    asked_at: float
    topics: dict[str, TopicState]
    committed: dict[str, dict[tuple[str, int], int]]


class BrokerMonitor:
    """Ask the broker at intervals, on a thread of its own.

    Parameters
    ----------
    settings
        Where Kafka is.
    topics
        Full names of the topics to ask about.
    groups
        Full names of the consumer groups whose committed offsets to ask for.
    every_s
        Seconds between two questions.

    Attributes
    ----------
    state
        The last answer; None before the first.
    """

    def __init__(
        self, settings: KafkaSettings, topics: Sequence[str], groups: Sequence[str] = (), every_s: float = EVERY_S
    ) -> None:
        self.settings = settings
        self.topics = tuple(topics)
        self.groups = tuple(groups)
        self.every_s = every_s
        self.state: BrokerState | None = None
        self._listeners: list[Callable[[BrokerState], None]] = []
        self._started_at = time.monotonic()
        self._away_since: float | None = None
        self._missing: frozenset[str] = frozenset()
        self._admin: KafkaAdminClient | None = None
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="broker-monitor", daemon=True)

    def subscribe(self, listener: Callable[[BrokerState], None]) -> None:
        """Call a function with each answer, on the monitor's thread."""
        self._listeners.append(listener)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin asking."""
        self._started_at = time.monotonic()
        self._thread.start()

    def ask_now(self) -> None:
        """Ask at once instead of after the interval; the answer comes later, on the monitor's thread."""
        self._wake.set()

    def stop(self) -> None:
        """End asking."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_TIMEOUT_S)  # a question under way ends with the process

    def silent_s(self) -> float:
        """Return the seconds since the last answered question was asked."""
        return time.monotonic() - (self.state.asked_at if self.state else self._started_at)

    def reachable(self) -> bool:
        """Return whether the broker answered lately."""
        return self.silent_s() < UNREACHABLE_AFTER_S

    def topic(self, name: str) -> TopicState | None:
        """Return a topic as of the last answer; None where it is missing or not known yet."""
        return self.state.topics.get(name) if self.state else None

    def topic_now(self, name: str, timeout_s: float) -> TopicState | None:
        """Ask and wait: return a topic as it is now, not as it was before this call.

        Parameters
        ----------
        name
            Its full name.
        timeout_s
            Seconds to wait; None is returned after it, and where the topic is missing.
        """
        asked_after = time.monotonic()
        self.ask_now()
        while time.monotonic() < asked_after + timeout_s:
            if self.state is not None and self.state.asked_at >= asked_after:
                return self.topic(name)
            time.sleep(0.01)
        return None

    def missing(self) -> list[str]:
        """Return the topics that the broker does not have, as far as is known."""
        return sorted(set(self.topics) - self.state.topics.keys()) if self.state else []

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self.state = within(ANSWER_TIMEOUT_S, self._ask)
            except Exception as error:  # the client raises errors of sockets and of its own, some undocumented
                self._close()
                self._report_away(error)
            else:
                self._report_state()
                for listener in self._listeners:
                    listener(self.state)
            self._wake.wait(max(0.5, self.every_s - (time.monotonic() - began)))
            self._wake.clear()
        self._close()

    def _ask(self) -> BrokerState:
        asked_at = time.monotonic()
        if self._admin is None:
            self._admin = KafkaAdminClient(**admin_options(self.settings))
        admin = self._admin
        ids, partitions = {}, []
        for topic in admin.describe_topics(list(self.topics)):
            error = for_code(topic["error_code"])
            if error is NoError:
                ids[topic["name"]] = str(topic["topic_id"])
                partitions += [TopicPartition(topic["name"], p["partition_index"]) for p in topic["partitions"]]
            elif error is not UnknownTopicOrPartitionError:
                raise error(topic["name"])
        # Asked before the end offsets: what was committed then lies below what is the end now.
        committed = {group: self._committed(admin, group) for group in self.groups}
        first = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        end = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST), isolation_level=1)
        return BrokerState(
            asked_at,
            {name: TopicState(topic_id, _of(name, first), _of(name, end)) for name, topic_id in ids.items()},
            committed,
        )

    @staticmethod
    def _committed(admin: KafkaAdminClient, group: str) -> dict[tuple[str, int], int]:
        found = admin.list_group_offsets(group).get(group, {})
        return {(tp.topic, tp.partition): offset.offset for tp, offset in found.items()}

    def _report_away(self, error: Exception) -> None:
        since = self.state.asked_at if self.state else self._started_at
        if self._away_since is None and self.silent_s() >= UNREACHABLE_AFTER_S - self.every_s:
            self._away_since = since
            # A password or certificate that was changed meanwhile looks like a broker that is away.
            secured = self.settings.security_protocol != "PLAINTEXT"
            reason = (diagnose(self.settings) if secured else None) or f"{type(error).__name__}: {error}"
            logger.error(
                "no answer from Kafka at %s for %.0f s: nothing is watched meanwhile (%s)",
                ", ".join(self.settings.servers), time.monotonic() - since, reason,
            )  # fmt: skip

    def _report_state(self) -> None:
        if self._away_since is not None:
            logger.warning("Kafka answers again after %.0f s", time.monotonic() - self._away_since)
            self._away_since = None
        missing = frozenset(self.missing())
        if new := missing - self._missing:
            logger.error("missing topics: %s: run 'badbuzz topics create'", ", ".join(sorted(new)))
        if back := self._missing - missing:
            logger.warning("topics are there now: %s", ", ".join(sorted(back)))
        self._missing = missing

    def _close(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            try:
                within(1.0, admin.close)
            except Exception as error:  # a client whose broker is gone is left to the garbage collector
                logger.debug("closing the monitor's client: %s", error)


def _of(topic: str, offsets: dict[Any, Any]) -> dict[int, int]:
    return {tp.partition: found.offset for tp, found in offsets.items() if tp.topic == topic}
