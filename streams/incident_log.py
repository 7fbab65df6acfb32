"""Publishing incident events, each once, whoever is killed when.

A watcher that takes over works through messages again whose events may have been published already. The topic itself
says which: before the first event of a partition, its writer opens the partition's own transactional id, which shuts
out whoever wrote there before, and reads the ids that are there. So looking and writing are one step: no event is lost,
and none is written twice, not even by a watcher that was stopped for long and comes back.
"""

import contextlib
import logging
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from streams.bounded import within
from streams.errors import BrokerError
from streams.incident_event import IncidentEvent
from streams.kafka_clients import consumer_options, transactional_producer_options
from streams.kafka_settings import KafkaSettings
from streams.topics import INCIDENTS

logger = logging.getLogger(__name__)

PATIENCE_S = 120.0


class _Told(msgspec.Struct):
    id: str


_id_of = msgspec.json.Decoder(_Told).decode


class IncidentLog:
    """Write to `incidents`; blocking, from one thread.

    Parameters
    ----------
    settings
        Where Kafka is.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.topic = settings.topic(INCIDENTS)
        self._open: dict[int, tuple[Any, set[str]]] = {}

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
                self._close(partition)
                if time.monotonic() > patience:
                    raise BrokerError(f"Kafka took no incident event for {PATIENCE_S:.0f} s: {error}") from error
                time.sleep(0.2)

    def keep_only(self, partitions: set[int]) -> None:
        """Let go of the partitions that others write now."""
        for partition in [p for p in self._open if p not in partitions]:
            self._close(partition)

    def close(self) -> None:
        """Let go of all."""
        self.keep_only(set())

    def _publish(self, partition: int, events: Sequence[IncidentEvent]) -> int:
        if partition not in self._open:
            self._open[partition] = self._take(partition)
        producer, told = self._open[partition]
        new = [event for event in events if event.id not in told]

        def transaction() -> None:
            producer.begin_transaction()
            for event in new:
                producer.send(self.topic, value=event.to_json(), key=event.brand.encode(), partition=partition)
            producer.commit_transaction()

        if new:
            within(2 * self.settings.transaction_timeout_s, transaction)
            told.update(event.id for event in new)
        return len(new)

    def _take(self, partition: int) -> tuple[Any, set[str]]:
        name = f"{self.settings.watcher_group}-incidents-{partition}"
        producer = KafkaProducer(**transactional_producer_options(self.settings, name))
        try:
            producer.init_transactions()
            return producer, self._read(partition)
        except BaseException:
            producer.close(timeout=1)
            raise

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

    def _close(self, partition: int) -> None:
        found = self._open.pop(partition, None)
        if found is not None:
            with contextlib.suppress(KafkaError):
                within(3.0, lambda: found[0].close(timeout=1))
