"""The watcher's changelog: a local dictionary of rows whose writes go to the compacted topic `watches`."""

import contextlib
from collections.abc import Callable, Iterator, MutableMapping, Sequence

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import MAX_REQUEST_BYTES, broker_errors, consumer_options
from streams.kafka.fenced_writers import FencedError, FencedWriters
from streams.kafka.partitioning import brand_partition
from streams.kafka.reading import read_to_end
from streams.kafka.topics import WATCHES
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.watching.rows.row_keys import desk_key, key_brand

Writes = dict[int, list[tuple[bytes, bytes | None]]]
"""Rows by partition, in the order they were written; `None` deletes one."""


class WatchChangelog(MutableMapping[bytes, bytes]):
    """Rows of the partitions a watcher owns; a brand's rows are on the brand's partition.

    A write is visible here at once, and on the topic after `send`. Faust's own tables are not used: after two
    rebalances in quick succession they go on with rows missing, or wait for ever; and they do not fence a watcher that
    was suspended and comes back.

    Parameters
    ----------
    config
        Configuration.
    writers
        Write to the partitions of `watches`.
    """

    def __init__(self, config: Config, writers: FencedWriters) -> None:
        self._kafka = config.kafka
        self._writers = writers
        self._topic = config.kafka.topic(WATCHES)
        self._partitions = config.topics.rollups_partitions
        self._rows: dict[bytes, bytes] = {}
        # By partition: the offset up to which the local rows equal the topic's; no entry where they may differ.
        self._synced: dict[int, int] = {}
        self._leases: dict[int, object] = {}
        self._unsent: Writes = {}

    def __getitem__(self, key: bytes) -> bytes:
        return self._rows[key]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._rows[key] = value
        self._unsent.setdefault(self._partition(key), []).append((key, value))

    def __delitem__(self, key: bytes) -> None:
        del self._rows[key]
        self._unsent.setdefault(self._partition(key), []).append((key, None))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _partition(self, key: bytes) -> int:
        return brand_partition(key_brand(key), self._partitions)

    def pop_unsent(self) -> Writes:
        """Return the writes since the last call, to be passed to `send`."""
        unsent, self._unsent = self._unsent, {}
        return unsent

    def send(self, writes: Writes) -> None:
        """Write rows to the topic, those of a partition in one transaction; blocking.

        Raises
        ------
        KafkaError
            They are not stored: the rows must be loaded again.
        """
        if lost := writes.keys() - self._synced.keys():
            raise FencedError(f"the rows of partitions {sorted(lost)} are no longer those of the topic")
        # A failure in one partition leaves all of them out of sync: they are loaded again together.
        for partition in writes:
            del self._synced[partition]
        for partition, rows in writes.items():
            messages = ((self._topic, key, row) for key, row in rows)
            last = self._writers.write(partition, self._leases[partition], messages)
            self._synced[partition] = last[self._topic] + 1

    def load(self, partitions: set[int], wanted: Callable[[], bool]) -> None:
        """Restore the rows of these partitions and no others, fencing their previous owners first; blocking.

        Parameters
        ----------
        partitions
            Those owned now. Of a partition that is in sync, only rows written since are read.
        wanted
            Returns False once the partitions are no longer needed: loading stops early.

        Raises
        ------
        KafkaError
            Kafka cannot be reached.
        """
        dirty = self.pop_unsent().keys()
        self._synced = {p: offset for p, offset in self._synced.items() if p in partitions - dirty}
        self._rows = {key: row for key, row in self._rows.items() if self._partition(key) in self._synced}
        self._writers.release_except(partitions)
        for partition in sorted(partitions):
            if wanted():
                self._leases[partition] = self._writers.acquire(partition)
        if partitions and wanted():
            self._read([TopicPartition(self._topic, partition) for partition in sorted(partitions)], wanted)

    def _read(self, partitions: list[TopicPartition], wanted: Callable[[], bool]) -> None:
        options = consumer_options(self._kafka, None)
        synced = {p: self._synced[p.partition] for p in partitions if p.partition in self._synced}
        with contextlib.closing(KafkaConsumer(**options, max_partition_fetch_bytes=MAX_REQUEST_BYTES)) as consumer:
            for record in read_to_end(consumer, partitions, synced, wanted):
                if record.value is None:
                    self._rows.pop(record.key, None)
                else:
                    self._rows[record.key] = record.value
            if wanted():
                self._synced = {p.partition: consumer.position(p) for p in partitions}


def stored_desks(settings: KafkaSettings, brands: Sequence[str]) -> dict[str, bytes | None]:
    """Return the latest row of the response desk of those brands that have state in the topic `watches`.

    A brand that is not in the answer was never read of; one without a row of its desk has none.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    """
    if not brands:
        return {}
    topic = settings.topic(WATCHES)
    found: dict[str, bytes | None] = {}
    with broker_errors(settings), contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer:
        numbers = consumer.partitions_for_topic(topic) or set()
        wanted = {brand_partition(brand, len(numbers)) for brand in brands} if numbers else set()
        partitions = [TopicPartition(topic, number) for number in sorted(wanted)]
        for record in read_to_end(consumer, partitions):
            if record.value is not None and (brand := key_brand(record.key)) in brands:
                is_desk = record.key == desk_key(brand)
                found[brand] = record.value if is_desk else found.get(brand)
    return found
