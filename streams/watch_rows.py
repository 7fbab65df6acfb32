"""The rows of the watchers' memory: a dictionary whose writes go to the compacted topic `watches`, and come from it."""

import contextlib
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.config import Config
from streams.errors import BrokerError
from streams.kafka_clients import clear_errors, consumer_options, producer_options
from streams.rollup_batch import brand_partition
from streams.topics import WATCHES
from streams.watch_memory import key_brand

POLL_MS = 500
FETCH_BYTES = 4 * 1024 * 1024


class WatchRows(MutableMapping[bytes, bytes]):
    """Rows of the partitions a watcher owns; each brand's rows lie on the brand's partition.

    What is written is sent at once and in its order; `flush` waits until it is kept. Faust's own tables are not used:
    after two rebalances in quick succession they go on with rows missing, or wait for ever.

    Parameters
    ----------
    config
        Configuration.

    Attributes
    ----------
    failed
        Why a row could not be kept, if one could not: nothing may be committed from then on.

    Raises
    ------
    BrokerError
        Kafka cannot be reached.
    """

    def __init__(self, config: Config) -> None:
        self.failed: BaseException | None = None
        self._kafka = config.kafka
        self._topic = config.kafka.topic(WATCHES)
        self._partitions = config.topics.rollups_partitions
        self._rows: dict[bytes, bytes] = {}
        # Up to which offset the rows of a partition are those of the topic.
        self._known: dict[int, int] = {}
        with clear_errors(config.kafka):
            self._producer = KafkaProducer(**producer_options(config.kafka))

    def __getitem__(self, key: bytes) -> bytes:
        return self._rows[key]

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._rows[key] = value
        self._send(key, value)

    def __delitem__(self, key: bytes) -> None:
        del self._rows[key]
        self._send(key, None)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _send(self, key: bytes, value: bytes | None) -> None:
        sent: Any = self._producer.send(self._topic, key=key, value=value, partition=self._partition(key))
        sent.add_both(self._on_sent)

    def _on_sent(self, result: Any) -> None:
        if isinstance(result, BaseException):
            self.failed = self.failed or result
        elif self._known.get(result.partition) == result.offset:  # nobody else has written in between
            self._known[result.partition] = result.offset + 1

    def _partition(self, key: bytes) -> int:
        return brand_partition(key_brand(key), self._partitions)

    def flush(self, timeout_s: float) -> None:
        """Wait until every row sent so far is kept.

        Raises
        ------
        BrokerError
            One could not be kept, or not in time.
        """
        with clear_errors(self._kafka):
            self._producer.flush(timeout_s)
        if self.failed is not None:
            raise BrokerError(f"Kafka did not keep a row of the watchers' memory: {self.failed}")

    def load(self, partitions: set[int], wanted: Callable[[], bool]) -> None:
        """Make the rows those of these partitions: what others wrote meanwhile is read, the rest is dropped.

        Parameters
        ----------
        partitions
            Those owned now.
        wanted
            False once it is no longer worth reading on.

        Raises
        ------
        BrokerError
            Kafka cannot be reached.
        """
        self._known = {p: offset for p, offset in self._known.items() if p in partitions}
        self._rows = {key: row for key, row in self._rows.items() if self._partition(key) in self._known}
        places = [TopicPartition(self._topic, partition) for partition in sorted(partitions)]
        if not places:
            return
        with clear_errors(self._kafka), contextlib.closing(self._reader()) as reader:
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
                for place in places:
                    self._known[place.partition] = reader.position(place)

    def _reader(self) -> KafkaConsumer:
        return KafkaConsumer(**consumer_options(self._kafka, None), max_partition_fetch_bytes=FETCH_BYTES)

    def _take(self, key: bytes, row: bytes | None) -> None:
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row

    def close(self) -> None:
        """Send what is left, and let go."""
        self._producer.close(timeout=5)
