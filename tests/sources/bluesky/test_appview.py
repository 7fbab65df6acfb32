"""What people can rely on about followers and counts: they come when the AppView answers, and posts never wait long."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web

from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.appview import AppView
from streams.sources.bluesky.jetstream import Jetstream, Limits
from streams.sources.source import Post
from tests.sources.fakes.fake_appview import FakeAppView
from tests.sources.fakes.fake_jetstream import NOON
from tests.sources.reading import at_least, posts_of, read_until

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def post(author: str, number: int = 1) -> Post:
    return Post(id=f"at://{author}/app.bsky.feed.post/{number}", created_at=NOW, text="hello", author=author)


def with_appview(
    test: Callable[[FakeAppView, AppView, Clock], Coroutine[Any, Any, None]], limit_s: float = 5.0
) -> None:
    async def run() -> None:
        clock = Clock()
        async with FakeAppView() as server:
            await test(
                server,
                AppView(server.url, "badbuzz", clock, allow_private=True, limit_s=limit_s, spacing_s=0.01),
                clock,
            )

    asyncio.run(run())


async def followers(appview: AppView, *posts: Post) -> list[int | None]:
    return [one.followers for one in await appview.with_followers(posts)]


def test_followers_are_added_and_nothing_else_is_changed() -> None:
    async def test(server: FakeAppView, appview: AppView, _: Clock) -> None:
        server.followers = {"did:plc:ann": 1200, "did:plc:bob": 0}
        ann, bob = await appview.with_followers([post("did:plc:ann"), post("did:plc:bob")])
        assert (ann, bob) == (
            msgspec.structs.replace(post("did:plc:ann"), followers=1200),
            msgspec.structs.replace(post("did:plc:bob"), followers=0),
        )

    with_appview(test)


def test_twenty_five_accounts_are_asked_for_at_once() -> None:
    async def test(server: FakeAppView, appview: AppView, _: Clock) -> None:
        server.followers = {f"did:plc:{number}": number for number in range(60)}
        posts = [post(f"did:plc:{number}") for number in range(60)]
        assert await followers(appview, *posts) == list(range(60))
        assert server.asked == [25, 25, 10]

    with_appview(test)


def test_queries_keep_their_distance() -> None:
    async def run() -> float:
        async with FakeAppView() as server:
            appview = AppView(server.url, "badbuzz", Clock(), allow_private=True, spacing_s=0.2)
            started = asyncio.get_running_loop().time()
            await followers(appview, *(post(f"did:plc:{number}") for number in range(60)))
            assert server.asked == [25, 25, 10]
            return asyncio.get_running_loop().time() - started

    assert asyncio.run(run()) >= 0.4


def test_an_account_is_asked_for_once_a_day() -> None:
    async def test(server: FakeAppView, appview: AppView, clock: Clock) -> None:
        server.followers = {"did:plc:ann": 10}
        for hours, count in ((0, 10), (23, 10), (25, 99)):
            clock.now = NOW + timedelta(hours=hours)
            assert await followers(appview, post("did:plc:ann"), post("did:plc:gone")) == [count, None]
            server.followers["did:plc:ann"] = 99
        assert server.asked == [2, 2]

    with_appview(test)


def test_an_account_that_is_deleted_is_forgotten() -> None:
    async def test(server: FakeAppView, appview: AppView, _: Clock) -> None:
        server.followers = {"did:plc:ann": 10}
        await followers(appview, post("did:plc:ann"))
        appview.forget("did:plc:ann")
        server.followers.clear()
        assert await followers(appview, post("did:plc:ann")) == [None]

    with_appview(test)


def test_posts_go_on_without_followers_where_the_answer_takes_too_long() -> None:
    async def test(server: FakeAppView, appview: AppView, _: Clock) -> None:
        server.slow = asyncio.Event()
        assert await followers(appview, post("did:plc:ann")) == [None]
        server.slow.set()

    with_appview(test, limit_s=0.1)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(status=403, text="<html>"),
        lambda: web.Response(text="<html>log in</html>"),
        lambda: web.Response(text='{"profiles":[{"did":"did:pl'),
        lambda: web.Response(text='{"profiles":[{"did":7}]}'),
        lambda: web.Response(body=b"[" * 200_000),
        lambda: web.Response(body=b" " * 5_000_000),
    ],
    ids=["500", "403", "a page", "cut off", "wrong type", "nested", "endless"],
)
def test_no_answer_of_the_appview_is_an_error(answer: Callable[[], web.Response]) -> None:
    async def test(server: FakeAppView, appview: AppView, _: Clock) -> None:
        server.answers = [answer(), answer(), answer()]
        assert await followers(appview, post("did:plc:ann")) == [None]
        assert await appview.recount(["at://did:plc:ann/app.bsky.feed.post/1"]) == []
        assert await appview.resolve("ann.example") is None

    with_appview(test)


def test_an_appview_that_is_not_there_is_no_error() -> None:
    async def run() -> list[int | None]:
        return await followers(
            AppView("http://127.0.0.1:9", "badbuzz", Clock(), allow_private=True), post("did:plc:ann")
        )

    assert asyncio.run(run()) == [None]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, 120),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 300)}, 300),
        ({}, 60),
    ],
)
def test_an_appview_that_asks_to_wait_is_left_alone_until_then(headers: dict[str, str], wait: int) -> None:
    async def test(server: FakeAppView, appview: AppView, clock: Clock) -> None:
        server.followers = {"did:plc:ann": 10}
        server.answers = [web.Response(status=429, headers=headers)]
        assert await followers(appview, post("did:plc:ann")) == [None]
        clock.now = NOW + timedelta(seconds=wait - 1)
        assert await followers(appview, post("did:plc:ann")) == [None]
        assert len(server.asked) == 1
        clock.now = NOW + timedelta(seconds=wait)
        assert await followers(appview, post("did:plc:ann")) == [10]

    with_appview(test)


def test_posts_are_read_again_as_updates_with_their_counts_so_far() -> None:
    async def test(server: FakeAppView, appview: AppView, clock: Clock) -> None:
        uris = [f"at://did:plc:ann/app.bsky.feed.post/{number}" for number in range(30)]
        server.counts = {uri: (number, 2 * number, 3) for number, uri in enumerate(uris) if number != 7}
        clock.now = NOW + timedelta(minutes=5)
        updates = await appview.recount(uris)
        assert [update.id for update in updates] == [uri for number, uri in enumerate(uris) if number != 7]
        assert updates[-1] == Post(
            id=uris[29],
            created_at=clock.now,
            text="",
            kind="update",
            author="did:plc:ann",
            reposts=29,
            likes=58,
            replies=3,
        )
        assert server.asked == [25, 5]

    with_appview(test)


def test_an_official_account_may_be_configured_by_its_handle() -> None:
    async def run() -> None:
        async with FakeAppView() as server:
            server.handles = {"acme.example": "did:plc:acme"}
            server.followers = {"did:plc:acme": 5000}
            config = JetstreamConfig(url=(server.jetstream,), appview=server.url)
            accounts = frozenset(("acme.example",))
            reading = Jetstream(
                "bluesky", config, CollectorSettings(allow_private=True), accounts, limits=Limits(batch_s=0.02)
            )
            cursor = await server.beginning()
            await server.post("we are sorry", did="did:plc:acme")
            reply = {"uri": "at://did:plc:acme/app.bsky.feed.post/r1001", "cid": "b"}
            await server.post("too late", reply={"root": reply, "parent": reply})
            own, answer = posts_of(await read_until(reading, cursor, at_least(2)))
            assert own.author == "acme.example"
            assert answer.addressed == ("acme.example",)
            assert [post.followers for post in await reading.look_up([own])] == [5000]

    asyncio.run(run())


def test_a_handle_that_moves_to_another_account_is_noticed() -> None:
    async def run() -> None:
        async with FakeAppView() as server:
            server.handles = {"acme.example": "did:plc:old"}
            config = JetstreamConfig(url=(server.jetstream,), appview=server.url)
            accounts = frozenset(("acme.example",))
            reading = Jetstream(
                "bluesky", config, CollectorSettings(allow_private=True), accounts, limits=Limits(batch_s=0.02)
            )
            cursor = await server.beginning()
            await server.post("before", did="did:plc:old")
            batches = await read_until(reading, cursor, at_least(1))
            server.handles = {"acme.example": "did:plc:new"}
            identity = {"did": "did:plc:old", "handle": "handle.invalid"}
            await server.log.publish(("did:plc:old", "identity", identity, NOON))
            batches += await read_until(reading, batches[-1].cursor, lambda batches: batches[-1].events > 0)
            await server.post("after", did="did:plc:new")
            await server.post("once ours", did="did:plc:old")
            batches += await read_until(reading, batches[-1].cursor, at_least(2))
            assert [post.author for post in posts_of(batches)] == ["acme.example", "acme.example", "did:plc:old"]

    asyncio.run(run())


def test_without_profiles_nobody_is_asked() -> None:
    reading = Jetstream(
        "bluesky", JetstreamConfig(profiles=False, appview="http://127.0.0.1:9"), CollectorSettings(allow_private=True)
    )
    posts = [post("did:plc:ann")]
    assert not reading.looks_up
    assert asyncio.run(reading.look_up(posts)) is posts
    assert asyncio.run(reading.recount(["at://did:plc:ann/app.bsky.feed.post/1"])) == ()
