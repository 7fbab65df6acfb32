"""Reading of Mastodon in a test: the hashtag `acme` and the brand's own account."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from streams.settings.sources import CollectorSettings, MastodonConfig
from streams.sources.mastodon.stream import Mastodon
from streams.sources.source import Batch
from tests.sources.fakes.fake_mastodon import DOMAIN, TOKEN, FakeMastodon
from tests.sources.reading import Clock, posts_of

COMMON = CollectorSettings(allow_private=True)
BRAND = f"Acme@{DOMAIN}"


def open_source(
    server: FakeMastodon, clock: Clock, *, silence_s: float = 5, capacity: int = 1000, **options: Any
) -> Mastodon:
    config = MastodonConfig(url=server.url, **{"token": TOKEN, "hashtags": ("#acme",), **options})
    accounts = frozenset((BRAND,))
    return Mastodon("m", config, COMMON, accounts, clock=clock, silence_s=silence_s, idle_s=0.05, capacity=capacity)


async def read_while(
    server: FakeMastodon,
    source: Mastodon,
    act: Callable[[], object],
    posts: int = 1,
    *,
    cursor: str | None = None,
    streams: int = 2,
) -> list[Batch]:
    """Read; do something once the source has subscribed; and go on until so many posts came since then."""
    reading: AsyncGenerator[Batch, None] = source.read(cursor)
    async with aclosing(reading):
        batches = [await anext(reading)]
        await server.subscribed(streams)
        act()
        start = len(posts_of(batches))
        while len(posts_of(batches)) < start + posts:
            batches.append(await anext(reading))
    return batches
