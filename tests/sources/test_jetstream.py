"""What people who read Bluesky can rely on: nothing lost, nothing twice, on either version of Jetstream."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.jetstream import Jetstream, Limits
from streams.sources.source import Batch, LooksUp, Recounts
from tests.sources.bluesky_reading import at_least, ids_of, posts_of, read_through, read_until
from tests.sources.fakes.fake_jetstream import NOON, SECOND, FakeJetstream, unavailable

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
    return Jetstream("bluesky", config, CollectorSettings(), accounts, limits=limits)


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


@VERSIONS
def test_without_a_cursor_reading_starts_with_what_is_published_now(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        await server.posts(3, at=-100)
        cursor = await start(source(url_of(server, version)), server)
        assert str(NOON - SECOND) in cursor

    with_server(test)


@VERSIONS
def test_with_a_cursor_reading_goes_on_after_it(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version))
        cursor = await start(reading, server)
        expected = await server.posts(10)
        assert ids_of(await read_until(reading, cursor, at_least(10))) == expected

    with_server(test)


def test_version_2_resumed_after_any_event_gives_the_same_posts_and_none_twice() -> None:
    async def test(server: FakeJetstream) -> None:
        single = Limits(batch_s=0.02, batch=1)
        cursor: str | None = await start(source(server.jetstream, limits=single), server)
        expected = await server.posts(25)
        read: list[str] = []
        while len(read) < 25:  # a new process after each event
            batches = await read_until(
                source(server.jetstream, limits=Limits(batch_s=0.02, batch=1)), cursor, at_least(1)
            )
            read += ids_of(batches[:1])
            cursor = batches[0].cursor
        assert read == expected

    with_server(test)


@pytest.mark.parametrize("fault", [("cut", 30), ("close", 1000), ("close", 1001), ("close", 1011)])
@VERSIONS
def test_a_connection_that_ends_costs_no_post(version: int, fault: tuple[str, int]) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version))
        cursor = await start(reading, server)
        expected = await server.posts(40)
        server.faults = {5: fault, 15: fault, 25: fault}
        batches, errors = await read_through(reading, cursor, at_least(40))
        assert ids_of(batches) == expected
        assert [error.reason for error in errors] == ["closed"] * 3

    with_server(test)


@VERSIONS
def test_connections_that_end_within_what_is_read_again_get_on_all_the_same(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version), limits=Limits(batch_s=0.02, silence_s=0.3))
        cursor = await start(reading, server)
        expected = await server.posts(20)
        for _ in range(40):
            server.faults = {4: ("close", 1000)}
            with contextlib.suppress(SourceError):
                async for batch in reading.read(cursor):
                    cursor = batch.cursor or cursor
                    for name in ids_of([batch]):
                        assert name == expected.pop(0)
            if not expected:
                break
        assert not expected

    with_server(test)


@VERSIONS
def test_a_server_that_answers_pings_but_sends_nothing_is_noticed(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version), limits=Limits(batch_s=0.02, silence_s=0.3))
        cursor = await start(reading, server)
        await server.posts(10)
        server.faults = {4: ("stall", None)}
        with pytest.raises(SourceError, match=r"expected an event within 0\.3 s, got none") as error:
            await read_until(reading, cursor, at_least(100))
        assert error.value.reason == "silent"

    with_server(test)


def test_thirty_seconds_of_silence_are_too_long() -> None:
    assert Limits().silence_s == 30.0


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


@VERSIONS
def test_what_was_yielded_but_not_committed_comes_again(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version))
        cursor = await start(reading, server)
        expected = await server.posts(10)
        assert ids_of(await read_until(reading, cursor, at_least(10))) == expected
        again = ids_of(await read_until(reading, cursor, at_least(10)))
        assert [name for name in again if name in expected] == expected

    with_server(test)


def test_version_1_reads_what_was_reordered_where_replay_meets_live_and_skips_what_comes_twice() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream_v1)
        cursor = await start(reading, server)
        first = await server.posts(3)
        batches = await read_until(reading, cursor, at_least(3))
        late = await server.post("late", at=1)  # behind the cursor already
        server.log.events.sort(key=lambda event: event.us)
        new = await server.post("new", at=5)
        assert sorted(ids_of(await read_until(reading, batches[-1].cursor, at_least(2)))) == sorted([late, new])
        assert len(first) == 3

    with_server(test)


def test_a_cursor_that_is_too_old_starts_at_the_floor_and_the_gap_is_reported() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream)
        cursor = await start(reading, server)
        expected = await server.posts(10, at=100)
        server.log.floor = 5
        batches = await read_until(reading, cursor, at_least(6))
        assert ids_of(batches) == expected[4:]
        gap = batches[0].gap
        assert gap is not None
        assert [at.isoformat() for at in gap] == ["2026-07-04T11:59:59+00:00", "2026-07-04T12:01:44+00:00"]
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


def test_a_server_that_finds_the_collector_too_slow_is_asked_again_from_the_last_event() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream, compress=False)
        cursor = await start(reading, server)
        expected = await server.posts(10)
        server.faults = {6: ("insert", '{"$type":"error","error":"ConsumerTooSlow","message":"reconnect"}')}
        batches, errors = await read_through(reading, cursor, at_least(10))
        assert ids_of(batches) == expected
        assert "ConsumerTooSlow" in str(errors[0])

    with_server(test)


@VERSIONS
def test_a_collector_that_stops_for_a_while_loses_nothing_and_holds_few_frames(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        limits = Limits(batch_s=0.02, queue=50, batch=10, full_s=0.05)
        reading = source(url_of(server, version), limits=limits)
        cursor = await start(reading, server)
        expected = await server.posts(300)
        read: list[Batch] = []

        async def read_slowly() -> None:
            async for batch in reading.read(cursor):
                if not read:
                    server.ended.clear()
                    await server.ended.wait()  # Kafka is away for longer than the connection lasts
                read.append(batch)

        with pytest.raises(SourceError, match="expected the collector to take frames within"):
            await read_slowly()
        assert 50 <= len(posts_of(read)) <= 61
        further, _ = await read_through(reading, read[-1].cursor, at_least(300 - len(posts_of(read))))
        assert ids_of(read + further) == expected

    with_server(test)


def test_frames_are_compressed_with_the_servers_dictionary_and_with_its_next_one() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream)
        cursor = await start(reading, server)
        expected = await server.posts(5)
        server.rotate()
        batches = await read_until(reading, cursor, at_least(5))
        assert ids_of(batches) == expected
        assert [query.get("zstdDictionary") for query in server.seen] == [["77"], ["77"], ["78"]]

    with_server(test)


@pytest.mark.parametrize("compress", [True, False])
def test_version_1_is_compressed_unless_told_otherwise(compress: bool) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream_v1, compress=compress)
        cursor = await start(reading, server)
        expected = await server.posts(5)
        assert ids_of(await read_until(reading, cursor, at_least(5))) == expected
        assert server.seen[1].get("compress") == (["true"] if compress else None)

    with_server(test)


def test_a_server_whose_dictionary_cannot_be_agreed_on_is_read_uncompressed() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream)
        cursor = await start(reading, server)
        expected = await server.posts(5)
        server.handed_out = server.dictionary.as_bytes()
        server.rotate()
        assert ids_of(await read_until(reading, cursor, at_least(5))) == expected
        assert "zstdDictionary" not in server.seen[-1]

    with_server(test)


@pytest.mark.parametrize(
    ("status", "headers", "reason", "wait"),
    [
        (429, {"Retry_After": "7"}, "rate_limit", 7.0),
        (429, {}, "rate_limit", None),
        (503, {"Retry_After": "3"}, "http", 3.0),
        (502, {}, "http", None),
        (404, {}, "protocol", None),
    ],
)
@VERSIONS
def test_a_refusal_says_why_and_how_long_to_wait(
    version: int, status: int, headers: dict[str, str], reason: str, wait: float | None
) -> None:
    async def test(server: FakeJetstream) -> None:
        server.refusals = [unavailable(status, **headers)]
        with pytest.raises(SourceError, match=f"HTTP {status}") as error:
            await read_until(source(url_of(server, version)), None, at_least(1))
        assert (error.value.reason, error.value.retry_after_s, error.value.fatal) == (reason, wait, False)

    with_server(test)


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_does_not_let_us_in_needs_a_person_unless_there_is_another(status: int) -> None:
    async def test(server: FakeJetstream) -> None:
        for urls, fatal in (((server.jetstream,), True), ((server.jetstream, server.jetstream_v1), False)):
            server.refusals = [unavailable(status)]
            with pytest.raises(SourceError) as error:
                await read_until(source(*urls), None, at_least(1))
            assert (error.value.reason, error.value.fatal) == ("unauthorized", fatal)

    with_server(test)


def test_a_login_page_in_its_place_is_no_jetstream() -> None:
    async def test(server: FakeJetstream) -> None:
        server.refusals = [unavailable(200)]
        with pytest.raises(SourceError, match="expected a WebSocket of Jetstream") as error:
            await read_until(source(server.jetstream), None, at_least(1))
        assert error.value.reason == "protocol"

    with_server(test)


def test_a_server_that_is_not_there_is_reported_with_its_address() -> None:
    with pytest.raises(SourceError, match=r"ws://127\.0\.0\.1:9.*expected a connection") as error:
        asyncio.run(read_until(source("ws://127.0.0.1:9"), None, at_least(1)))
    assert error.value.reason == "connect"


def test_a_cursor_of_something_else_needs_a_person() -> None:
    with pytest.raises(SourceError, match="delete the source's cursor") as error:
        asyncio.run(read_until(source("ws://127.0.0.1:9"), "17:42", at_least(1)))
    assert error.value.fatal


@pytest.mark.parametrize("url", ["https://bsky.app", "wss://jetstream.example/other", "jetstream.example"])
def test_an_address_that_is_no_jetstream_is_refused_at_once(url: str) -> None:
    with pytest.raises(ConfigError, match="expected the address of a Jetstream"):
        source(url)


def test_a_source_without_an_address_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="at least one"):
        source()


@VERSIONS
def test_only_what_is_read_is_subscribed_to(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        cursor = await start(source(url_of(server, version), reposts=False), server)
        await server.post("another")
        await read_until(source(url_of(server, version), accounts=frozenset(("did:plc:acme",))), cursor, at_least(1))
        name = "wantedCollections" if version == 1 else "collections"
        assert server.seen[0][name] == ["app.bsky.feed.post"]
        assert server.seen[1][name] == [
            "app.bsky.feed.post",
            "app.bsky.feed.repost",
            "app.bsky.graph.block",
            "app.bsky.feed.threadgate",
        ]

    with_server(test)


@VERSIONS
def test_reading_is_complete_up_to_two_seconds_before_the_newest_event_of_any_kind(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(url_of(server, version))
        cursor = await start(reading, server)
        await server.log.publish(("did:plc:bob", "account", {"did": "did:plc:bob", "active": True}, NOON + 9 * SECOND))
        batches = await read_until(reading, cursor, lambda batches: batches[-1].complete_to is not None)
        complete_to = batches[-1].complete_to
        assert complete_to is not None
        assert complete_to.isoformat() == "2026-07-04T12:00:07+00:00"
        assert batches[-1].posts == []

    with_server(test)


def test_records_of_a_repaired_repository_come_with_their_old_times() -> None:
    async def test(server: FakeJetstream) -> None:
        reading = source(server.jetstream)
        cursor = await start(reading, server)
        await server.log.publish(("did:plc:ann", "sync", {"did": "did:plc:ann", "rev": "3a"}, NOON))
        for day in range(1, 6):
            await server.post(f"of day {day}", createdAt=f"2026-06-0{day}T08:00:00Z")
        posts = posts_of(await read_until(reading, cursor, at_least(5)))
        assert [post.created_at.day for post in posts] == [1, 2, 3, 4, 5]
        assert {post.created_at.month for post in posts} == {6}

    with_server(test)


def test_a_filter_of_texts_leaves_out_what_nobody_searches_and_counts_it() -> None:
    async def test(server: FakeJetstream) -> None:
        config = JetstreamConfig(url=(server.jetstream,), appview=NOWHERE)
        accounts = frozenset(("did:plc:acme",))
        reading = Jetstream(
            "bluesky", config, CollectorSettings(), accounts, named=lambda text: "acme" in text.lower(), limits=QUICK
        )
        cursor = await start(source(server.jetstream), server)
        await server.post("nothing of interest")
        named = await server.post("I bought an Acme")
        tagged = await server.post("look", tags=["Acme"])
        reply = {"parent": {"uri": "at://did:plc:acme/app.bsky.feed.post/1", "cid": "b"}}
        to_brand = await server.post("never again", reply=reply | {"root": reply["parent"]})
        own = await server.post("we are sorry", did="did:plc:acme")
        quoting = await server.post("look at that", embed={"record": {"uri": "at://did:plc:x/app.bsky.feed.post/1"}})
        batches = await read_until(reading, cursor, at_least(5))
        assert ids_of(batches) == [named, tagged, to_brand, own, quoting]
        assert sum(batch.events for batch in batches) == 6

    with_server(test)


def test_the_source_looks_up_followers_and_counts() -> None:
    reading = source("ws://127.0.0.1:9")
    assert isinstance(reading, LooksUp)
    assert isinstance(reading, Recounts)
