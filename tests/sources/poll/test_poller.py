"""A JSON interface is polled as it asks, page by page, and each of its items comes once."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, PollConfig
from streams.sources.poll.poller import Poller
from streams.sources.poll.preset import load_preset, shipped_presets
from streams.sources.poll.records import RecordReader
from streams.sources.source import Batch, Post
from tests.sources.fakes.clock import START, Clock
from tests.sources.fakes.fake_interface import FakeInterface, part
from tests.sources.fakes.web_server import serving

PRESET = """
network = "board"
url = "{address}/items?since={{since}}&q={{word}}&page={{page}}"
values = {{ word = "" }}
items = "items"
every_seconds = 60
backoff = "backoff"
token = {{ header = "Authorization", prefix = "Bearer " }}
paging = {{ first = "0", most = 4, size = 10 }}
{extra}

[[mentions]]
fields.id = "{{id}}"
fields.created_at = "{{at}}"
fields.text = "{{text}}"
"""


@dataclasses.dataclass
class Board:
    """An interface, newest items first, and a collector that reads on from its last cursor."""

    folder: Path
    clock: Clock = dataclasses.field(default_factory=Clock)
    items: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    answer: dict[str, Any] = dataclasses.field(default_factory=dict)
    cursor: str | None = None
    last: Batch = dataclasses.field(default_factory=Batch)
    token: str = ""
    refused: int = 0

    def __post_init__(self) -> None:
        self.fake = FakeInterface(self.page)
        self.gaps: list[tuple[datetime, datetime]] = []

    def page(self, request: web.BaseRequest) -> dict[str, Any]:
        return {"items": part(self.items, int(request.query["page"]), 10), **self.answer}

    def add(self, count: int, at: datetime) -> None:
        for _ in range(count):
            number = len(self.items)
            self.items.insert(0, {"id": number, "at": at.isoformat(), "text": f"item {number}"})

    async def read(self, seconds: float = 0) -> list[Post]:
        """What comes until so many seconds have passed; each call is a restart."""
        until = self.clock.at + timedelta(seconds=seconds)
        posts: list[Post] = []
        config = PollConfig(preset=str(self.folder / "board.toml"), token=self.token)
        poller = Poller(
            "board", config, CollectorSettings(allow_private=True), clock=self.clock, sleep=self.clock.sleep
        )
        batches = poller.read(self.cursor)
        try:
            async for batch in batches:
                posts += batch.posts
                self.cursor, self.last = batch.cursor, batch
                self.refused += sum(batch.refused.values())
                if batch.gap:
                    self.gaps.append(batch.gap)
                if self.clock.at > until:
                    break
        finally:
            await batches.aclose()  # type: ignore[attr-defined]
        return posts


@asynccontextmanager
async def board(folder: Path, extra: str = "") -> AsyncIterator[Board]:
    it = Board(folder)
    async with serving(it.fake.handle) as address:
        (folder / "board.toml").write_text(PRESET.format(address=address, extra=extra))
        yield it


def test_new_items_of_several_pages_come_once_each_in_the_order_of_their_times(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.add(25, START - timedelta(hours=3))
            assert len(await it.read()) == 10  # of a backlog, one page
            it.add(23, START + timedelta(seconds=30))
            posts = await it.read(60)
            assert sorted(post.id for post in posts) == sorted(str(number) for number in range(25, 48))
            assert [post.created_at for post in posts] == sorted(post.created_at for post in posts)
            assert [request.query["page"] for request in it.fake.requests] == ["0", "0", "1", "2"]
            assert await it.read(600) == []
            assert it.last.complete_to == START + timedelta(seconds=660)

    asyncio.run(run())


def test_an_item_found_late_counts_since_it_is_shown_and_one_found_at_once_when_it_was_written(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.add(1, START - timedelta(hours=3))
            await it.read()
            it.add(1, START - timedelta(hours=2))
            it.add(1, START + timedelta(seconds=50))
            late, prompt = await it.read(60)
            assert late.created_at == START
            assert prompt.created_at == START + timedelta(seconds=50)

    asyncio.run(run())


def test_what_was_written_while_away_is_read_after_a_restart_and_what_lies_beyond_is_said(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.add(1, START - timedelta(hours=3))
            await it.read()
            for minute in range(70):
                it.add(1, START + timedelta(minutes=minute, seconds=1))
            it.clock.at = START + timedelta(minutes=70)
            posts = await it.read()
            assert len(posts) == 40
            assert all(
                post.text.split()[1] == str(post.created_at.minute + post.created_at.hour * 60 - 899) for post in posts
            )
            assert it.gaps == [(START, START + timedelta(minutes=30, seconds=1))]

    asyncio.run(run())


def test_all_pages_of_an_interface_without_an_order_are_read_each_time(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            preset = tmp_path / "board.toml"
            preset.write_text(preset.read_text().replace("most = 4", "most = 4, ordered = false"))
            it.add(40, START - timedelta(hours=3))
            await it.read()
            it.items[25]["id"] = "new"
            it.items[25]["at"] = (START + timedelta(seconds=30)).isoformat()
            assert "new" in {post.id for post in await it.read(60)}
            assert it.gaps == []

    asyncio.run(run())


def test_the_time_that_an_interface_asks_for_is_waited_between_pages_and_polls(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.add(1, START - timedelta(hours=3))
            it.answer["backoff"] = 240
            await it.read()
            it.answer.clear()
            await it.read(220)
            assert len(it.fake.requests) == 1
            await it.read(30)
            assert len(it.fake.requests) == 2

    asyncio.run(run())


@pytest.mark.parametrize(
    "text", ["Your query was too short or too long.", "<html><body>Log in</body></html>", "[]", "{}"]
)
def test_an_error_text_that_comes_with_status_200_is_refused_and_is_no_sign_of_silence(
    text: str, tmp_path: Path
) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.fake.fault = text
            with pytest.raises(SourceError, match=r"board \(http://127.0.0.1:\d+/items\): expected .* got '") as failed:
                await it.read()
            assert (failed.value.reason, failed.value.fatal) == ("protocol", False)
            assert it.last.complete_to is None

    asyncio.run(run())


def test_a_limit_is_obeyed_even_by_a_process_that_is_restarted(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.fake.fault, it.fake.headers["Retry-After"] = "429", "600"
            with pytest.raises(SourceError) as failed:
                await it.read()
            assert failed.value.retry_after_s == 600
            await it.read(590)
            assert len(it.fake.requests) == 1

    asyncio.run(run())


def test_a_refused_key_ends_the_source_and_is_in_no_message(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.fake.fault, it.token = "401", "s3cret"
            with pytest.raises(SourceError) as failed:
                await it.read()
            assert (failed.value.reason, failed.value.fatal) == ("unauthorized", True)
            assert it.fake.requests[0].headers["Authorization"] == "Bearer s3cret"
            assert "s3cret" not in str(failed.value)
            it.token = ""
            it.cursor = None
            with pytest.raises(SourceError) as failed:
                await it.read()
            assert not failed.value.fatal

    asyncio.run(run())


def test_a_spent_quota_that_looks_like_a_refused_key_is_waited_for(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path, "quota_status = 403") as it:
            it.fake.fault, it.token = "403", "s3cret"
            with pytest.raises(SourceError, match="or its quota is spent") as failed:
                await it.read()
            assert (failed.value.reason, failed.value.fatal, failed.value.retry_after_s) == ("rate_limit", False, 3600)

    asyncio.run(run())


def test_items_that_are_no_mentions_are_counted_and_hold_nothing_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with board(tmp_path) as it:
            it.add(2, START - timedelta(minutes=3))
            good = dict(it.items[0])
            it.items += [
                {**good, "id": None},
                {**good, "id": "a", "at": "0000-00-00"},
                {**good, "id": "b", "at": (START + timedelta(days=1)).isoformat()},
                {**good, "id": "c" * 257},
                {**good, "id": "d", "text": None},
            ]
            assert len(await it.read()) == 2
            assert it.refused == 5

    asyncio.run(run())


def _objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = [
        "id",
        "label",
        "objectID",
        "created_at_i",
        "title",
        "im:rating",
        "updated",
        "voted_up",
        "review",
        "language",
    ]
    return st.dictionaries(st.sampled_from(names), values)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | _objects(inner)
)


@given(st.sampled_from(shipped_presets()), st.lists(JSON | _objects(JSON), max_size=3))
def test_items_of_any_content_become_mentions_or_counted_refusals(name: str, items: list[Any]) -> None:
    reader = RecordReader(load_preset(name, "preset"), {"site": "https://x.example"}, name, "sources.it")
    posts, refused = reader.posts(items, START)
    assert len(posts) + refused.total() <= len(items)
    for post in posts:
        assert msgspec.json.encode(post)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (PollConfig(preset="myspace"), "expected appstore, discourse"),
        (PollConfig(preset="steam"), r"values\.app`: expected a value"),
        (PollConfig(preset="steam", values={"app": "1", "colour": "red"}), "expected some of app, language"),
        (PollConfig(preset="youtube", values={"channel": "UC"}), "expected the key"),
    ],
)
def test_a_wrong_configuration_is_refused_in_one_line_before_anything_is_asked(
    config: PollConfig, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Poller("it", config, CollectorSettings())
