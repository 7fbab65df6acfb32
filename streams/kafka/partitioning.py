"""Partitioning: the partition of a brand, and the messages of a scorer's batch for each partition."""

import functools
from collections.abc import Iterable, Iterator

from kafka.partitioner.default import murmur2

from streams.mentions.message_size import halved
from streams.scoring.rollup_batch import MAX_BYTES, Made, encode_batch


@functools.lru_cache(100_000)
def brand_partition(brand: str, partitions: int) -> int:
    """Return the partition of a brand in `rollups`, `incidents` and `watches`, whatever the keys of their messages.

    The same that Kafka's clients choose for the brand as a key.

    Examples
    --------
    >>> brand_partition("Acme", 8)
    2
    """
    return int(murmur2(brand.encode()) & 0x7FFFFFFF) % partitions


def pack(made: Iterable[Made], partitions: int) -> Iterator[tuple[int, bytes]]:
    """Pack the rollups of a batch into messages.

    Parameters
    ----------
    made
        Every rollup of the batch, with the partition of `mentions` it was made from.
    partitions
        Number of partitions of `rollups`.

    Yields
    ------
    tuple
        A partition of `rollups` and the message for it.
    """
    by_partition: dict[int, list[Made]] = {}
    for item in made:
        by_partition.setdefault(brand_partition(item[1].brand, partitions), []).append(item)
    for partition, items in sorted(by_partition.items()):
        for _, message in halved(items, encode_batch, MAX_BYTES):
            yield partition, message
