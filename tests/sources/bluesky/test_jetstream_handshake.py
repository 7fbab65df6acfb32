"""What people can rely on before the first event: the right subscription, compressed, or a reason why not."""

import asyncio

import pytest

from streams.errors import ConfigError, SourceError
from tests.sources.bluesky.jetstream_runs import VERSIONS, source, start, url_of, with_server
from tests.sources.fakes.fake_jetstream import FakeJetstream, unavailable
from tests.sources.reading import at_least, ids_of, read_until


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
        assert [query.get("zstdDictionary") for query in server.seen] == [["77"], ["77"], None]

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
