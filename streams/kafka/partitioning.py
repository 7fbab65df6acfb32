"""Partitioning: which partition a brand lives on, and the messages of a scorer's batch for each of them."""

import functools
from collections.abc import Iterable, Iterator

from kafka.partitioner.default import murmur2

from streams.scoring.rollup_batch import MAX_BYTES, Made, encode_batch


@functools.lru_cache(100_000)
def brand_partition(brand: str, partitions: int) -> int:
    """Give the partition of `rollups`, of `incidents` and of the watchers' memory on which a brand lives.

    As Kafka's clients choose it for a key.

    Examples
    --------
    >>> brand_partition("Acme", 8)
    2
    """
    return int(murmur2(brand.encode()) & 0x7FFFFFFF) % partitions


def pack(made: Iterable[Made], partitions: int) -> Iterator[tuple[int, bytes]]:
    """Pack rollups into messages.

    Parameters
    ----------
    made
        Those of a whole batch.
    partitions
        Of the topic `rollups`.

    Yields
    ------
    tuple
        A partition of `rollups` and the message for it.
    """
    by_partition: dict[int, list[Made]] = {}
    for one in made:
        by_partition.setdefault(brand_partition(one[1].brand, partitions), []).append(one)
    for partition, those in sorted(by_partition.items()):
        for message in _cut(those):
            yield partition, message


def _cut(made: list[Made]) -> Iterator[bytes]:
    message = encode_batch(made)
    if len(message) <= MAX_BYTES or len(made) == 1:
        yield message
        return
    half = len(made) // 2
    yield from _cut(made[:half])
    yield from _cut(made[half:])
