"""What a user is told where a Mastodon server refuses, or is set up wrongly."""

import pytest

from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, MastodonConfig
from streams.sources.mastodon.stream import Mastodon
from streams.sources.source import Batch
from tests.sources.fakes.fake_mastodon import TOKEN, FakeMastodon
from tests.sources.mastodon.mastodon_reading import COMMON, open_source, read_while
from tests.sources.reading import Clock, posts_of, read_to_error, run


def texts(batches: list[Batch]) -> list[str]:
    return [post.text for post in posts_of(batches)]


@pytest.mark.parametrize("path", ["/api/v2/instance", "/api/v1/streaming"])
@pytest.mark.parametrize(
    ("status", "headers", "reason", "wait"),
    [
        (401, {}, "unauthorized", None),
        (429, {"X-RateLimit-Reset": "2026-10-01T12:05:00.000Z"}, "rate_limit", 300),
        (429, {"Retry-After": "7"}, "rate_limit", 7),
        (503, {}, "http", None),
    ],
)
def test_a_refusal_says_what_it_is_and_how_long_to_wait(
    path: str, status: int, headers: dict[str, str], reason: str, wait: float | None
) -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.refuse[path] = (status, headers, "<html>no</html>")
            return (await read_to_error(open_source(server, clock)))[1]

    error = run(test())
    assert (error.reason, error.retry_after_s, error.fatal) == (reason, wait, reason == "unauthorized")


def test_a_token_that_may_not_read_the_stream_is_said_with_what_it_lacks() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.denied = frozenset(("user",))
            return (await read_to_error(open_source(server, clock)))[1]

    error = run(test())
    assert (error.reason, error.fatal) == ("unauthorized", True)
    assert "required scopes" in str(error)


def test_a_wrong_token_stops_the_source_and_stays_secret() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            return (await read_to_error(open_source(server, clock, token="s3cret")))[1]  # noqa: S106 (made up)

    error = run(test())
    assert (error.reason, error.fatal) == ("unauthorized", True)
    assert "s3cret" not in str(error)


def test_a_server_that_sends_its_token_to_an_unencrypted_stream_is_refused() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.streaming = "http://elsewhere.example"
            return (await read_to_error(open_source(server, clock)))[1]

    error = run(test())
    assert error.fatal
    assert "wss" in str(error)


def test_a_server_that_names_no_streaming_address_streams_itself() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.streaming = ""
            return await read_while(server, open_source(server, clock), lambda: server.publish("#acme"))

    assert texts(run(test())) == ["#acme"]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (MastodonConfig(url="http://social.example", token=TOKEN), "https"),
        (MastodonConfig(hashtags=("two words",)), "hashtags"),
        (MastodonConfig(hashtags=(), own=False), "nothing would be read"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_runs(config: MastodonConfig, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        Mastodon("m", config, CollectorSettings())


@pytest.mark.parametrize("cursor", ["7", '{"v":2}', "not json", '{"v":1,"own":[["1"]]}'])
def test_the_cursor_of_another_source_is_refused(cursor: str) -> None:
    _, error = run(read_to_error(Mastodon("m", MastodonConfig(token=TOKEN), COMMON), cursor))
    assert (error.reason, error.fatal) == ("cursor", True)


def test_a_page_of_signing_in_is_no_instance() -> None:
    async def test() -> SourceError:
        clock = Clock()
        async with FakeMastodon(clock) as server:
            server.refuse["/api/v2/instance"] = (200, {}, "<html>sign in</html>")
            return (await read_to_error(open_source(server, clock)))[1]

    assert run(test()).reason == "protocol"
