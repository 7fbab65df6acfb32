"""A webhook on a real socket, read by a collector that commits to a list."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

import aiohttp

from streams.settings.sources import CollectorSettings, WebhookConfig
from streams.sources.source import Acknowledges, Batch, Post, Source
from streams.sources.webhook.hook import Webhook
from streams.sources.webhook.receiver import Receiver
from tests.sources.fakes.senders import STANDARD_SECRET, standard

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
SIGNED = WebhookConfig(scheme="standard", secret=STANDARD_SECRET, network="support")


def mention(number: int = 1, **fields: object) -> dict[str, object]:
    return {"id": f"m{number}", "created_at": "2026-11-25T17:59:30Z", "text": f"no signal {number}"} | fields


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


class Reply(NamedTuple):
    """An answer of the receiver."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class Collector:
    """Reads a source, commits its batches to a list, and acknowledges them; its log can stall or fail."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.committed: list[Batch] = []
        self.log_works = asyncio.Event()
        self.log_works.set()
        self.fails = False
        self._task: asyncio.Task[None] | None = None

    @property
    def posts(self) -> list[Post]:
        return [post for batch in self.committed for post in batch.posts]

    async def start(self) -> Self:
        self._task = asyncio.create_task(self._run())
        await asyncio.sleep(0)  # now it reads
        return self

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        assert isinstance(self.source, Acknowledges)
        async with aclosing(self.source.read(None)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                await self.log_works.wait()
                if self.fails:
                    return
                self.committed.append(batch)
                self.source.acknowledge(batch)


class Site:
    """One webhook, `desk`, with what a sender and a test need."""

    def __init__(self, session: aiohttp.ClientSession, receiver: Receiver, hook: Webhook) -> None:
        self.session = session
        self.receiver = receiver
        self.hook = hook
        self.collector = Collector(hook)
        self.now = NOW

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.receiver.port}/hooks/desk"

    async def post(
        self, body: bytes, headers: dict[str, str], content_type: str = "application/json", path: str = ""
    ) -> Reply:
        headers = {"Content-Type": content_type} | headers
        async with self.session.post(self.url + path, data=io.BytesIO(body), headers=headers) as response:
            text = await response.text()
            return Reply(response.status, json.loads(text) if text else {}, dict(response.headers))

    async def deliver(self, value: object, delivery: str = "msg_1", content_type: str = "application/json") -> Reply:
        """Post a value signed by Standard Webhooks."""
        body = value if isinstance(value, bytes) else encoded(value)
        return await self.post(body, standard(body, self.now, delivery=delivery), content_type)


@asynccontextmanager
async def site(
    config: WebhookConfig = SIGNED,
    *,
    reading: bool = True,
    commit_timeout_s: float = 30,
    idle_s: float = 25,
    body_timeout_s: float = 30,
    headers_timeout_s: float = 30,
) -> AsyncIterator[Site]:
    async with (
        Receiver("127.0.0.1:0", body_timeout_s=body_timeout_s, headers_timeout_s=headers_timeout_s) as receiver,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as session,
    ):
        hook = Webhook(
            "desk",
            config,
            CollectorSettings(),
            receiver=receiver,
            clock=lambda: built.now,
            commit_timeout_s=commit_timeout_s,
            idle_s=idle_s,
        )
        built = Site(session, receiver, hook)
        if reading:
            await built.collector.start()
        try:
            yield built
        finally:
            await built.collector.stop()
