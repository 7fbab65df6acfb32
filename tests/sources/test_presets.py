"""Each preset reads its network's own answers: real mentions come of them, and nothing is lost between two polls."""

import asyncio
import re
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
from tests.sources.fakes.fake_interface import FakeInterface
from tests.sources.fakes.web_server import serving

AT = int((START - timedelta(minutes=5)).timestamp())
TOKEN = "key"  # noqa: S105 - made up
ISO = "2026-11-25T14:55:00.000Z"

HACKERNEWS = {
    "hits": [
        {
            "objectID": "41", "created_at_i": AT, "_tags": ["comment", "author_ann"], "author": "ann", "parent_id": 40,
            "comment_text": "<p>Acme&#x27;s app <i>crashes</i>", "story_title": "Acme 2.0", "points": None,
        },
        {
            "objectID": "40", "created_at_i": AT, "_tags": ["story"], "author": "bob", "title": "Acme 2.0",
            "url": "https://acme.example/2", "points": 12, "num_comments": 3,
        },
    ]
}  # fmt: skip
STEAM = {
    "success": 1, "cursor": "AoJ4x+Lz", "query_summary": {"num_reviews": 1},
    "reviews": [
        {
            "recommendationid": "77", "author": {"steamid": "7656"}, "language": "koreana", "review": "crashes",
            "timestamp_created": AT, "timestamp_updated": AT, "voted_up": False, "votes_up": 4, "comment_count": 1,
        }
    ],
}  # fmt: skip
APPSTORE = {
    "feed": {
        "author": {"name": {"label": "iTunes Store"}},
        "entry": {
            "id": {"label": "9001"}, "title": {"label": "Worse"}, "content": {"label": "Crashes since 2.0"},
            "author": {"uri": {"label": "https://itunes.apple.com/us/reviews/id1"}, "name": {"label": "zoe"}},
            "im:rating": {"label": "2"}, "im:voteSum": {"label": "3"},
            "updated": {"label": "2026-11-25T07:55:00-07:00"},
            "link": {"attributes": {"href": "https://itunes.apple.com/us/review?id=1"}},
        },
    }
}  # fmt: skip
DISCOURSE = {
    "latest_posts": [
        {
            "id": 502, "topic_id": 9, "post_number": 4, "post_type": 1, "topic_slug": "box", "topic_title": "Acme box",
            "cooked": "<p>Mine <b>too</b></p>", "created_at": ISO, "username": "eve", "reads": 8,
            "reply_to_post_number": 2,
        },
        {"id": 501, "topic_id": 9, "post_number": 3, "post_type": 3, "cooked": "closed", "created_at": ISO},
    ]
}  # fmt: skip
STACKEXCHANGE = {
    "items": [
        {
            "question_id": 7, "creation_date": AT, "title": "Acme &amp; TLS", "body": "<p>Why?</p>",
            "tags": ["acme", "tls"],
            "owner": {"account_id": 12}, "score": 2,
            "view_count": 30, "answer_count": 0, "link": "https://so.example/q/7",
        }
    ],
    "has_more": False, "quota_remaining": 299,
}  # fmt: skip
LEMMY = {
    "comments": [
        {
            "comment": {
                "id": 3, "ap_id": "https://lemmy.example/comment/3", "content": "Acme broke", "published": ISO,
                "deleted": False, "removed": False,
            },
            "creator": {"actor_id": "https://lemmy.example/u/kim"},
            "post": {"ap_id": "https://lemmy.example/post/1", "name": "Acme down?"},
            "counts": {"upvotes": 5, "child_count": 1},
        }
    ]
}  # fmt: skip
YOUTUBE = {
    "items": [
        {
            "id": "UgzA",
            "snippet": {
                "videoId": "v1", "totalReplyCount": 2,
                "topLevelComment": {
                    "snippet": {
                        "textDisplay": "Acme, why?", "publishedAt": "2026-11-25T14:55:00Z", "likeCount": 1,
                        "authorChannelId": {"value": "UCx"},
                    }
                },
            },
        }
    ]
}  # fmt: skip

CASES: list[tuple[str, dict[str, str], Any, dict[str, Any]]] = [
    ("hackernews", {}, HACKERNEWS, {
        "id": "41", "kind": "reply", "reply_to": "40", "text": "Acme's app crashes", "searched": "Acme 2.0",
        "author": "ann",
    }),
    ("steam", {"app": "730"}, STEAM, {
        "id": "77", "kind": "review", "rating": -1.0, "lang": "ko", "likes": 4, "text": "crashes", "author": "7656",
        "url": "https://steamcommunity.com/profiles/7656/recommended/730",
    }),
    ("appstore", {"app": "1"}, APPSTORE, {
        "id": "9001", "kind": "review", "rating": -0.5, "likes": 3, "text": "Worse\nCrashes since 2.0",
    }),
    ("discourse", {"site": "https://forum.example/"}, DISCOURSE, {
        "id": "9/4", "kind": "reply", "reply_to": "9/2", "text": "Mine too", "author": "eve", "views": 8,
        "url": "https://forum.example/t/box/9/4",
    }),
    ("stackexchange", {"query": "acme"}, STACKEXCHANGE, {
        "id": "stackoverflow/7", "text": "Acme & TLS\nWhy?", "searched": "acme tls", "likes": 2, "views": 30,
    }),
    ("lemmy", {"site": "https://lemmy.example"}, LEMMY, {
        "id": "https://lemmy.example/comment/3", "kind": "reply", "text": "Acme broke", "likes": 5, "replies": 1,
    }),
    ("youtube", {"channel": "UCacme"}, YOUTUBE, {
        "id": "UgzA", "kind": "reply", "reply_to": "v1", "text": "Acme, why?", "author": "UCx", "replies": 2,
    }),
]  # fmt: skip


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
            config = PollConfig(preset=_on(address, name, tmp_path), values=values, token=TOKEN)
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


def _on(address: str, name: str, folder: Path) -> str:
    """The preset with its network's server replaced by one on loopback."""
    source = Path(presets.__file__).parent / "presets" / f"{name}.toml"
    copy = folder / f"{name}.toml"
    copy.write_text(re.sub(r'(?m)^url = "(https://[^/]+|\{site\})', f'url = "{address}', source.read_text()))
    return str(copy)
