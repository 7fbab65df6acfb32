"""The wall clock's part: heartbeats for brands whose sources send none.

A brand's event time is moved by its mentions and by its sources' heartbeats. Where a brand has been silent for a while,
no source of it sends heartbeats, and everything written has been read, the reader itself writes a heartbeat into the
log: its newest event time, moved on by the time that has passed. So the log alone still decides every answer.
"""

from collections.abc import Mapping
from typing import NamedTuple

from streams.mentions.heartbeat import IDLE_NETWORK, IDLE_PREFIX, encode_heartbeat

# A brand silent for long is moved on in longer steps: an eighth of its silence.
STEP_SHARE = 8

Key = tuple[int, str]
"""A partition of `mentions`, and a brand on it."""


class Beat(NamedTuple):
    """A heartbeat to be written: where, and the mention."""

    partition: int
    brand: str
    value: bytes


class IdleHeartbeats:
    """Find the brands that nobody moves on.

    Parameters
    ----------
    after_s
        Seconds of silence after which it steps in; 0: never.

    Examples
    --------
    >>> clock = IdleHeartbeats(after_s=120)
    >>> clock.due(0.0, 10**12, {(0, "Acme"): 1_000_000})
    []
    >>> clock.due(120.0, 10**12, {(0, "Acme"): 1_000_000})[0].value.decode()[:60]
    '{"id":"badbuzz-clock/1000000/1120000","brand":"Acme","networ'
    """

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        self._moved: dict[Key, tuple[int, float]] = {}
        self._beating: set[Key] = set()
        self._own: dict[Key, tuple[int, int]] = {}

    def heard(self, partition: int, heartbeats: Mapping[str, str]) -> None:
        """Take note of heartbeats read: the id of each brand's last one."""
        for brand, name in heartbeats.items():
            since, _, ms = name.removeprefix(IDLE_PREFIX).partition("/")
            if name.startswith(IDLE_PREFIX) and since.isdecimal() and ms.isdecimal():
                self._own[partition, brand] = (int(ms), int(since))
            else:
                self._beating.add((partition, brand))

    def due(self, now_s: float, now_ms: int, newest: Mapping[Key, int]) -> list[Beat]:
        """Give the heartbeats to write.

        Parameters
        ----------
        now_s
            Seconds of any clock that only goes forward.
        now_ms
            Milliseconds since the epoch: no heartbeat is later.
        newest
            Newest event time of each brand on each partition that has been read to its end.
        """
        beats = []
        moved: dict[Key, tuple[int, float]] = {}
        for key, ms in newest.items():
            known = self._moved.get(key)
            if known is None or known[0] != ms:
                known = (ms, now_s)
            moved[key] = known
            if key in self._beating or not self.after_s:
                continue
            own_ms, own_since = self._own.get(key, (0, 0))
            since = own_since if own_ms == ms else ms
            passed = now_s - known[1]
            to = min(ms + int(passed * 1000), now_ms)
            if passed >= max(self.after_s, (ms - since) / 1000 / STEP_SHARE) and to > ms:
                beats.append(Beat(*key, encode_heartbeat(f"{IDLE_PREFIX}{since}/{to}", key[1], IDLE_NETWORK, to)))
        self._moved = moved
        self._beating &= moved.keys()
        self._own = {key: own for key, own in self._own.items() if key in moved}
        return beats
