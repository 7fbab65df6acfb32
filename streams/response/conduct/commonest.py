"""The commonest of some keys, counted as they come and go without a walk through all of them."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Commonest(Generic[Key]):
    """How often each key occurs, all of them together, and the commonest.

    Attributes
    ----------
    total, highest
        Occurrences of all keys, and of the commonest.

    Examples
    --------
    >>> counts = Commonest[str]()
    >>> counts.add("a", 3); counts.add("b", 2)
    >>> counts.highest, counts.total
    (3, 5)
    >>> counts.add("a", -2)
    >>> counts.highest, counts.total
    (2, 3)
    """

    def __init__(self) -> None:
        self.total = 0
        self.highest = 0
        self._counts: dict[Key, int] = {}
        # By count: how many keys occur as often.
        self._keys: dict[int, int] = {}

    def add(self, key: Key, count: int) -> None:
        """Add occurrences of a key; take as many away where the count is negative."""
        before = self._counts.get(key, 0)
        after = before + count
        if before:
            self._keys[before] -= 1
        if after:
            self._counts[key] = after
            self._keys[after] = self._keys.get(after, 0) + 1
        else:
            del self._counts[key]
        self.total += count
        self.highest = max(self.highest, after)
        while self.highest and not self._keys.get(self.highest):
            self._keys.pop(self.highest, None)
            self.highest -= 1
