"""Deduplication by mention id, in bounded memory, with the counts that each id was last seen with."""


class SeenIds:
    """The most recent ids, as 64-bit hashes, and the counts each was last seen with, in two generations.

    When the younger generation is full it becomes the older one, and the older is forgotten: at least the last
    `capacity` ids are known, and at most twice as many.

    Parameters
    ----------
    capacity
        Ids a generation holds; about 100 bytes each.

    Examples
    --------
    >>> seen = SeenIds(capacity=2)
    >>> [seen.add(x, 0) for x in (1, 2, 1, 3, 4, 5, 1)]
    [None, None, 0, None, None, None, None]
    >>> seen.add(5, 60), seen.add(5, 60)
    (0, 60)
    """

    def __init__(self, capacity: int = 250_000) -> None:
        self.capacity = capacity
        self._young: dict[int, int] = {}
        self._old: dict[int, int] = {}

    def add(self, key: int, counts: int) -> int | None:
        """Add a hash with its counts as one number; return the one it was last added with, or None if it is new."""
        known = self._young.get(key)
        if known is None:
            known = self._old.get(key)
        self._young[key] = counts  # also if it is known, so that the state depends on the last two generations alone
        if len(self._young) >= self.capacity:
            self.rotate_generations()
        return known

    def rotate_generations(self) -> None:
        """Start a new generation; ids older than the previous one are forgotten."""
        self._old, self._young = self._young, {}
