"""Keys of what a poller has seen: deduplication that survives a restart, in few bytes.

40 bits of a hash are kept of each: among 100,000 keys, one new item in ten million is taken for a known one.
"""

import base64
from collections.abc import Iterable

from streams.mentions.text import hash64

KEPT_DAYS = 7
"""Days for which a key is kept after it was last shown."""

_KEY_BYTES = 5
_MASK = (1 << 8 * _KEY_BYTES) - 1
_DAY_S = 86_400


def key(text: str) -> int:
    """Return the key of what an item is recognised by."""
    return hash64(text) & _MASK


class SeenKeys:
    """The keys of items seen: when each was last shown, oldest first.

    Parameters
    ----------
    max_keys
        Keys that are kept; when more are shown, those not shown for longest go.

    Examples
    --------
    >>> seen = SeenKeys(8)
    >>> seen.show([key("a"), key("b")], at=0)
    >>> key("a") in seen, key("c") in seen
    (True, False)
    >>> seen.show([key("c")], at=8 * 86400)
    >>> key("a") in seen
    False
    """

    def __init__(self, max_keys: int) -> None:
        self._max_keys = max_keys
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
