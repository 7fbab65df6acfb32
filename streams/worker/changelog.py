"""The rows of the watchers' memory: a dictionary whose writes go to the compacted topic `watches`, and come from it."""

import contextlib
from collections.abc import Callable, Iterator, MutableMapping

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import MAX_REQUEST, consumer_options
from streams.kafka.fenced_writers import FencedError, FencedWriters
from streams.kafka.partitioning import brand_partition
from streams.kafka.topics import WATCHES
from streams.settings.config import Config
from streams.watching.row_keys import key_brand

POLL_MS = 500

Unsent = dict[int, list[tuple[bytes, bytes | None]]]
"""Rows by partition, in the order they were written."""


class WatchChangelog(MutableMapping[bytes, bytes]):
    """Rows of the partitions a watcher owns; each brand's rows lie on the brand's partition.

    What is written is here at once, and on the topic after `send`. Faust's own tables are not used: after two
    rebalances in quick succession they go on with rows missing, or wait for ever; and they do not shut out a watcher
    that stood still and comes back.

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
        # Up to which offset the rows of a partition are those of the topic, and after which taking.
        self._known: dict[int, int] = {}
        self._takings: dict[int, object] = {}
        self._unsent: Unsent = {}

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

    def unsent(self) -> Unsent:
        """Give what was written since this was last asked; to be given to `send`."""
        unsent, self._unsent = self._unsent, {}
        return unsent

    def send(self, unsent: Unsent) -> None:
        """Write rows to the topic, those of a partition in one transaction; blocking.

        Raises
        ------
        KafkaError
            They are not kept: the rows must be loaded again.
        """
        if lost := unsent.keys() - self._known.keys():
            raise FencedError(f"the rows of partitions {sorted(lost)} are no longer those of the topic")
        for partition in unsent:  # until they are kept, all of them
            del self._known[partition]
        for partition, rows in unsent.items():
            messages = ((self._topic, key, row) for key, row in rows)
            last = self._writers.write(partition, self._takings[partition], messages)
            self._known[partition] = last[self._topic] + 1

    def load(self, partitions: set[int], wanted: Callable[[], bool]) -> None:
        """Make the rows those of these partitions, shutting out who wrote there before; blocking.

        Parameters
        ----------
        partitions
            Those owned now. Of those known already, only what others wrote meanwhile is read.
        wanted
            False once it is no longer worth going on.

        Raises
        ------
        KafkaError
            Kafka cannot be reached.
        """
        unsent = self.unsent().keys()
        self._known = {p: offset for p, offset in self._known.items() if p in partitions - unsent}
        self._rows = {key: row for key, row in self._rows.items() if self._partition(key) in self._known}
        self._writers.keep_only(partitions)
        for partition in sorted(partitions):
            if wanted():
                self._takings[partition] = self._writers.take(partition)
        places = [TopicPartition(self._topic, partition) for partition in sorted(partitions)]
        if places and wanted():
            with contextlib.closing(self._reader()) as reader:
                self._read(reader, places, wanted)

    def _read(self, reader: KafkaConsumer, places: list[TopicPartition], wanted: Callable[[], bool]) -> None:
        reader.assign(places)
        reader.seek_to_beginning(*places)
        for place in places:
            if place.partition in self._known:
                reader.seek(place, self._known[place.partition])
        ends = reader.end_offsets(places)
        while wanted() and any(reader.position(place) < end for place, end in ends.items()):
            for records in reader.poll(timeout_ms=POLL_MS, max_records=5000).values():
                for record in records:
                    self._take(record.key, record.value)
        if wanted():
            self._known = {place.partition: reader.position(place) for place in places}

    def _reader(self) -> KafkaConsumer:
        return KafkaConsumer(**consumer_options(self._kafka, None), max_partition_fetch_bytes=MAX_REQUEST)

    def _take(self, key: bytes, row: bytes | None) -> None:
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row
