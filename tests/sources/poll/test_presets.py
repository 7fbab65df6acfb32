"""Each preset reads its network's own answers: real mentions come of them, and nothing is lost between two polls."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from streams.settings.sources import CollectorSettings, PollConfig
from streams.sources.poll import preset as presets
from streams.sources.poll.poller import Poller
from streams.sources.source import Post
from tests.sources.fakes.clock import START, Clock
from tests.sources.fakes.fake_interface import FakeInterface, preset_on
from tests.sources.fakes.preset_answers import CASES
from tests.sources.fakes.web_server import serving

TOKEN = "key"  # noqa: S105 - made up
SINCE = int((START - timedelta(hours=2)).timestamp())
ASKED = {
    "hackernews": f"/api/v1/search_by_date?tags=(story,comment)&numericFilters=created_at_i>{SINCE}"
    "&hitsPerPage=500&page=0",
    "steam": "/appreviews/730?json=1&filter=recent&language=all&purchase_type=all&num_per_page=100&cursor=*",
    "appstore": "/us/rss/customerreviews/page=1/id=1/sortBy=mostRecent/json",
    "discourse": "/posts.json",
    "stackexchange": f"/2.3/search/advanced?site=stackoverflow&q=acme&fromdate={SINCE}&sort=creation&order=desc"
    "&filter=withbody&pagesize=100&page=1&key=key",
    "lemmy": "/api/v3/comment/list?type_=All&sort=New&limit=50&page=1",
    "youtube": "/youtube/v3/commentThreads?part=snippet&allThreadsRelatedToChannelId=UCacme&order=time"
    "&textFormat=plainText&maxResults=100&key=key",
}


@pytest.mark.parametrize(("name", "values", "answer", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_preset_makes_of_its_networks_answer_the_mention_a_reader_would(
    name: str, values: dict[str, str], answer: Any, expected: dict[str, Any], tmp_path: Path
) -> None:
    async def run() -> Post:
        fake = FakeInterface(lambda request: answer)
        async with serving(fake.handle) as address:
            clock = Clock()
            config = PollConfig(preset=preset_on(address, name, tmp_path), values=values, token=TOKEN)
            poller = Poller(name, config, CollectorSettings(allow_private=True), clock=clock, sleep=clock.sleep)
            batches = poller.read(None)
            batch = await anext(batches)
            await batches.aclose()  # type: ignore[attr-defined]
            assert batch.refused == {}
            assert batch.complete_to == START
            (request,) = fake.requests
            assert unquote(request.path_qs) == ASKED[name]
            assert request.headers.get("Api-Key") == (TOKEN if name == "discourse" else None)
            return next(post for post in batch.posts if post.id == expected["id"])

    post = asyncio.run(run())
    assert {field: getattr(post, field) for field in expected} == expected
    assert post.created_at in (START - timedelta(minutes=5), START - timedelta(minutes=6))


def test_every_preset_that_ships_has_such_an_answer() -> None:
    assert sorted(case[0] for case in CASES) == presets.shipped_presets()
