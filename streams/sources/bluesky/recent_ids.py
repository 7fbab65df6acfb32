"""Recent ids: which posts were read already, for what is read twice where reading resumes by time."""


class RecentIds:
    """Ids of the last posts, at least `limit` and at most twice as many.

    Parameters
    ----------
    limit
        Ids that are remembered.

    Examples
    --------
    >>> recent = RecentIds(2)
    >>> [recent.add(name) for name in ("a", "a", "b", "c", "d", "e", "a")]
    [True, False, True, True, True, True, True]
    """

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._new: set[str] = set()
        self._old: set[str] = set()

    def add(self, name: str) -> bool:
        """Remember an id; return whether it is new."""
        if name in self._new or name in self._old:
            return False
        if len(self._new) >= self._limit:
            self._old, self._new = self._new, set()
        self._new.add(name)
        return True

    def clear(self) -> None:
        """Forget all."""
        self._new, self._old = set(), set()
