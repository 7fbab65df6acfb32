"""The cursor of feeds: for each address its validators, its schedule and the keys of the items seen.

With it a restart loses nothing and doubles nothing. It is bounded, for it is one message of a Kafka topic, whose limit
is 1 MiB: 40 bits of a key are kept, 20 characters an item, at most 36,000 items a source (720 kB).
"""

import base64
from collections.abc import Iterable, Sequence

import msgspec

from streams.errors import SourceError
from streams.mentions.text import hash64

MAX_ITEMS = 1_000
"""Items of one document that are read."""
KEPT_DAYS = 7
"""Days for which the keys of an item are kept after it was last shown."""

_SOURCE_ITEMS = 18_000  # shown at one time; as many again are remembered that are shown no more
_KEYS_AN_ITEM = 3
_KEY_BYTES = 5
_MASK = (1 << 8 * _KEY_BYTES) - 1
_DAY_S = 86_400
_MAX_HEADER = 512


class SeenKeys:
    """The keys of items seen: when each was last shown, oldest first.

    Parameters
    ----------
    max_items
        Items shown at one time, at most.

    Examples
    --------
    >>> seen = SeenKeys(2)
    >>> seen.show([key("a"), key("b")], at=0)
    >>> key("a") in seen, key("c") in seen
    (True, False)
    >>> seen.show([key("c")], at=8 * 86400)
    >>> key("a") in seen
    False
    """

    def __init__(self, max_items: int) -> None:
        self._max_keys = 2 * _KEYS_AN_ITEM * max_items
        self._days: dict[int, int] = {}

    def __contains__(self, key: int) -> bool:
        return key in self._days

    def __len__(self) -> int:
        return len(self._days)

    def show(self, keys: Iterable[int], at: float) -> None:
        """Note that these are shown now, and forget what has not been shown for `KEPT_DAYS`, or is too much."""
        today = int(at) // _DAY_S
        for key_ in keys:
            self._days.pop(key_, None)
            self._days[key_] = today
        surplus = len(self._days) - self._max_keys
        gone = [
            key_ for place, (key_, day) in enumerate(self._days.items()) if place < surplus or day < today - KEPT_DAYS
        ]
        for key_ in gone:
            del self._days[key_]

    def rows(self) -> dict[str, str]:
        """Return all as text: for each day its keys."""
        days: dict[int, bytearray] = {}
        for key_, day in self._days.items():
            days.setdefault(day, bytearray()).extend(key_.to_bytes(_KEY_BYTES, "big"))
        return {str(day): base64.b64encode(keys).decode() for day, keys in days.items()}

    def restore(self, rows: dict[str, str]) -> None:
        """Restore what `rows` returned."""
        for day, text in rows.items():
            keys = base64.b64decode(text, validate=True)
            for place in range(0, len(keys), _KEY_BYTES):
                self._days[int.from_bytes(keys[place : place + _KEY_BYTES], "big")] = int(day)


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
        self.seen = SeenKeys(max_items)

    def show(self, keys: Iterable[int], at: float) -> None:
        """Note that items of these keys are shown now."""
        self.seen.show(keys, at)
        self.row.seen = self.seen.rows()

    def remember(self, etag: str | None, modified: str | None) -> None:
        """Keep the validators of a document, unless they are longer than any honest one."""
        self.row.etag = etag if etag and len(etag) <= _MAX_HEADER else None
        self.row.modified = modified if modified and len(modified) <= _MAX_HEADER else None


def key(text: str) -> int:
    """Return the key of what an item is recognised by."""
    return hash64(text) & _MASK


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
