"""What people who read Bluesky can rely on: nothing lost, nothing twice, on either version of Jetstream."""

import contextlib

import pytest

from deploy.local.jetstream_log import commit
from streams.errors import SourceError
from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.jetstream import Jetstream, Limits
from streams.sources.source import Batch, LooksUp, Recounts
from tests.sources.bluesky.jetstream_runs import NOWHERE, QUICK, VERSIONS, source, start, url_of, with_server
from tests.sources.fakes.fake_jetstream import NOON, POST, SECOND, FakeJetstream
from tests.sources.reading import at_least, ids_of, posts_of, read_through, read_until


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


def test_silence_is_noticed_within_thirty_seconds() -> None:
    limits = Limits()
    assert limits.silence_s + 2 * limits.batch_s < 30


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
            "bluesky",
            config,
            CollectorSettings(allow_private=True),
            accounts,
            named=lambda text: "acme" in text.lower(),
            limits=QUICK,
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


@VERSIONS
def test_what_authors_delete_and_accounts_that_are_gone_are_said_so_that_they_are_forgotten(version: int) -> None:
    async def test(server: FakeJetstream) -> None:
        cursor = await server.beginning(version)
        uri = await server.post("said and regretted")
        rkey = uri.rpartition("/")[2]
        await server.log.publish(("did:plc:ann", "commit", commit(POST, rkey, None, "delete"), NOON + SECOND))
        account = {"did": "did:plc:bob", "active": False, "status": "deleted"}
        await server.log.publish(("did:plc:bob", "account", account, NOON + 2 * SECOND))
        await server.post("the last", at=3)
        batches = await read_until(source(url_of(server, version)), cursor, at_least(2))
        assert [each for batch in batches for each in batch.gone] == [uri, "at://did:plc:bob/"]

    with_server(test)


def test_the_source_looks_up_followers_and_counts() -> None:
    reading = source("ws://127.0.0.1:9")
    assert isinstance(reading, LooksUp)
    assert isinstance(reading, Recounts)
