"""Reading partitions from a given offset to their current end."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

POLL_MS = 500
MAX_RECORDS = 5000

BEGINNING: Mapping[TopicPartition, int] = MappingProxyType({})


def read_to_end(
    consumer: KafkaConsumer,
    partitions: list[TopicPartition],
    offsets: Mapping[TopicPartition, int] = BEGINNING,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[ConsumerRecord]:
    """Yield the records of some partitions up to where each ended when the first record was asked for.

    The last poll may bring records written since; these are yielded too, so that the consumer's positions afterwards
    are the offsets after the last records yielded.

    Parameters
    ----------
    consumer
        Belongs to no group; the partitions are assigned to it.
    partitions
        The partitions to read.
    offsets
        Where to begin in a partition; at its beginning where it has no entry.
    wanted
        Asked before each poll; reading stops early once it returns False.
    """
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    for partition, offset in offsets.items():
        consumer.seek(partition, offset)
    ends = consumer.end_offsets(partitions)
    while wanted() and any(consumer.position(partition) < end for partition, end in ends.items()):
        for records in consumer.poll(timeout_ms=POLL_MS, max_records=MAX_RECORDS).values():
            yield from records
