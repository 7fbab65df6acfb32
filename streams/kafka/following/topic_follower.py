"""Following topics: every record from their beginning, then new ones as they come, until stopped; no consumer group."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.clients import broker_errors, consumer_options
from streams.kafka.reading import MAX_RECORDS, POLL_MS
from streams.settings.kafka import KafkaSettings

logger = logging.getLogger(__name__)


class Followed(NamedTuple):
    """One record: its topic without the prefix, its key and its value."""

    topic: str
    key: bytes
    value: bytes


class TopicFollower:
    """Read topics whole and follow them, on a thread of its own.

    Parameters
    ----------
    settings
        Connection settings.
    topics
        Names without the prefix.
    on_records
        Called with each batch, on that thread; after the last batch of what was there at the start, `caught_up` is set.

    Attributes
    ----------
    caught_up
        Set once everything that was there at the start has been read.
    failure
        What ended it before it was stopped; None while it runs.

    Raises
    ------
    BrokerError
        On `start`: Kafka cannot be reached, or a topic is missing.
    """

    def __init__(
        self, settings: KafkaSettings, topics: Sequence[str], on_records: Callable[[list[Followed]], None]
    ) -> None:
        self.settings = settings
        self.caught_up = threading.Event()
        self.failure: Exception | None = None
        self._names = {settings.topic(name): name for name in topics}
        self._on_records = on_records
        self._stopping = threading.Event()
        self._consumer: KafkaConsumer | None = None
        self._thread = threading.Thread(target=self._run, name="topic-follower", daemon=True)

    def start(self) -> None:
        """Connect, and begin to read."""
        with broker_errors(self.settings):
            self._consumer = consumer = KafkaConsumer(**consumer_options(self.settings, None))
            partitions = [place for topic in self._names for place in _partitions(consumer, topic)]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            self._ends = consumer.end_offsets(partitions)
        self._thread.start()

    def stop(self) -> None:
        """End reading."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._consumer is not None:
            self._consumer.close()

    def _run(self) -> None:
        try:
            for batch in self._batches():
                self._on_records(batch)
                self._look_whether_caught_up()
        except Exception as error:  # raised by whoever asks for the failure
            logger.exception("topics are no longer followed")
            self.failure = error

    def _batches(self) -> Iterator[list[Followed]]:
        consumer = self._consumer
        self._look_whether_caught_up()
        while consumer is not None and not self._stopping.is_set():
            polled = consumer.poll(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
            batch = [
                Followed(self._names[place.topic], record.key or b"", record.value)
                for place, records in polled.items()
                for record in records
                if record.value
            ]
            if batch or polled:
                yield batch

    def _look_whether_caught_up(self) -> None:
        if self.caught_up.is_set() or self._consumer is None:
            return
        with contextlib.suppress(KafkaError):  # a position that is not known yet
            if all(self._consumer.position(place) >= end for place, end in self._ends.items()):
                self.caught_up.set()


def _partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    numbers = consumer.partitions_for_topic(topic)
    if not numbers:
        raise BrokerError(f"topic {topic} is missing: run 'badbuzz topics create'")
    return [TopicPartition(topic, number) for number in sorted(numbers)]
