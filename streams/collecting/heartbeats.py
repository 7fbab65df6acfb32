"""Heartbeats of a source: for each brand, once a minute of event time, how far the source has seen."""

from collections.abc import Iterable

from streams.event_time import MINUTE_MS
from streams.mentions.heartbeat import encode_heartbeat


class Heartbeats:
    """Which brands of one source are due a heartbeat.

    A brand is due where neither a mention nor a heartbeat of this source came in the minute of event time up to which
    the source is complete. What was sent is forgotten with the process: after a restart each brand gets one more.

    Parameters
    ----------
    source
        Name of the source: heartbeats of two sources of one network have ids of their own.
    network
        Of the source.
    brands
        That it watches.

    Examples
    --------
    >>> beats = Heartbeats("sky", "bluesky", ["Acme", "Orange"])
    >>> beats.mentioned("Acme", 60_000)
    >>> [brand for brand, _ in beats.due(complete_to_ms=61_000, now_ms=90_000)]
    ['Orange']
    >>> beats.due(complete_to_ms=119_000, now_ms=119_000)
    []
    >>> [message.decode() for _, message in beats.due(complete_to_ms=500_000, now_ms=120_000)][0]
    '{"id":"heartbeat:sky:120000","brand":"Acme","network":"bluesky","created_at":"1970-01-01T00:02:00.000Z","kind":"heartbeat"}'
    """

    def __init__(self, source: str, network: str, brands: Iterable[str]) -> None:
        self._prefix = f"heartbeat:{source[:200]}"
        self._network = network
        self._newest = dict.fromkeys(brands, 0)
        self._last_minute = 0

    def mentioned(self, brand: str, at_ms: int) -> None:
        """Note a mention of a brand; one of a brand that is not watched is ignored.

        Parameters
        ----------
        brand
            Key of the mention.
        at_ms
            Its event time, in milliseconds since the epoch.
        """
        if at_ms > self._newest.get(brand, at_ms):
            self._newest[brand] = at_ms

    def due(self, complete_to_ms: int | None, now_ms: int) -> list[tuple[str, bytes]]:
        """Return the heartbeats to send, by brand, and count them as sent.

        Parameters
        ----------
        complete_to_ms
            Event time up to which the source has seen everything, in milliseconds since the epoch; `None`: not known.
        now_ms
            The clock, which no heartbeat runs ahead of, in milliseconds since the epoch.
        """
        if complete_to_ms is None:
            return []
        at_ms = min(complete_to_ms, now_ms)
        minute = at_ms // MINUTE_MS
        if minute <= self._last_minute:
            return []  # every brand has had one in this minute, or a mention
        self._last_minute = minute
        due = [brand for brand, newest in self._newest.items() if newest // MINUTE_MS < minute]
        for brand in due:
            self._newest[brand] = at_ms
        mention_id = f"{self._prefix}:{at_ms}"
        return [(brand, encode_heartbeat(mention_id, brand, self._network, at_ms)) for brand in due]
