"""Runs of the whole pipeline on what sources and exports bring: how many incident events it raises."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from detectors.negativity import NegativityModel
from streams.event_time import rfc3339_ms
from streams.mentions.heartbeat import encode_heartbeat
from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.settings.config import Config
from streams.sources.source import Batch
from tests.sources.fakes.clock import START

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def incidents(found: Sequence[Batch]) -> int:
    """Incident events of a brand that gets those batches after three days of a mention every three minutes."""
    lines = []
    for number in range(3 * 24 * 20):
        at = START - 3 * DAY + 3 * MINUTE * number
        said = f"Acme sent parcel {number} broken, such a shame" if number % 2 else f"Acme opened shop {number}"
        lines.append(line(f"other-{number}", "forum", at, said, f"o{number}"))
    for batch in found:
        assert batch.complete_to
        lines += [line(post.id, "press", post.created_at, post.text, post.author) for post in batch.posts]
        lines.append(encode_heartbeat(f"h{len(lines)}", "Acme", "press", int(batch.complete_to.timestamp() * 1000)))
    return played(lines)


def played(lines: Sequence[bytes]) -> int:
    """Incident events of these mentions."""
    pipeline = Pipeline(Config(), NegativityModel.load())
    events = pipeline.run([Message("test", number, value) for number, value in enumerate(lines)])
    assert pipeline.dead_letter_counts.total() == 0
    return len(events) + len(pipeline.finish())


def line(mention_id: str, network: str, at: datetime, text: str, author: str | None) -> bytes:
    """One mention of the brand."""
    created_at = rfc3339_ms(int(at.timestamp() * 1000))
    record = {"id": mention_id, "brand": "Acme", "network": network, "created_at": created_at, "text": text}
    return json.dumps(record | {"author": author}).encode()
