"""What people who delete a publication can rely on: no event quotes it any more, and its figures stay right."""

import json

from streams.mentions.erasure import Quoted, quoted, without_posts

EVENT = json.dumps(
    {
        "id": "Acme/2026-10-01T12:00:00Z/1",
        "observed": 41,
        "reach": {"post": "7", "people": 9000, "usual": 20},
        "posts": [
            {
                "id": "7",
                "network": "x",
                "author": "ann",
                "text": "It burns",
                "url": "https://x.com/7",
                "reach": 9000,
            },
            {"id": "8", "network": "x", "author": "bob", "text": "It burns", "url": "https://x.com/8", "reach": 12},
            {"id": "7", "network": "forum", "author": "cy", "text": "It burns", "url": "", "reach": 3},
            {"id": "9", "network": "x", "author": "dan", "text": "Mine too", "url": "", "reach": 1},
        ],
    }
).encode()


def test_a_deleted_publication_and_its_reposts_are_emptied_on_its_network_alone() -> None:
    erased = without_posts(EVENT, frozenset([Quoted("x", "7", "It burns")]))
    assert erased is not None
    after, before = json.loads(erased), json.loads(EVENT)
    assert [(post["id"], post["text"]) for post in after["posts"]] == [
        ("[erased]", "[erased]"),
        ("[erased]", "[erased]"),
        ("7", "It burns"),  # the forum's own
        ("9", "Mine too"),
    ]
    assert [post["reach"] for post in after["posts"]] == [post["reach"] for post in before["posts"]]
    assert (after["observed"], after["id"], after["reach"]["people"]) == (41, before["id"], 9000)
    assert b"x.com/7" not in erased
    assert b"ann" not in erased


def test_what_is_erased_is_asked_for_no_more() -> None:
    assert [post.id for post in quoted(EVENT)] == ["7", "8", "7", "9"]
    erased = without_posts(EVENT, frozenset([Quoted("x", "7", "It burns")]))
    assert erased is not None
    assert [(post.network, post.id) for post in quoted(erased)] == [("forum", "7"), ("x", "9")]
    assert without_posts(erased, frozenset([Quoted("x", "7", "It burns")])) is None


def test_an_event_that_quotes_nothing_of_it_is_left_as_it_is() -> None:
    assert without_posts(EVENT, frozenset([Quoted("x", "70", "")])) is None
    assert without_posts(b'{"id":"e","type":"desk","minute":5}', frozenset([Quoted("x", "7", "")])) is None
