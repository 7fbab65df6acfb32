"""Heartbeats for idle partitions: they advance a brand's event time where its sources do not.

A brand's watermark is the least over the partitions of `mentions` it was seen on. A partition that has been silent for
a while would hold it back: the watcher's worker then writes a heartbeat into that partition, with the event time that
the brand has reached on its other partitions. Where all of them are silent, and no source of the brand sends
heartbeats, event time goes on with the clock. A heartbeat is read behind everything that was on its partition before
it, and the watermark follows the heartbeats that were read: so the log alone determines every result, however far a
scorer is behind.
"""

from collections.abc import Collection
from typing import NamedTuple

from streams.mentions.heartbeat import IDLE_NETWORK, IDLE_PREFIX, encode_heartbeat
from streams.watching.partition_times import PartitionTimes

# Where nothing is to be closed, the next heartbeat comes after an eighth of the silence so far.
INTERVAL_DIVISOR = 8
RETRY_S = 10.0
"""A heartbeat that was not read by then is sent again; each further time after twice as long."""
MAX_RETRY_S = 600.0


class IdleHeartbeat(NamedTuple):
    """A heartbeat to be sent: its partition, its brand, and the encoded mention."""

    partition: int
    brand: str
    value: bytes


class _Observed:
    """What is known of a brand on one partition: its newest event time, since when, and the heartbeat last sent."""

    __slots__ = ("newest_ms", "retry_s", "sent_ms", "sent_s", "since_s")

    def __init__(self, newest_ms: int, now_s: float) -> None:
        self.newest_ms = newest_ms
        self.since_s = now_s
        self.sent_ms = 0
        self.sent_s = 0.0
        self.retry_s = RETRY_S

    def update(self, newest_ms: int, now_s: float) -> None:
        if newest_ms != self.newest_ms:
            self.newest_ms = newest_ms
            # From when it was sent, not from when it was read: else event time would fall behind with each heartbeat.
            self.since_s = self.sent_s if newest_ms == self.sent_ms else now_s
            self.sent_ms, self.retry_s = 0, RETRY_S

    def may_send(self, now_s: float) -> bool:
        return not self.sent_ms or now_s - self.sent_s >= self.retry_s

    def note_sent(self, to_ms: int, now_s: float) -> None:
        if self.sent_ms:
            self.retry_s = min(2 * self.retry_s, MAX_RETRY_S)
        self.sent_ms, self.sent_s = to_ms, now_s


class IdleHeartbeats:
    """Decide which partitions of which brands need a heartbeat, and when.

    Parameters
    ----------
    after_s
        Seconds of silence after which a partition gets one.

    Examples
    --------
    >>> times = PartitionTimes()
    >>> times.advance(1_000_000, 0)
    True
    >>> heartbeats = IdleHeartbeats(after_s=60)
    >>> heartbeats.due(0.0, 10**12, "Acme", times, None)
    []
    >>> heartbeats.due(60.0, 10**12, "Acme", times, None)[0].value.decode()[:48]
    '{"id":"badbuzz-clock/0/1060000","brand":"Acme","'
    """

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        self._observed: dict[str, dict[int, _Observed]] = {}
        # Newest event time of a brand at the check before.
        self._reached: dict[str, int] = {}

    def due(
        self, now_s: float, now_ms: int, brand: str, times: PartitionTimes, closing_ms: int | None
    ) -> list[IdleHeartbeat]:
        """Return the heartbeats to send for a brand now; they count as sent.

        Parameters
        ----------
        now_s
            Seconds of any monotonic clock.
        now_ms
            Milliseconds since the epoch: event time does not go on with the clock beyond it.
        brand
            Its key.
        times
            Its event time on each partition.
        closing_ms
            Event time that closes its oldest open bucket; None where it has none.
        """
        observed = self._observe(now_s, brand, times)
        newest_ms = max(times.newest.values(), default=0)
        # Of what arrives together, one partition is read before the other: it must not overtake that one.
        reached_ms, self._reached[brand] = self._reached.get(brand, 0), newest_ms
        silent = [p for p in sorted(observed) if p in times.idle_since or now_s - observed[p].since_s >= self.after_s]
        if not silent:
            return []
        if len(silent) == len(observed) and not times.has_source_heartbeats:
            by_clock = max(seen.newest_ms + int(1000 * (now_s - seen.since_s)) for seen in observed.values())
            reached_ms = max(newest_ms, min(by_clock, now_ms))
        due = []
        for partition in silent:
            seen = observed[partition]
            if self._needed(partition, times, reached_ms, closing_ms) and seen.may_send(now_s):
                seen.note_sent(reached_ms, now_s)
                value = encode_heartbeat(f"{IDLE_PREFIX}{partition}/{reached_ms}", brand, IDLE_NETWORK, reached_ms)
                due.append(IdleHeartbeat(partition, brand, value))
        return due

    def forget_except(self, brands: Collection[str]) -> None:
        """Forget the brands that are not among these: others watch them now."""
        for brand in [brand for brand in self._observed if brand not in brands]:
            del self._observed[brand], self._reached[brand]

    def _observe(self, now_s: float, brand: str, times: PartitionTimes) -> dict[int, _Observed]:
        before = self._observed.get(brand, {})
        observed = {}
        for partition, ms in times.newest.items():
            seen = observed[partition] = before.get(partition) or _Observed(ms, now_s)
            seen.update(ms, now_s)
        self._observed[brand] = observed
        return observed

    def _needed(self, partition: int, times: PartitionTimes, reached_ms: int, closing_ms: int | None) -> bool:
        newest_ms = times.newest[partition]
        if closing_ms is not None and newest_ms < closing_ms <= reached_ms:
            return True
        silence_ms = newest_ms - times.idle_since.get(partition, newest_ms)
        return reached_ms - newest_ms >= max(1000 * self.after_s, silence_ms / INTERVAL_DIVISOR, 1)
