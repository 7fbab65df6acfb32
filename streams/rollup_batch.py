"""The message on `rollups`: what a scorer's batch says of the brands that live on one partition of it.

One message holds the rollups of all those brands, not one message each: what a message costs on its way through Kafka
and Faust is then paid once a batch, however many brands speak in it.
"""

import functools
from collections.abc import Iterable, Iterator

import msgspec
from kafka.partitioner.default import murmur2

from streams.errors import InputError
from streams.rollup import Rollup

VERSION = 1
MAX_BYTES = 512 * 1024
"""A message that would be larger is cut in two: half of what a broker takes by default."""

Made = tuple[int, Rollup]
"""The partition of `mentions` that a rollup was made from, and the rollup."""


class RollupBatch(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Rollups of one partition of `rollups`.

    Parameters
    ----------
    v
        Version of the message.
    made
        Each rollup with the partition of `mentions` it was made from; those of one partition in their order.
    """

    v: int
    made: list[Made]


_encode = msgspec.msgpack.Encoder(order="sorted").encode
_decode = msgspec.msgpack.Decoder(RollupBatch).decode


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


def encode_batch(made: list[Made]) -> bytes:
    """Encode one message.

    Examples
    --------
    >>> from streams.rollup import Counts
    >>> rollup = Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1))
    >>> decode_batch(encode_batch([(3, rollup)])).made == [(3, rollup)]
    True
    """
    return _encode(RollupBatch(VERSION, made))


def decode_batch(data: bytes) -> RollupBatch:
    """Decode what `encode_batch` gave.

    Raises
    ------
    InputError
        It is no such message, or one of a version this program does not know.
    """
    try:
        batch = _decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"expected rollups of version {VERSION}, got {data[:40]!r}: {error}") from None
    if batch.v != VERSION:
        raise InputError(f"expected rollups of version {VERSION}, got version {batch.v}: update this worker")
    return batch


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
