"""Plain parts of a collection: brands by their names alone, authors as they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from streams.collecting.collection import Parts
from streams.collecting.commit import Keyed
from streams.collecting.recounting import Recounting
from streams.mentions.heartbeat import encode_heartbeat
from streams.sources.source import Post

BRANDS = ("Acme", "Other")


class Named(NamedTuple):
    brand: str


class ByName:
    def match(self, post: Post, _network: str, /) -> Sequence[Named]:
        names = (post.brand,) if post.brand else [b for b in BRANDS if b in f"{post.text} {post.searched}"]
        return [Named(brand) for brand in names]


class PlainBuilder:
    def build(self, post: Post, brands: Sequence[str]) -> Sequence[Keyed]:
        fields = {"id": post.id, "network": "scripted", "created_at": post.created_at, "kind": post.kind}
        if post.kind != "update":
            fields["text"] = post.text
        if post.author == "refused":
            return []
        return [
            (brand, msgspec.json.encode(fields | {"brand": brand, "followers": post.followers})) for brand in brands
        ]


class Earlier(NamedTuple):
    brands: Sequence[str]
    text: str


class PlainMemory:
    def __init__(self) -> None:
        self.posts: dict[str, Earlier] = {}
        self._changes: dict[str, bytes | None] = {}

    def remember(self, post: Post, brands: Sequence[str]) -> None:
        self.posts[post.id] = Earlier(brands, post.text)
        self._changes[post.id] = msgspec.json.encode(self.posts[post.id])

    def recall(self, post_id: str) -> Earlier | None:
        return self.posts.get(post_id)

    def changes(self) -> Mapping[str, bytes | None]:
        changes, self._changes = self._changes, {}
        return changes

    def restore(self, rows: Mapping[str, bytes]) -> None:
        self.posts |= {key: msgspec.json.decode(row, type=Earlier) for key, row in rows.items()}


class MinuteBeats:
    """A heartbeat a brand and minute."""

    def __init__(self) -> None:
        self.minute = 0

    def due(self, complete_to: datetime, now: datetime, messages: Sequence[Keyed]) -> Sequence[Keyed]:
        minute = int(min(complete_to, now).timestamp() // 60)
        if minute <= self.minute:
            return []
        self.minute = minute
        return [(b, encode_heartbeat(f"beat/{minute}", b, "scripted", minute * 60_000)) for b in BRANDS]


class Grim:
    """Finds negative whatever says so."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.9 if "awful" in text else 0.1 for text in texts]


def plain_parts() -> Parts:
    return Parts(ByName(), PlainBuilder(), PlainMemory(), MinuteBeats(), Recounting(Grim(), 0.5))


def ids(messages: Sequence[Keyed]) -> list[tuple[str, str]]:
    """Brand and id of each mention; heartbeats are left out."""
    decoded = [(brand, msgspec.json.decode(value)) for brand, value in messages]
    return [(brand, record["id"]) for brand, record in decoded if record["kind"] != "heartbeat"]
