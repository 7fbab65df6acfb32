"""The cursor of X: how far the stream was read, and what the day has cost."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from streams.sources import cursor_text

_EPOCH_MS = 1_288_834_974_657


class XCursor(msgspec.Struct, frozen=True, kw_only=True):
    """Where reading stopped.

    Parameters
    ----------
    v
        Version of the cursor: 1.
    at
        Event time up to which posts were read.
    day, spent
        A UTC day, and the posts read on it.
    stopped
        Whether the budget ended the reading: what was missed is a gap then, and not bought the next day.
    """

    v: Literal[1] = 1
    at: Annotated[datetime, Meta(tz=True)] | None = None
    day: str = ""
    spent: Annotated[int, Meta(ge=0)] = 0
    stopped: bool = False


def decode(text: str | None) -> XCursor:
    """Decode a cursor; `None` is the beginning.

    Raises
    ------
    SourceError
        Fatal: it is the cursor of another source or version.

    Examples
    --------
    >>> decode(cursor_text.encode(XCursor(day="2026-10-01", spent=7))).spent
    7
    """
    return cursor_text.decode(text, XCursor, "X")


def id_at(at: datetime) -> str:
    """Return the least id of a post made at a time: the upper bits of X's ids are milliseconds.

    Examples
    --------
    >>> made_at(id_at(datetime(2026, 10, 1, 12, tzinfo=UTC))).isoformat()
    '2026-10-01T12:00:00+00:00'
    """
    return str(max(int(at.timestamp() * 1000) - _EPOCH_MS, 0) << 22)


def made_at(post_id: str) -> datetime:
    """Return when the post of an id was made."""
    return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH_MS) / 1000, UTC)
