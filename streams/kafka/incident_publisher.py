"""Publishing incident events, each once, whoever is killed when.

A watcher that takes over works through messages again whose events may have been published already. The topic itself
says which: before the first event of a partition, whoever wrote there before is shut out
(`streams.kafka.fenced_writers`) and the ids that are there are read. So looking and writing are one step: no event
is lost, and none is written twice, not even by a watcher that was stopped for long and comes back.
"""

import logging
import time
from collections.abc import Sequence

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.clients import consumer_options
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.topics import INCIDENTS
from streams.settings.kafka import KafkaSettings
from streams.watching.incident_event import IncidentEvent

logger = logging.getLogger(__name__)

PATIENCE_S = 120.0


class _Told(msgspec.Struct):
    id: str


_id_of = msgspec.json.Decoder(_Told).decode


class IncidentPublisher:
    """Write to `incidents`; blocking, from one thread.

    Parameters
    ----------
    settings
        Where Kafka is.
    writers
        Write to its partitions.
    """

    def __init__(self, settings: KafkaSettings, writers: FencedWriters) -> None:
        self.settings = settings
        self.topic = settings.topic(INCIDENTS)
        self.writers = writers
        # By partition: which ids were there after which taking.
        self._told: dict[int, tuple[object, set[str]]] = {}

    def publish(self, partition: int, events: Sequence[IncidentEvent]) -> int:
        """Write those events that are not there yet, in their order, and wait until they are kept.

        Parameters
        ----------
        partition
            On which their brands live.
        events
            What changed.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        BrokerError
            Kafka took nothing for two minutes.
        """
        patience = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._publish(partition, events)
            except KafkaError as error:
                logger.warning("incident events wait for the broker: %s: %s", type(error).__name__, error)
                if time.monotonic() > patience:
                    raise BrokerError(f"Kafka took no incident event for {PATIENCE_S:.0f} s: {error}") from error
                time.sleep(0.2)

    def _publish(self, partition: int, events: Sequence[IncidentEvent]) -> int:
        taking = self.writers.taken(partition) or self.writers.take(partition)
        taken, told = self._told.get(partition, (None, set()))
        if taken is not taking:
            told = self._read(partition)
            self._told[partition] = taking, told
        new = [event for event in events if event.id not in told]
        if new:
            lines = [(self.topic, event.brand.encode(), event.to_json()) for event in new]
            self.writers.write(partition, taking, lines)
            told.update(event.id for event in new)
        return len(new)

    def _read(self, partition: int) -> set[str]:
        place = TopicPartition(self.topic, partition)
        consumer = KafkaConsumer(**consumer_options(self.settings, None))
        told = set()
        try:
            consumer.assign([place])
            end = consumer.end_offsets([place])[place]
            consumer.seek_to_beginning(place)
            while consumer.position(place) < end:
                for record in consumer.poll(timeout_ms=1000, max_records=5000).get(place, ()):
                    if record.value:
                        told.add(_id_of(record.value).id)
        finally:
            consumer.close()
        return told
