"""Answers of the networks that have presets, as they document them, with the posts that a reader would see in them."""

from datetime import timedelta
from typing import Any

from tests.sources.fakes.clock import START

AT = int((START - timedelta(minutes=5)).timestamp())
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
