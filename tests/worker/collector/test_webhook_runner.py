"""What the sender of a webhook can rely on: it is told of success once its mention is committed, and not before."""

import asyncio
import contextlib
import json

import aiohttp

from streams.metrics.registry import Metrics
from streams.settings.sources import CollectorSettings, WebhookConfig
from streams.sources.webhook.hook import Webhook
from streams.sources.webhook.receiver import Receiver
from streams.worker.collector.source_metrics import SourceMetrics
from streams.worker.collector.source_runner import SourceRunner
from tests.collecting.parts import collection
from tests.worker.collector.memory_log import MemoryLog

SECRET = "a secret of twenty-four characters"  # noqa: S105


async def deliver(session: aiohttp.ClientSession, port: int, number: int) -> int:
    mention = {"id": f"m{number}", "created_at": "2026-11-30T10:00:00Z", "text": "Acme never answers", "author": "ann"}
    headers = {"X-Webhook-Secret": SECRET, "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{port}/hooks/desk"
    async with session.post(url, data=json.dumps(mention), headers=headers) as answer:
        return answer.status


def test_a_delivery_is_accepted_once_committed_refused_while_the_log_is_away_and_accepted_when_it_comes_again() -> None:
    log = MemoryLog()

    async def session() -> list[int]:
        receiver = Receiver("127.0.0.1:0")
        hook = Webhook("desk", WebhookConfig(scheme="header", secret=SECRET), CollectorSettings(), receiver=receiver)
        runner = SourceRunner(
            collection(hook, "desk"), log, SourceMetrics(Metrics(), "desk"), 1.0, lambda low, high: high
        )
        async with receiver, aiohttp.ClientSession() as client, asyncio.timeout(30):
            running = asyncio.create_task(runner.run())
            while (first := await deliver(client, receiver.port, 1)) == 503:  # until it is read
                await asyncio.sleep(0.01)
            assert log.ids() == ["m1"]
            log.away = True
            away = await deliver(client, receiver.port, 2)
            still_away = await deliver(client, receiver.port, 2)
            log.away = False
            while (again := await deliver(client, receiver.port, 2)) == 503:
                await asyncio.sleep(0.01)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            return [first, away, still_away, again]

    assert asyncio.run(session()) == [202, 503, 503, 202]
    assert set(log.ids()) == {"m1", "m2"}, "a mention that comes twice is known by its id to the scorer"
