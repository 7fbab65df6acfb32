"""Heartbeats: mentions without text that report a source's progress, or advance the watermark of an idle brand."""

import msgspec

from streams.event_time import rfc3339_ms

IDLE_NETWORK = "badbuzz-clock"
"""Network of the heartbeats that a worker sends for a brand whose sources send none."""
IDLE_PREFIX = "badbuzz-clock/"
"""Prefix of the ids of those heartbeats."""


def encode_heartbeat(mention_id: str, brand: str, network: str, at_ms: int) -> bytes:
    """Encode a heartbeat as a mention.

    Parameters
    ----------
    mention_id
        Unique within the network.
    brand, network
        The brand whose watermark it advances, and the network that was polled.
    at_ms
        Event time up to which the source is complete, in milliseconds since the epoch.

    Examples
    --------
    >>> encode_heartbeat("h1", "Acme", "forum", 1339437600000).decode()
    '{"id":"h1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00.000Z","kind":"heartbeat"}'
    """
    return msgspec.json.encode(
        {
            "id": mention_id,
            "brand": brand,
            "network": network,
            "created_at": rfc3339_ms(at_ms),
            "kind": "heartbeat",
        }
    )
