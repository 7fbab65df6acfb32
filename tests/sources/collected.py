"""A made-up Bluesky in a thread, collectors of it as processes, and what is on Kafka of it."""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web
from kafka import KafkaConsumer

from deploy.local.live import LocalCollector
from streams.kafka.clients import consumer_options
from streams.kafka.topics import MENTIONS
from streams.mentions.mention import decode
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import TOPICS, wait_until
from tests.sources.fakes.fake_jetstream import NEXT, FakeJetstream, Fault, unavailable

T = TypeVar("T")

CONFIGURATION = """\
[brands.Acme]
[brands.Other]

[source]
pseudonym_key = "only for a made-up network in a test"
allow_private = true

[sources.sky]
type = "jetstream"
url = ["{url}"]
profiles = false
"""
GARBAGE = ("{", '{"$type":"message"}', b"\xff\xfe\x00", "null")


class Network:
    """A fake Jetstream on a thread of its own, and what it published about Acme and Other."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.expected: list[tuple[str, str]] = []
        """Brand and id of each mention that there must be, in order."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._stack = contextlib.AsyncExitStack()
        self._number = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self.server: FakeJetstream = self.call(self._stack.enter_async_context(FakeJetstream()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.call(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        return self.server.jetstream_v1 if self.version == 1 else self.server.jetstream

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the network's thread, to its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def publish(self, posts: int) -> int:
        """Publish posts: a third name Acme, a seventh name Other, most name nobody; return how many."""
        self.call(self._publish(posts))
        return posts

    async def _publish(self, posts: int) -> None:
        for _ in range(posts):
            number = self._number
            self._number += 1
            brands = [brand for brand, every in (("Acme", 3), ("Other", 7)) if number % every == 0]
            post = await self.server.post(f"{' and '.join(brands) or 'nobody'}, as number {number}", at=number)
            self.expected += [(brand, post) for brand in brands]

    def disturb(self, rng: random.Random) -> str:
        """Prepare one fault of the network for one of the next frames; return which."""
        kind = rng.choice(("cut", "close", "insert", "refuse", "rotate"))
        frame = rng.choice((NEXT, rng.randint(1, 60)))
        faults: dict[str, Fault] = {
            "cut": ("cut", rng.randint(0, 100)),
            "close": ("close", rng.choice((1000, 1001, 1006, 1011))),
            "insert": ("insert", rng.choice(GARBAGE)),
        }
        if kind == "refuse":
            refusal = rng.choice((unavailable(503), unavailable(429, Retry_After="1"), web.Response(status=502)))
            self._loop.call_soon_threadsafe(self.server.refusals.append, refusal)
            kind = f"refuse {refusal.status}"
            self._set(frame, faults["close"])
        elif kind == "rotate":
            self._loop.call_soon_threadsafe(self.server.rotate)
            self._set(frame, faults["close"])
        else:
            self._set(frame, faults[kind])
        return kind

    def stall(self) -> None:
        """Send nothing more after the next frame, and go on answering pings, until the collector subscribes anew."""
        self._loop.call_soon_threadsafe(self.server.subscribed.clear)
        self._set(NEXT, ("stall", None))

    def calm(self) -> None:
        """Take back the faults that have not happened."""
        self._loop.call_soon_threadsafe(self.server.faults.clear)
        self._loop.call_soon_threadsafe(self.server.refusals.clear)

    def _set(self, frame: int, fault: Fault) -> None:
        self._loop.call_soon_threadsafe(self.server.faults.__setitem__, frame, fault)


def collector(network: Network, settings: KafkaSettings, folder: Path, **options: str) -> LocalCollector:
    """Return a collector of the network, with environment variables of its own; not started."""
    environment = {
        "BADBUZZ_KAFKA_TOPIC_PREFIX": settings.topic_prefix,
        "BADBUZZ_TOPICS_MENTIONS_PARTITIONS": str(TOPICS.mentions_partitions),
        "BADBUZZ_TOPICS_ROLLUPS_PARTITIONS": str(TOPICS.rollups_partitions),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **options,
    }
    return LocalCollector(settings.bootstrap_servers, folder, CONFIGURATION.format(url=network.url), environment)


class Mentions:
    """The committed mentions on Kafka, read further at each call; heartbeats are left out."""

    def __init__(self, settings: KafkaSettings) -> None:
        options = consumer_options(settings, None) | {"metadata_max_age_ms": 1000}
        self._consumer = KafkaConsumer(settings.topic(MENTIONS), **options)
        self.found: list[tuple[str, str]] = []

    def read(self) -> list[tuple[str, str]]:
        for records in self._consumer.poll(timeout_ms=200, max_records=5000).values():
            mentions = [decode(record.value) for record in records]
            self.found += [(mention.brand, mention.id) for mention in mentions if mention.kind != "heartbeat"]
        return self.found

    def wait_for(self, expected: list[tuple[str, str]], process: LocalCollector, timeout_s: float = 90.0) -> None:
        """Wait until all of these are there."""
        wanted = set(expected)

        def state() -> str:
            missing = wanted.difference(self.found)
            return f"{len(missing)} of {len(wanted)} are missing\n{process.log.read_text()[-3000:]}"

        wait_until(lambda: wanted <= set(self.read()), state, timeout_s)

    def repeated(self) -> int:
        return sum(number - 1 for number in Counter(self.read()).values())

    def close(self) -> None:
        self._consumer.close()
