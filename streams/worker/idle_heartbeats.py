"""Heartbeats for idle brands, so that their watermark advances without mentions.

A brand's event time is advanced by its mentions and by its sources' heartbeats. Where a brand has been silent for a
while, no source of it sends heartbeats and its partition has been read to the end, the scorer itself writes a heartbeat
into the log: the brand's newest event time, advanced by the time that has passed. So the log alone still determines
every result.
"""

from collections.abc import Mapping
from typing import NamedTuple

from streams.mentions.heartbeat import IDLE_NETWORK, IDLE_PREFIX, encode_heartbeat

# The longer a brand is silent, the rarer its heartbeats: the next comes after an eighth of the silence so far.
INTERVAL_DIVISOR = 8

Key = tuple[int, str]
"""A partition of `mentions`, and a brand on it."""


class IdleHeartbeat(NamedTuple):
    """A heartbeat to be sent: its partition, its brand, and the encoded mention."""

    partition: int
    brand: str
    value: bytes


class IdleHeartbeats:
    """Decide which brands need a heartbeat, and when.

    Parameters
    ----------
    after_s
        Seconds of silence after which a brand gets one; 0: never.

    Examples
    --------
    >>> heartbeats = IdleHeartbeats(after_s=120)
    >>> heartbeats.due(0.0, 10**12, {(0, "Acme"): 1_000_000})
    []
    >>> heartbeats.due(120.0, 10**12, {(0, "Acme"): 1_000_000})[0].value.decode()[:60]
    '{"id":"badbuzz-clock/1000000/1120000","brand":"Acme","networ'
    """

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        # Newest event time of a brand, and the second at which it was first seen.
        self._advanced: dict[Key, tuple[int, float]] = {}
        self._with_source: set[Key] = set()
        # Event time of a brand's last idle heartbeat, and the event time at which its silence began.
        self._idle: dict[Key, tuple[int, int]] = {}

    def record(self, partition: int, heartbeats: Mapping[str, str]) -> None:
        """Record heartbeats that were read: the id of each brand's last one."""
        for brand, name in heartbeats.items():
            since, _, ms = name.removeprefix(IDLE_PREFIX).partition("/")
            if name.startswith(IDLE_PREFIX) and since.isdecimal() and ms.isdecimal():
                self._idle[partition, brand] = (int(ms), int(since))
            else:
                self._with_source.add((partition, brand))

    def due(self, now_s: float, now_ms: int, newest: Mapping[Key, int]) -> list[IdleHeartbeat]:
        """Return the heartbeats to send now.

        Parameters
        ----------
        now_s
            Seconds of any monotonic clock.
        now_ms
            Milliseconds since the epoch: no heartbeat is later.
        newest
            Newest event time of each brand on each partition that has been read to its end.
        """
        due = []
        advanced: dict[Key, tuple[int, float]] = {}
        for key, ms in newest.items():
            known = self._advanced.get(key)
            if known is None or known[0] != ms:
                known = (ms, now_s)
            advanced[key] = known
            if key in self._with_source or not self.after_s:
                continue
            idle_ms, idle_since = self._idle.get(key, (0, 0))
            since = idle_since if idle_ms == ms else ms
            passed_s = now_s - known[1]
            to = min(ms + int(passed_s * 1000), now_ms)
            if passed_s >= max(self.after_s, (ms - since) / 1000 / INTERVAL_DIVISOR) and to > ms:
                value = encode_heartbeat(f"{IDLE_PREFIX}{since}/{to}", key[1], IDLE_NETWORK, to)
                due.append(IdleHeartbeat(*key, value))
        self._advanced = advanced
        self._with_source &= advanced.keys()
        self._idle = {key: idle for key, idle in self._idle.items() if key in advanced}
        return due
