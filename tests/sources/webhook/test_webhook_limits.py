"""A webhook stands what is sent slowly, without end, or by too many at once."""

import asyncio
import tracemalloc
from contextlib import suppress

import pytest

from streams.sources.webhook import receiver as receiver_module
from streams.sources.webhook.hook import Webhook
from streams.sources.webhook.limits import SeenDeliveries
from tests.sources.fakes.webhook_site import Site, mention, site

HEAD = b"POST /hooks/desk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(desk: Site) -> Connection:
    return await asyncio.open_connection("127.0.0.1", desk.receiver.port)


async def _status(reader: asyncio.StreamReader) -> int:
    return int((await reader.readline()).split()[1])


def test_a_body_that_trickles_in_is_answered_408_and_its_connection_closed() -> None:
    async def run() -> None:
        async with site(body_timeout_s=0.1) as desk:
            reader, writer = await _connect(desk)
            writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
            assert await _status(reader) == 408
            await reader.read()  # to its end
            writer.close()

    asyncio.run(run())


def test_headers_that_never_end_are_cut_off() -> None:
    async def run() -> None:
        async with site(headers_timeout_s=0.1) as desk:
            reader, writer = await _connect(desk)
            writer.write(HEAD)
            async with asyncio.timeout(20):
                assert await reader.read() == b""
            writer.close()

    asyncio.run(run())


def test_a_delivery_goes_through_while_many_slow_ones_are_open() -> None:
    async def run() -> None:
        async with site() as desk:
            slow = [await _connect(desk) for _ in range(50)]
            for _, writer in slow:
                writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
            while desk.receiver._at_once["desk"] < 50:
                await asyncio.sleep(0)
            assert (await desk.deliver(mention())).status == 202
            for _, writer in slow:
                writer.close()

    asyncio.run(run())


def test_connections_beyond_the_limit_are_closed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver_module, "MAX_CONNECTIONS", 2)

    async def run() -> None:
        async with site() as desk:
            connections = [await _connect(desk) for _ in range(2)]
            reader, writer = await _connect(desk)
            assert await reader.read() == b""
            for _, other in [*connections, (reader, writer)]:
                other.close()

    asyncio.run(run())


def test_a_gibibyte_in_chunks_is_answered_413_without_memory_growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver_module, "LINGERING_S", 0.5)
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"

    async def pour(writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            for _ in range(4096):
                writer.write(chunk)
                await writer.drain()

    async def run() -> None:
        async with site() as desk:
            reader, writer = await _connect(desk)
            writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            tracemalloc.start()
            pouring = asyncio.create_task(pour(writer))
            assert await _status(reader) == 413
            await pouring
            assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
            writer.close()

    try:
        asyncio.run(run())
    finally:
        tracemalloc.stop()


def test_a_length_beyond_the_limit_is_answered_413_before_a_byte_of_it_came() -> None:
    async def run() -> None:
        async with site() as desk:
            reader, writer = await _connect(desk)
            writer.write(HEAD + b"Content-Length: 1073741824\r\n\r\n")
            assert await _status(reader) == 413
            writer.close()

    asyncio.run(run())


def test_a_body_cut_off_by_its_sender_is_stored_nowhere() -> None:
    async def run() -> None:
        async with site() as desk:
            _, writer = await _connect(desk)
            writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
            while not desk.receiver._at_once["desk"]:
                await asyncio.sleep(0)
            writer.close()
            while desk.receiver._at_once["desk"]:
                await asyncio.sleep(0)
            assert desk.collector.committed == []

    asyncio.run(run())


def test_bodies_that_wait_for_a_stalled_log_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.sources.webhook.hook.MAX_WAITING_BYTES", 1000)

    async def run() -> None:
        async with site(commit_timeout_s=0.05) as desk:
            desk.collector.log_works.clear()
            first = await desk.deliver(mention(text="x" * 2000))
            second = await desk.deliver(mention(2), "msg_2")
            assert (first.status, second.status) == (503, 503)
            assert _waiting(desk.hook) == 1

    asyncio.run(run())


def test_known_deliveries_are_forgotten_the_oldest_first() -> None:
    seen = SeenDeliveries(most=1000)
    for number in range(1500):
        seen.add(str(number))
    assert ("499" in seen, "500" in seen, "1499" in seen) == (False, True, True)


def _waiting(hook: Webhook) -> int:
    return len(hook._waiting)
