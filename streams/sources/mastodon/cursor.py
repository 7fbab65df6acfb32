"""The cursor of Mastodon: how far a server was read, and the brand's own statuses, so that a deletion is noticed."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from streams.sources import cursor_text

Own = tuple[str, str, str]
"""A status of an official account: the server's id, its global address, the account."""


class MastodonCursor(msgspec.Struct, frozen=True, kw_only=True):
    """Where reading stopped.

    Parameters
    ----------
    v
        Version of the cursor: 1.
    at
        Event time up to which statuses were read.
    own
        Statuses of official accounts, newest last.
    """

    v: Literal[1] = 1
    at: Annotated[datetime, Meta(tz=True)] | None = None
    own: list[Own] = []


def decode(text: str | None) -> MastodonCursor:
    """Decode a cursor; `None` is the beginning.

    Raises
    ------
    SourceError
        Fatal: it is the cursor of another source or version.

    Examples
    --------
    >>> decode(cursor_text.encode(MastodonCursor(own=[("1", "https://a.example/1", "acme@a.example")]))).own
    [('1', 'https://a.example/1', 'acme@a.example')]
    """
    return cursor_text.decode(text, MastodonCursor, "Mastodon")
