"""The open one-minute buckets of a brand: rollups wait here until the watermark passes the end of their minute."""

from collections.abc import Iterator

from msgspec.structs import replace

from streams.scoring.rollup import Rollup, merge

# Merge in bulk once this many posts are pending: cheaper than one by one, and neither memory nor the closing of a
# minute grows without bound.
MERGE_AT = 64


class OpenBuckets:
    """Rollups by minute, network and lag, merged as they accumulate.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts
    >>> buckets = OpenBuckets()
    >>> for minute in (7, 5, 7):
    ...     buckets.add(Rollup("Acme", "forum", minute, 0, Counts(mentions=1)))
    >>> [(minute, rollups[0].counts.mentions) for minute, rollups in buckets.pop_before(8)]
    [(5, 1), (7, 2)]
    """

    def __init__(self) -> None:
        self._pending: dict[int, dict[tuple[str, int], list[Rollup]]] = {}

    @property
    def oldest(self) -> int | None:
        """The oldest minute with a rollup."""
        return min(self._pending, default=None)

    def add(self, rollup: Rollup, opened: int | None = None) -> None:
        """Add a rollup to the bucket of its minute, or to that of the oldest open minute where it is late."""
        if opened is not None and rollup.minute < opened:
            rollup = replace(rollup, minute=opened, lag=rollup.lag + opened - rollup.minute)
        bucket = self._pending.get(rollup.minute)
        if bucket is None:
            bucket = self._pending[rollup.minute] = {}
        pending = bucket.setdefault((rollup.network, rollup.lag), [])
        pending.append(rollup)
        if len(pending) * (1 + len(rollup.posts)) >= MERGE_AT:
            self._merge()

    def pop_before(self, minute: int) -> Iterator[tuple[int, list[Rollup]]]:
        """Remove the buckets before a minute, oldest first; yield each with its rollups, one a network and lag."""
        for closed in sorted([open_minute for open_minute in self._pending if open_minute < minute]):
            bucket = self._pending.pop(closed)
            if len(bucket) == 1:
                [pending] = bucket.values()
                yield closed, [merge(*pending)]
            else:
                yield closed, [merge(*bucket[key]) for key in sorted(bucket)]

    def rollups(self) -> list[Rollup]:
        """Return all rollups, by minute, network and lag."""
        buckets = [self._pending[minute] for minute in sorted(self._pending)]
        return [rollup for bucket in buckets for key in sorted(bucket) for rollup in bucket[key]]

    def _merge(self) -> None:
        for bucket in self._pending.values():
            for key, pending in bucket.items():
                bucket[key] = [merge(*pending)]
