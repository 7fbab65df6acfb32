"""The message on `rollups`: the rollups of a scorer's batch for the brands of one partition.

One message carries the rollups of all those brands, not one message each: the overhead of a message in Kafka and Faust
is then paid once a batch, however many brands are in it.
"""

import msgspec

from streams.errors import InputError
from streams.scoring.rollup import Rollup

VERSION = 5
MAX_BYTES = 512 * 1024
"""A larger message is split in two: half of what a broker accepts by default."""

Made = tuple[int, Rollup]
"""The partition of `mentions` that a rollup was made from, and the rollup."""


class RollupBatch(msgspec.Struct, array_like=True, frozen=True, kw_only=True, gc=False):
    """Rollups of one partition of `rollups`.

    Parameters
    ----------
    v
        Version of the message.
    made
        Each rollup with the partition of `mentions` it was made from; those of one partition in their order.
    """

    v: int = VERSION
    made: list[Made]


_encode = msgspec.msgpack.Encoder(order="sorted").encode
_decode = msgspec.msgpack.Decoder(RollupBatch).decode


def encode_batch(made: list[Made]) -> bytes:
    """Encode rollups as one message; equal rollups give equal bytes.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts
    >>> rollup = Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1))
    >>> decode_batch(encode_batch([(3, rollup)])).made == [(3, rollup)]
    True
    """
    return _encode(RollupBatch(made=made))


def decode_batch(data: bytes) -> RollupBatch:
    """Decode a message encoded by `encode_batch`.

    Raises
    ------
    InputError
        The message was written by another version, or is damaged.
    """
    try:
        batch = _decode(data)
    except msgspec.DecodeError as error:
        raise InputError(f"expected rollups of version {VERSION}, got {data[:40]!r}: {error}") from None
    if batch.v != VERSION:
        raise InputError(f"expected rollups of version {VERSION}, got version {batch.v}: update this worker")
    return batch
