"""The cursor of a poller: when it last polled, when it may again, and the keys of the items seen."""

import msgspec

from streams.errors import SourceError
from streams.sources.seen_keys import SeenKeys

MAX_KEYS = 40_000
"""Keys of items that are kept: 270 kB of a message of Kafka, whose limit is 1 MiB."""


class PollCursor(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How far an interface is read.

    Parameters
    ----------
    v
        Version: 1.
    polled
        When the last successful poll began, in seconds since the epoch.
    due
        When the next may begin.
    seen
        Keys of the items seen, by the day on which they were last shown.
    """

    v: int = 1
    polled: float | None = None
    due: float = 0.0
    seen: dict[str, str] = {}


def restore(text: str | None, place: str) -> tuple[PollCursor, SeenKeys]:
    """Restore a cursor; `None`: nothing was polled before.

    Raises
    ------
    SourceError
        Fatal: the cursor cannot be read.
    """
    seen = SeenKeys(MAX_KEYS)
    try:
        cursor = msgspec.json.decode(text, type=PollCursor) if text else PollCursor()
        if cursor.v != 1:
            raise ValueError(f"version {cursor.v}")
        seen.restore(cursor.seen)
    except ValueError as error:
        message = f"{place}: expected a cursor of a poller, version 1, got: {error}; give the source another name"
        raise SourceError(message, reason="cursor", fatal=True) from None
    return cursor, seen


def encode(cursor: PollCursor) -> str:
    """Encode a cursor."""
    return msgspec.json.encode(cursor).decode()
