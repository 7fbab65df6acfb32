"""Runs of the Jetstream source against a fake server, for tests."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.jetstream import Jetstream, Limits
from tests.sources.fakes.fake_jetstream import FakeJetstream
from tests.sources.reading import at_least, read_until

NOWHERE = "http://127.0.0.1:9"
QUICK = Limits(batch_s=0.02, silence_s=5.0, full_s=0.1)
VERSIONS = pytest.mark.parametrize("version", [1, 2])


def source(
    *urls: str,
    limits: Limits = QUICK,
    accounts: frozenset[str] = frozenset(),
    appview: str = "http://127.0.0.1:9",
    **extra: Any,
) -> Jetstream:
    config = JetstreamConfig(url=urls, appview=appview, **extra)
    return Jetstream("bluesky", config, CollectorSettings(allow_private=True), accounts, limits=limits)


def url_of(server: FakeJetstream, version: int) -> str:
    return server.jetstream_v1 if version == 1 else server.jetstream


def with_server(test: Callable[[FakeJetstream], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with FakeJetstream() as server:
            await test(server)

    asyncio.run(run())


async def start(reading: Jetstream, server: FakeJetstream) -> str:
    """Read a first post live and return the cursor after it."""

    async def publish() -> None:
        await server.subscribed.wait()
        await server.post("the first", at=-1)

    publishing = asyncio.create_task(publish())
    batches = await read_until(reading, None, at_least(1))
    await publishing
    assert batches[-1].cursor
    return batches[-1].cursor
