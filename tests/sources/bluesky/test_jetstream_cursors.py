"""What people can rely on after an interruption: reading goes on where it stopped, and what is gone is told."""

import asyncio

import pytest

from streams.errors import SourceError
from tests.sources.bluesky.jetstream_runs import VERSIONS, source, start, url_of, with_server
from tests.sources.fakes.fake_jetstream import NOON, SECOND, FakeJetstream, unavailable
from tests.sources.reading import at_least, ids_of, read_through, read_until


def test_a_second_server_goes_on_by_time_and_never_with_the_firsts_sequence_numbers() -> None:
    async def test(server: FakeJetstream) -> None:
        async with FakeJetstream() as second:
            reading = source(server.jetstream, second.jetstream)
            await second.posts(7, at=-300)  # its numbers are others
            cursor = await start(reading, server)
            expected = await second.posts(5)
            server.refusals = [unavailable()]
            batches, errors = await read_through(reading, cursor, at_least(5))
            assert ids_of(batches) == expected
            assert [error.reason for error in errors] == ["http"]
            assert second.seen[0]["cursor"] == [str(NOON - 6 * SECOND)]

    with_server(test)


def test_a_cursor_that_is_too_old_starts_at_the_floor_and_the_gap_is_reported() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream)
        cursor = await start(reading, server)
        expected = await server.posts(10)
        server.log.floor = 5
        batches = await read_until(reading, cursor, at_least(6))
        assert ids_of(batches) == expected[4:]
        gap = batches[0].gap
        assert gap is not None
        assert [at.isoformat() for at in gap] == ["2026-07-04T11:59:59+00:00", "2026-07-04T12:00:04+00:00"]
        assert [batch.gap for batch in batches[1:]] == [None] * (len(batches) - 1)

    with_server(test)


def test_a_cursor_that_version_1_moves_up_silently_is_reported_as_a_gap() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream_v1)
        cursor = await start(reading, server)
        expected = await server.posts(10, at=3600)
        server.log.floor = 4
        batches = await read_until(reading, cursor, at_least(7))
        assert ids_of(batches) == expected[3:]
        gap = batches[0].gap
        assert gap is not None
        assert [at.isoformat() for at in gap] == ["2026-07-04T11:59:59+00:00", "2026-07-04T13:00:03+00:00"]

    with_server(test)


@VERSIONS
def test_a_short_silence_of_the_network_is_no_gap(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version))
        cursor = await start(reading, server)
        await server.posts(1, at=50)
        assert [batch.gap for batch in await read_until(reading, cursor, at_least(1))] == [None]

    with_server(test)


def test_another_archive_under_the_same_address_is_read_on_by_time() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream)
        cursor = (await start(reading, server)).replace('"seq":1000', '"seq":999000')
        expected = await server.posts(4)
        batches, errors = await read_through(source(server.jetstream), cursor, at_least(5))
        assert ids_of(batches)[1:] == expected
        assert [error.reason for error in errors] == ["cursor"]

    with_server(test)


def test_a_cursor_of_something_else_needs_a_person() -> None:
    with pytest.raises(SourceError, match="delete the source's cursor") as error:
        asyncio.run(read_until(source("ws://127.0.0.1:9"), "17:42", at_least(1)))
    assert error.value.fatal
