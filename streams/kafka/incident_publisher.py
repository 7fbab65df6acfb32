"""Publishing incident events exactly once, whatever process is killed when.

A new owner of a partition reprocesses messages whose events may have been published already. The topic itself says
which: before its first event of a partition the publisher fences the previous owner (`streams.kafka.fenced_writers`)
and reads the ids that are there. Nobody else can write between that read and its own write, so no event is lost and
none is written twice, not even by a watcher that was suspended for long and comes back.
"""

import contextlib
import logging
import time
from collections.abc import Sequence

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.clients import consumer_options
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.reading import read_to_end
from streams.kafka.topics import INCIDENTS
from streams.settings.kafka import KafkaSettings
from streams.watching.watch_event import WatchEvent

logger = logging.getLogger(__name__)

PUBLISH_TIMEOUT_S = 120.0
RETRY_S = 0.2


class _EventId(msgspec.Struct):
    id: str


_decode_id = msgspec.json.Decoder(_EventId).decode


class IncidentPublisher:
    """Publish to `incidents`, dropping events that are there already; blocking, from one thread.

    Parameters
    ----------
    settings
        Connection settings.
    writers
        Write to its partitions.
    """

    def __init__(self, settings: KafkaSettings, writers: FencedWriters) -> None:
        self.settings = settings
        self.topic = settings.topic(INCIDENTS)
        self.writers = writers
        # By partition: the ids on it, and the lease under which they were read.
        self._published: dict[int, tuple[object, set[str]]] = {}

    def publish(self, partition: int, events: Sequence[WatchEvent]) -> int:
        """Write those events that are not there yet, in their order, wait for the commit, and log their summaries.

        Parameters
        ----------
        partition
            The partition of their brands.
        events
            Events to publish.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        BrokerError
            Kafka accepted nothing for two minutes.
        """
        deadline = time.monotonic() + PUBLISH_TIMEOUT_S
        while True:
            try:
                return self._publish(partition, events)
            except KafkaError as error:
                logger.warning("incident events wait for the broker: %s: %s", type(error).__name__, error)
                if time.monotonic() > deadline:
                    raise BrokerError(
                        f"Kafka accepted no incident event for {PUBLISH_TIMEOUT_S:.0f} s: {error}"
                    ) from error
                time.sleep(RETRY_S)

    def _publish(self, partition: int, events: Sequence[WatchEvent]) -> int:
        lease = self.writers.current_lease(partition) or self.writers.acquire(partition)
        read_under, published = self._published.get(partition, (None, set()))
        if read_under is not lease:
            published = self._read_ids(partition)
            self._published[partition] = lease, published
        new = [event for event in events if event.id not in published]
        if new:
            messages = [(self.topic, event.id.encode(), event.to_json()) for event in new]
            self.writers.write(partition, lease, messages)
            published.update(event.id for event in new)
            for event in new:
                logger.info("%s %s", event.at, event.summary)
        return len(new)

    def _read_ids(self, partition: int) -> set[str]:
        with contextlib.closing(KafkaConsumer(**consumer_options(self.settings, None))) as consumer:
            records = read_to_end(consumer, [TopicPartition(self.topic, partition)])
            return {_decode_id(record.value).id for record in records if record.value}
