"""A raw message: the bytes of a mention before they are decoded, and their position."""

import re
from datetime import datetime
from typing import NamedTuple

_CREATED_AT = re.compile(rb'"created_at"\s*:\s*"([^"]{1,40})"')


class Message(NamedTuple):
    """Undecoded bytes and their position: a file and its line, or a partition and its offset.

    `arrived_ms` is when the log appended them, in milliseconds since the epoch; 0: now.
    """

    source: str
    offset: int
    value: bytes
    arrived_ms: int = 0


def event_ms(line: bytes) -> int | None:
    """Return the event time of a line without decoding it, in milliseconds since the epoch; `None` if it has none.

    Examples
    --------
    >>> event_ms(b'{"created_at": "1970-01-01T00:01:00Z"}'), event_ms(b'{"created_at": "soon"}')
    (60000, None)
    """
    match = _CREATED_AT.search(line)
    if match:
        try:
            time = datetime.fromisoformat(match.group(1).decode("ascii"))
        except (ValueError, UnicodeDecodeError):
            return None
        if time.tzinfo:
            return int(time.timestamp() * 1000)
    return None
