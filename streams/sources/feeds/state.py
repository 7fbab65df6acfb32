"""The cursor of feeds: for each address its validators, its schedule and the keys of the items seen.

With it a restart loses nothing and doubles nothing. It is bounded, for it is one message of a Kafka topic, whose limit
is 1 MiB: 40 bits of a key are kept, 20 characters an item, at most 30,000 items a source (600 kB).
"""

from collections.abc import Iterable, Sequence

import msgspec

from streams.errors import SourceError
from streams.mentions.text import hash64
from streams.sources.seen_keys import SeenKeys

MAX_ITEMS = 1_000
"""Items of one document that are read."""
_SOURCE_ITEMS = 15_000  # shown at one time; as many again are remembered that are shown no more
_KEYS_AN_ITEM = 3
_MAX_HEADER = 200


class FeedRow(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of one address.

    Parameters
    ----------
    etag, modified
        Validators of the last document, exactly as received.
    polled
        When the last successful poll began, in seconds since the epoch.
    changed
        When the last one with a new item began.
    due
        When the next may begin.
    ttl_s
        How long the publisher's last document said it stays fresh.
    seen
        Keys of the items seen, by the day on which they were last shown.
    """

    etag: str | None = None
    modified: str | None = None
    polled: float | None = None
    changed: float = 0.0
    due: float = 0.0
    ttl_s: float = 0.0
    seen: dict[str, str] = {}


class _Cursor(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    feeds: dict[str, FeedRow]


class FeedState:
    """One address and what is known of it.

    Parameters
    ----------
    url
        The address.
    max_items
        Items of its document that are read.
    """

    def __init__(self, url: str, max_items: int) -> None:
        self.url = url
        self.max_items = max_items
        self.row = FeedRow()
        self.seen = SeenKeys(2 * _KEYS_AN_ITEM * max_items)

    def show(self, keys: Iterable[int], at: float) -> None:
        """Note that items of these keys are shown now."""
        self.seen.show(keys, at)
        self.row.seen = self.seen.rows()

    def remember(self, etag: str | None, modified: str | None) -> None:
        """Keep the validators of a document, unless they are longer than any honest one."""
        self.row.etag = etag if etag and len(etag) <= _MAX_HEADER else None
        self.row.modified = modified if modified and len(modified) <= _MAX_HEADER else None


def restore(urls: Sequence[str], cursor: str | None, place: str) -> list[FeedState]:
    """Restore the state of each address; one that the cursor does not hold has never been polled.

    Parameters
    ----------
    urls
        Addresses of the configuration.
    cursor
        What `encode` returned, or `None`.
    place
        The source, named in the error.

    Raises
    ------
    SourceError
        Fatal: the cursor cannot be read.
    """
    states = [FeedState(url, min(MAX_ITEMS, _SOURCE_ITEMS // len(urls))) for url in dict.fromkeys(urls)]
    if cursor is None:
        return states
    try:
        read = msgspec.json.decode(cursor, type=_Cursor)
        if read.v != 1:
            raise ValueError(f"version {read.v}")
        for state in states:
            state.row = read.feeds.get(_name(state.url), state.row)
            state.seen.restore(state.row.seen)
    except ValueError as error:  # also what msgspec and base64 raise
        message = f"{place}: expected a cursor of feeds, version 1, got: {error}; give the source another name"
        raise SourceError(message, reason="cursor", fatal=True) from None
    return states


def encode(states: Iterable[FeedState]) -> str:
    """Encode the state of all addresses as a cursor."""
    return msgspec.json.encode(_Cursor(1, {_name(state.url): state.row for state in states})).decode()


def _name(url: str) -> str:
    return f"{hash64(url):016x}"  # the address itself may hold a key
