"""The cursor record: how far a source was read, stored with the mentions in the same transaction."""

from datetime import datetime
from typing import Literal

import msgspec

from streams.errors import InputError


class CursorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The row of a source on the topic `sources`, under its name.

    Parameters
    ----------
    cursor
        Opaque text of the source to resume from; `None`: its network cannot replay.
    at
        When it was written.
    complete_to
        Event time up to which everything published was seen; `None`: not known.
    commits
        Number of commits so far: tells whether one whose answer was lost is there.
    owner
        Collector that wrote it: another one than expected has taken the source over.

    Examples
    --------
    >>> record = CursorRecord(cursor="42", at=datetime.fromisoformat("2026-11-30T10:00:00Z"), commits=7, owner="a")
    >>> encode_cursor(record).decode()
    '{"v":1,"cursor":"42","at":"2026-11-30T10:00:00Z","complete_to":null,"commits":7,"owner":"a"}'
    >>> decode_cursor(encode_cursor(record)) == record
    True
    """

    v: Literal[1] = 1
    cursor: str | None
    at: datetime
    complete_to: datetime | None = None
    commits: int
    owner: str


encode_cursor = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CursorRecord).decode


def decode_cursor(row: bytes) -> CursorRecord:
    """Decode the row of a source.

    Raises
    ------
    InputError
        It was written by another version, or is damaged.
    """
    try:
        return _decode(row)
    except msgspec.DecodeError as error:
        raise InputError(
            f"expected a source's cursor of version 1, got {row[:60]!r}: {error}: update this collector"
        ) from None
