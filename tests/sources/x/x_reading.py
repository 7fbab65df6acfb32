"""Reading of X in a test: one brand, one rule."""

from typing import Any

from streams.settings.sources import CollectorSettings, XConfig
from streams.sources.source import Batch
from streams.sources.x.rules import Rule
from streams.sources.x.stream import XStream
from tests.sources.fakes.fake_x import TOKEN, FakeX
from tests.sources.reading import Clock, posts_of, read_until

RULES = (("Acme", '"acme"'),)
COMMON = CollectorSettings(allow_private=True)


def open_source(
    x: FakeX,
    clock: Clock,
    *,
    rules: tuple[Rule, ...] = RULES,
    silence_s: float = 5,
    capacity: int = 1000,
    **options: Any,
) -> XStream:
    config = XConfig(url=x.url, **{"token": TOKEN, **options})
    return XStream("x", config, COMMON, rules=rules, clock=clock, silence_s=silence_s, idle_s=0.05, capacity=capacity)


async def read_while(x: FakeX, source: XStream, cursor: str | None, *texts: str) -> list[Batch]:
    """Read, publish these texts once the stream is open, and go on until they came."""

    def enough(batches: list[Batch]) -> bool:
        for number, text in enumerate(texts if len(batches) == 1 else ()):
            x.publish(text, number)
        return {post.text for post in posts_of(batches)} >= set(texts)

    return await read_until(source, cursor, enough)
