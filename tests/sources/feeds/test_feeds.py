"""Feeds are polled as publishers ask, and each item comes once, in the minute since which it is visible."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, FeedConfig
from streams.sources.feeds.feed import Feeds
from streams.sources.source import Post
from tests.sources.fakes.clock import START, Clock
from tests.sources.fakes.fake_feed import Entry, FakeFeed, date
from tests.sources.fakes.web_server import serving

MINUTE = timedelta(minutes=1)


@dataclasses.dataclass
class Reader:
    """A collector: reads on from its last cursor, also after a restart or an error."""

    urls: tuple[str, ...]
    clock: Clock
    cursor: str | None = None
    complete_to: object = None
    posts: list[Post] = dataclasses.field(default_factory=list)

    def source(self) -> Feeds:
        config = FeedConfig(urls=self.urls, every_seconds=300)
        return Feeds("press", config, CollectorSettings(allow_private=True), clock=self.clock, sleep=self.clock.sleep)

    async def read(self, seconds: float = 0) -> list[Post]:
        """What comes until so many seconds have passed; each call is a restart."""
        until = self.clock.at + timedelta(seconds=seconds)
        before = len(self.posts)
        batches = self.source().read(self.cursor)
        try:
            async for batch in batches:
                self.posts += batch.posts
                self.cursor, self.complete_to = batch.cursor, batch.complete_to
                if self.clock.at > until:
                    break
        finally:
            await batches.aclose()  # type: ignore[attr-defined]
        return self.posts[before:]


@asynccontextmanager
async def feed(
    entries: Sequence[Entry] = (), paths: Sequence[str] = ("/rss",)
) -> AsyncIterator[tuple[FakeFeed, Reader]]:
    fake = FakeFeed(entries)
    async with serving(fake.handle) as address:
        yield fake, Reader(tuple(address + path for path in paths), Clock())


def old(number: int) -> Entry:
    return Entry(
        f"Old news {number}", f"old-{number}", f"https://press.example/old/{number}", date(START - MINUTE * 90 * number)
    )


def test_an_article_shown_three_hours_after_its_date_counts_since_it_is_shown() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            await reader.read()
            fake.entries.insert(0, Entry("Acme recalls", "a", "https://press.example/a", date(START - MINUTE * 180)))
            (post,) = await reader.read(300)
            assert post.created_at == START
            assert (post.id, post.url, post.text) == (
                "https://press.example/a",
                "https://press.example/a",
                "Acme recalls",
            )

    asyncio.run(run())


def test_dates_that_cannot_be_believed_and_dates_ahead_count_since_the_item_is_shown() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            await reader.read()
            fake.entries[:0] = [
                Entry("tomorrow", "1", date=date(START + MINUTE * 1440)),
                Entry("another order", "2", date="2026/11/25 15:02:00"),
                Entry("no date", "3"),
            ]
            posts = await reader.read(300)
            assert [post.text for post in posts] == ["no date", "another order", "tomorrow"]
            assert all(START <= post.created_at < reader.clock.at for post in posts)

    asyncio.run(run())


def test_unchanged_feeds_are_asked_for_with_the_validators_exactly_as_received() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            fake.headers["Last-Modified"] = "Wed, 25 Nov 2026 14:59:59 GMT (cached)"
            assert len(await reader.read()) == 1
            assert await reader.read(300) == []
            asked = fake.requests[1].headers
            assert asked["If-Modified-Since"] == "Wed, 25 Nov 2026 14:59:59 GMT (cached)"
            assert asked["If-None-Match"].startswith('"')
            assert reader.complete_to == START + timedelta(seconds=300)

    asyncio.run(run())


def test_a_restart_neither_loses_nor_doubles_an_item() -> None:
    async def run() -> None:
        async with feed([old(number) for number in range(1, 6)]) as (fake, reader):
            assert len(await reader.read()) == 5
            fake.entries.insert(0, Entry("While away", "new", date=date(START + MINUTE * 20)))
            reader.clock.at += MINUTE * 60
            (post,) = await reader.read()
            assert (post.text, post.created_at) == ("While away", START + MINUTE * 20)
            assert await reader.read(3600) == []

    asyncio.run(run())


def test_an_article_under_a_new_id_or_a_new_address_is_not_read_again() -> None:
    async def run() -> None:
        async with feed([Entry("Acme fails", "id-1", "https://press.example/a?utm_source=rss")]) as (fake, reader):
            await reader.read()
            fake.entries = [Entry("Acme fails again and again", "id-2", "https://press.example/a#xtor=RSS-7")]
            assert await reader.read(300) == []
            fake.entries = [Entry("Acme fails", "id-3", "https://news.example/moved")]
            assert await reader.read(300) == []

    asyncio.run(run())


def test_replies_that_share_a_title_and_items_that_share_a_page_are_all_read() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            await reader.read()
            fake.entries[:0] = [
                Entry("Re: Acme box", "1", "https://forum.example/t/7#p1", text="It is broken"),
                Entry("Re: Acme box", "2", "https://forum.example/t/7#p2", text="Mine too"),
                Entry("Version 2", "3", "https://app.example/changelog"),
                Entry("Version 1", "4", "https://app.example/changelog"),
            ]
            posts = await reader.read(300)
            assert len({post.id for post in posts}) == 4
            fake.entries.insert(0, Entry("Version 3", "5", "https://app.example/changelog"))
            assert [post.text for post in await reader.read(300)] == ["Version 3"]

    asyncio.run(run())


def test_an_article_in_two_feeds_has_one_id_so_that_it_counts_once() -> None:
    async def run() -> None:
        async with feed([old(1)], ("/news", "/alerts")) as (fake, reader):
            await reader.read()
            fake.entries.insert(0, Entry("Acme recalls", "a", "https://press.example/a?utm_medium=rss"))
            assert {post.id for post in await reader.read(300)} == {"https://press.example/a"}

    asyncio.run(run())


def test_a_feed_that_was_empty_for_a_while_brings_nothing_twice() -> None:
    async def run() -> None:
        entries = [old(number) for number in range(1, 30)]
        async with feed(entries) as (fake, reader):
            await reader.read()
            fake.entries = []
            assert await reader.read(86_400) == []
            fake.entries = entries
            assert await reader.read(3600) == []

    asyncio.run(run())


def test_a_document_that_is_cut_off_is_read_again_and_is_no_sign_of_silence() -> None:
    async def run() -> None:
        async with feed([old(number) for number in range(1, 4)]) as (fake, reader):
            await reader.read()
            complete_to = reader.complete_to
            fake.entries[:0] = [Entry(f"New {number}", f"new-{number}") for number in range(3)]
            fake.fault = "cut"
            reader.posts.clear()
            with pytest.raises(SourceError, match="cut off"):
                await reader.read(600)
            assert reader.complete_to == complete_to
            fake.fault = ""
            await reader.read(600)
            assert "If-None-Match" not in fake.requests[2].headers
            assert sorted(post.text for post in reader.posts) == ["New 0", "New 1", "New 2"]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "reason"), [("html", "protocol"), ("503", "http"), ("403", "unauthorized"), ("dropped", "closed")]
)
def test_an_answer_that_is_no_feed_is_refused_with_its_reason_and_nothing_is_taken_as_silence(
    fault: str, reason: str
) -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            fake.fault = fault
            with pytest.raises(SourceError, match=r"press \(http://127.0.0.1:\d+/rss\): expected") as failed:
                await reader.read()
            assert (failed.value.reason, failed.value.fatal) == (reason, False)
            assert reader.complete_to is None

    asyncio.run(run())


def test_a_publisher_that_asks_to_wait_is_not_asked_earlier_even_by_a_process_that_is_restarted() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            fake.fault, fake.headers["Retry-After"] = "429", "1200"
            with pytest.raises(SourceError) as failed:
                await reader.read(60)
            assert (failed.value.reason, failed.value.retry_after_s) == ("rate_limit", 1200)
            fake.fault = ""
            assert await reader.read(1190) == []
            assert len(fake.requests) == 1
            assert len(await reader.read(20)) == 1

    asyncio.run(run())


def test_one_dead_address_is_named_in_the_log_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with feed([old(1)], ("/good", "/dead")) as (fake, reader):
            fake.broken["/dead"] = "404"
            with caplog.at_level(logging.WARNING):
                assert len(await reader.read(900)) == 1
            assert [record.levelname for record in caplog.records] == ["WARNING"]
            assert "/dead" in caplog.text
            assert reader.complete_to is None

    asyncio.run(run())


def test_a_quiet_feed_is_asked_less_often_and_never_more_often_than_it_asks_for() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (fake, reader):
            await reader.read(86_400)
            assert 30 <= len(fake.requests) <= 60
        async with feed([old(1)]) as (fake, reader):
            fake.headers["Cache-Control"] = "public, max-age=1800"
            await reader.read(3599)
            assert len(fake.requests) == 2

    asyncio.run(run())


def test_a_batch_comes_every_half_minute_so_that_a_silent_source_is_known_to_live() -> None:
    async def run() -> None:
        async with feed([old(1)]) as (_, reader):
            batches = reader.source().read(None)
            await anext(batches)
            for _ in range(30):
                before = reader.clock.at
                await anext(batches)
                assert reader.clock.at - before <= timedelta(seconds=30)
            await batches.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())


def test_a_cursor_of_another_kind_and_a_missing_address_are_refused_in_one_line() -> None:
    async def run() -> None:
        async with feed() as (_, reader):
            reader.cursor = '{"v": 9}'
            with pytest.raises(SourceError, match="expected a cursor of feeds") as failed:
                await reader.read()
            assert failed.value.fatal

    asyncio.run(run())
    with pytest.raises(ConfigError, match=r"sources\.press\.urls"):
        Feeds("press", FeedConfig(), CollectorSettings())
