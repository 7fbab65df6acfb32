"""A webhook answers success only for what is committed; of all else it says why not, and when to come again."""

import asyncio

import pytest

from streams.settings.sources import WebhookConfig
from streams.sources.webhook import receiver as receiver_module
from streams.sources.webhook.receiver import MAX_BODY
from tests.sources.fakes.senders import STANDARD_SECRET
from tests.sources.fakes.webhook_site import Collector, encoded, mention, site


def test_an_unknown_webhook_is_answered_404_in_the_same_words_as_a_wrong_signature() -> None:
    async def run() -> None:
        async with site() as desk:
            body = encoded(mention())
            unknown = await desk.session.post(desk.url + "er", data=body, headers={"Content-Type": "application/json"})
            wrong = await desk.post(body, {})
            assert (unknown.status, wrong.status) == (404, 401)
            assert await unknown.json() == wrong.body
            assert "aiohttp" not in wrong.headers["Server"]

    asyncio.run(run())


def test_a_delivery_sent_again_is_answered_200_and_stored_once() -> None:
    async def run() -> None:
        async with site() as desk:
            assert (await desk.deliver(mention())).status == 202
            again = await desk.deliver(mention())
            assert (again.status, again.body) == (200, {"seen": True})
            assert len(desk.collector.posts) == 1

    asyncio.run(run())


def test_a_delivery_sent_again_while_the_first_waits_for_its_commit_is_stored_once() -> None:
    async def run() -> None:
        async with site() as desk:
            desk.collector.log_works.clear()
            both = [asyncio.create_task(desk.deliver(mention())) for _ in range(2)]
            while len(desk.hook._waiting) < 1 or desk.receiver._at_once["desk"] < 2:
                await asyncio.sleep(0)
            desk.collector.log_works.set()
            assert [reply.status for reply in await asyncio.gather(*both)] == [202, 202]
            assert len(desk.collector.posts) == 1

    asyncio.run(run())


def test_without_a_collector_a_sender_is_told_503_and_when_to_come_again() -> None:
    async def run() -> None:
        async with site(reading=False) as desk:
            reply = await desk.deliver(mention())
            assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
            await desk.collector.start()
            assert (await desk.deliver(mention())).status == 202

    asyncio.run(run())


def test_a_failed_commit_is_answered_503_and_the_retry_is_stored_once() -> None:
    async def run() -> None:
        async with site() as desk:
            desk.collector.fails = True
            reply = await desk.deliver(mention())
            assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
            desk.collector.fails = False
            await desk.collector.start()
            assert (await desk.deliver(mention())).status == 202
            assert len(desk.collector.posts) == 1

    asyncio.run(run())


def test_a_commit_that_takes_too_long_is_answered_503_and_known_when_the_sender_comes_again() -> None:
    async def run() -> None:
        async with site(commit_timeout_s=0.05) as desk:
            desk.collector.log_works.clear()
            assert (await desk.deliver(mention())).status == 503
            desk.collector.log_works.set()
            while not desk.collector.committed:
                await asyncio.sleep(0)
            assert (await desk.deliver(mention())).status == 200
            assert len(desk.collector.posts) == 1

    asyncio.run(run())


def test_a_second_reader_takes_over_from_the_first() -> None:
    async def run() -> None:
        async with site() as desk:
            second = await Collector(desk.hook).start()
            await desk.collector.stop()
            assert (await desk.deliver(mention())).status == 202
            assert (len(second.posts), len(desk.collector.posts)) == (1, 0)
            await second.stop()

    asyncio.run(run())


def test_a_batch_comes_without_deliveries_too_with_what_was_refused() -> None:
    async def run() -> None:
        async with site(idle_s=0.02) as desk:
            await desk.post(encoded(mention()), {})
            while not any(batch.refused for batch in desk.collector.committed):
                await asyncio.sleep(0.01)
            assert [batch.refused for batch in desk.collector.committed if batch.refused] == [{"unsigned": 1}]

    asyncio.run(run())


def test_more_deliveries_than_are_allowed_in_a_minute_are_answered_429_and_when_to_come_again() -> None:
    async def run() -> None:
        config = WebhookConfig(secret=STANDARD_SECRET, deliveries_a_minute=2)
        async with site(config) as desk:
            statuses = [(await desk.deliver(mention(n), f"msg_{n}")).status for n in (1, 2)]
            last = await desk.deliver(mention(3), "msg_3")
            assert ([*statuses, last.status], last.headers["Retry-After"]) == ([202, 202, 429], "30")
            assert (await desk.deliver(mention(1), "msg_1")).status == 200
            assert (await desk.post(encoded(mention(4)), {})).status == 401

    asyncio.run(run())


def test_more_deliveries_at_once_than_a_webhook_may_have_are_answered_429(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver_module, "MAX_AT_ONCE", 2)

    async def run() -> None:
        async with site() as desk:
            desk.collector.log_works.clear()
            waiting = [asyncio.create_task(desk.deliver(mention(n), f"msg_{n}")) for n in (1, 2)]
            while desk.receiver._at_once["desk"] < 2:
                await asyncio.sleep(0)
            assert (await desk.deliver(mention(3), "msg_3")).status == 429
            desk.collector.log_works.set()
            assert [reply.status for reply in await asyncio.gather(*waiting)] == [202, 202]

    asyncio.run(run())


def test_a_body_of_one_byte_more_than_the_limit_is_answered_413() -> None:
    async def run() -> None:
        async with site() as desk:
            padding = MAX_BODY - len(encoded(mention(padding="")))
            assert (await desk.deliver(mention(padding="x" * padding))).status == 422  # as large as a body may be
            assert (await desk.deliver(mention(padding="x" * (padding + 1)))).status == 413
            assert (await desk.deliver([mention(n, text="x" * 1000) for n in range(900)], "msg_2")).status == 202

    asyncio.run(run())
