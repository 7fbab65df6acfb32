"""Deduplication by mention id, in bounded memory."""


class SeenIds:
    """A set of the most recent ids, as 64-bit hashes, in two generations.

    When the younger generation is full it becomes the older one, and the older is forgotten: at least the last
    `capacity` ids are known, and at most twice as many.

    Parameters
    ----------
    capacity
        Ids a generation holds; about 60 bytes each.

    Examples
    --------
    >>> seen = SeenIds(capacity=2)
    >>> [seen.add(x) for x in (1, 2, 1, 3, 4, 5, 1)]
    [True, True, False, True, True, True, True]
    """

    def __init__(self, capacity: int = 250_000) -> None:
        self.capacity = capacity
        self._young: set[int] = set()
        self._old: set[int] = set()

    def add(self, key: int) -> bool:
        """Add a hash; return whether it is new."""
        if key in self._young:
            return False
        new = key not in self._old
        self._young.add(key)  # also if it is known, so that the set depends on the last two generations alone
        if len(self._young) >= self.capacity:
            self.rotate_generations()
        return new

    def rotate_generations(self) -> None:
        """Start a new generation; ids older than the previous one are forgotten."""
        self._old, self._young = self._young, set()
