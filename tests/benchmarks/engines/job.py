"""The job of every engine: the parts that depend on no engine, so that each does them the same way.

The item a mention adds to its minute, the sums of a closed minute, and the burst detectors of a brand.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from detectors.brand import BrandDetector
from detectors.observation import Observation, Voice
from detectors.settings import DetectorSettings
from streams.mentions.mention import Mention
from streams.mentions.text import hash64, post_key
from streams.scoring.rollup import merge_voices
from streams.settings.config import Config

MINUTE_MS = 60_000
LATENESS_S = 60
COUNTS = "counts"
ALERTS = "alerts"
# An hour, not a day: so the detectors have learned before the clock runs.
SETTINGS = DetectorSettings(learning_hours=1)
CONFIG = Config(thresholds=SETTINGS)

Item = tuple[int, str, int, int, int, bool, int]
"""A mention in its minute: hash of its id, network, author, text, origin, negative, followers."""

Networks = dict[str, tuple[int, int, int]]
"""Mentions, negatives and distinct authors of each network."""

encode = msgspec.json.encode


def _text_hash(text: str) -> int:
    """Hash a text as every engine can, one at a time; 0 where it is too short to be a copy."""
    return hash64(" ".join(text.lower().split())) & 0xFFFFFFFF if len(text) >= 25 else 0


def item(mention: Mention, negativity: float) -> Item:
    """Return the item of a mention; numbers and strings only, which every engine can store."""
    network, author, repost_of = mention.network, mention.author, mention.repost_of
    identity = hash64(f"{network}\0{mention.id}")
    return (
        identity,
        network,
        identity if author is None else hash64(f"{network}\0{author}"),
        0 if repost_of is not None or mention.kind == "repost" else _text_hash(mention.text or ""),
        0 if repost_of is None else post_key(network, repost_of),
        negativity >= CONFIG.negative_at,
        mention.followers or 0,
    )


def close(minute: int, items: Iterable[Sequence[Any]]) -> tuple[Networks, Observation]:
    """Sum a closed minute of one brand; an id counts once."""
    counts: dict[str, list[int]] = {}
    authors: dict[str, set[int]] = {}
    voices = []
    for _, network, author, text, origin, negative, followers in {one[0]: one for one in items}.values():
        row = counts.get(network)
        if row is None:
            row = counts[network] = [0, 0]
            authors[network] = set()
        row[0] += 1
        row[1] += negative
        authors[network].add(author)
        voices.append(Voice(author, text.to_bytes(4) if text else b"", origin, negative, followers))
    mentions, negatives = map(sum, zip(*counts.values(), strict=True))
    networks = {network: (*counts[network], len(authors[network])) for network in counts}
    return networks, Observation(minute, mentions, negatives, merge_voices(voices, ()))  # type: ignore[return-value]


class Watch:
    """The burst detectors of one brand."""

    def __init__(self, state: dict[str, Any] | None = None, rows: dict[int, list[Any]] | None = None) -> None:
        self.detector = BrandDetector(SETTINGS) if state is None else BrandDetector.restore(SETTINGS, state, rows or {})

    def close(self, minute: int, items: Iterable[Sequence[Any]]) -> list[tuple[str, bytes]]:
        """Close a minute; return its sums and alerts as messages, each with its topic."""
        networks, seen = close(minute, items)
        changes = self.detector.observe(seen)
        alerts = [(ALERTS, encode((c.minute, c.severity, c.observed, c.expected))) for c in changes]
        return [(COUNTS, encode((minute, networks))), *alerts]
