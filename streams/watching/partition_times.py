"""A brand's event time on each partition of `mentions`, and the least of them, which its watermark follows."""

from streams.event_time import HOUR_MS

LEFT_AFTER_MS = 7 * 24 * HOUR_MS
"""A partition that is idle for longer while the brand is active on others no longer counts: the brand has left it."""


class PartitionTimes:
    """Newest event time of a brand on each partition.

    Attributes
    ----------
    newest
        By partition, in milliseconds since the epoch.
    idle_since
        Of the partitions whose newest event time is that of an idle heartbeat, the one before the first of these.
    has_source_heartbeats
        Whether a rollup of a source's heartbeat alone was ever seen.

    Examples
    --------
    >>> times = PartitionTimes()
    >>> times.advance(90_000, 0), times.advance(10_000, 1), times.event_time
    (True, True, 10000)
    >>> times.advance(90_000, 1, idle=True), times.event_time, times.idle_since
    (True, 90000, {1: 10000})
    >>> times.advance(80_000, 1)
    False
    """

    __slots__ = ("has_source_heartbeats", "idle_since", "newest")

    def __init__(self) -> None:
        self.newest: dict[int, int] = {}
        self.idle_since: dict[int, int] = {}
        self.has_source_heartbeats = False

    @property
    def event_time(self) -> int:
        """The least over the partitions."""
        return min(self.newest.values())

    def advance(self, newest_ms: int, partition: int, idle: bool = False) -> bool:
        """Advance a partition; return False, and change nothing, where it is not behind.

        Parameters
        ----------
        newest_ms
            Milliseconds since the epoch.
        partition
            The partition of `mentions` in which this event time was seen.
        idle
            It was seen in an idle heartbeat.
        """
        known = self.newest.get(partition)
        if known is not None and newest_ms <= known:
            return False
        self.newest[partition] = newest_ms
        if idle:
            since = self.idle_since.setdefault(partition, newest_ms if known is None else known)
            if newest_ms - since > LEFT_AFTER_MS and len(self.idle_since) < len(self.newest):
                del self.newest[partition], self.idle_since[partition]
        elif self.idle_since:
            self.idle_since.pop(partition, None)
        return True
