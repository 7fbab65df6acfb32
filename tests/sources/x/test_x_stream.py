"""What a user can rely on where mentions come from X as they are published."""

import json
from datetime import timedelta
from typing import Any

from streams.sources.source import Batch, Post
from tests.sources.fakes.fake_x import FakeX
from tests.sources.reading import Clock, posts_of, read_until, refused_of, run
from tests.sources.x.x_reading import open_source, read_while


async def published(text: str, **fields: Any) -> Post:
    """Return what comes of one post."""
    clock = Clock()
    async with FakeX(clock) as x:

        def enough(batches: list[Batch]) -> bool:
            if len(batches) == 1:
                x.publish(text, **fields)
            return bool(posts_of(batches))

        (post,) = posts_of(await read_until(open_source(x, clock), None, enough))
        return post


def test_a_post_that_a_rule_matches_arrives_with_all_that_x_says_of_it() -> None:
    post = run(
        published(
            "Acme &amp; its box again",
            author_id="77",
            lang="en",
            in_reply_to_user_id="5",
            referenced_tweets=[{"type": "replied_to", "id": "42"}, {"type": "quoted", "id": "43"}],
            public_metrics={"retweet_count": 1, "reply_count": 2, "like_count": 3, "impression_count": 4},
            entities={
                "mentions": [{"id": "6", "username": "other"}],
                "urls": [{"expanded_url": "https://acme.example/box", "title": "The box"}],
            },
        )
    )
    assert (post.text, post.kind, post.author, post.lang) == ("Acme & its box again", "reply", "77", "en")
    assert (post.reply_to, post.about, post.addressed) == ("42", "43", ("5", "6"))
    assert (post.reposts, post.replies, post.likes, post.views) == (1, 2, 3, 4)
    assert post.searched == "https://acme.example/box\nThe box"
    assert post.created_at == Clock().now
    assert post.url == f"https://x.com/i/status/{post.id}"


def test_a_repost_carries_the_text_of_what_it_reposts_and_says_so() -> None:
    reposted = [{"type": "retweeted", "id": "42"}]
    post = run(published("RT @you: Acme broke", referenced_tweets=reposted, public_metrics={"retweet_count": 900}))
    assert (post.kind, post.text, post.repost_of, post.about) == ("repost", "Acme broke", "42", "42")
    assert post.reposts is None


def test_a_long_post_is_read_whole() -> None:
    post = run(published("Acme broke and", note_tweet={"text": "Acme broke and nobody answers"}))
    assert post.text == "Acme broke and nobody answers"


def test_a_clock_ahead_at_x_moves_no_brand_into_the_future() -> None:
    post = run(published("Acme broke", created_at="2026-10-01T12:00:37.000Z"))
    assert post.created_at == Clock().now


def test_an_edited_post_is_the_same_publication() -> None:
    edited = run(published("Acme is awful", number=9, edit_history_tweet_ids=["8", "9"]))
    assert edited.id == "8"


def test_rules_at_x_become_those_of_the_configuration_and_rules_of_others_stay() -> None:
    async def test() -> dict[str, str]:
        clock = Clock()
        async with FakeX(clock) as x:
            x.page = 1
            x.rules = {
                "1": {"value": '"acme"', "tag": "badbuzz:Old name"},
                "2": {"value": '"globex"', "tag": "badbuzz:Globex"},
                "3": {"value": '"weather"', "tag": "somebody else's"},
            }
            await read_until(open_source(x, clock), None, bool)
            return {rule["value"]: rule["tag"] for rule in x.rules.values()}

    assert run(test()) == {'"acme"': "badbuzz:Acme", '"weather"': "somebody else's"}


def test_rules_that_are_as_wanted_are_left_alone() -> None:
    async def test() -> list[str]:
        clock = Clock()
        async with FakeX(clock) as x:
            for _ in range(2):
                x.requests.clear()
                await read_until(open_source(x, clock), None, bool)
            return x.requests

    assert run(test()) == ["GET /2/tweets/search/stream/rules", "GET /2/tweets/search/stream"]


def test_a_quiet_stream_says_up_to_when_it_is_complete_as_long_as_it_is_kept_alive() -> None:
    async def test() -> Batch:
        clock = Clock()
        async with FakeX(clock) as x:

            def enough(batches: list[Batch]) -> bool:
                clock.advance(seconds=20)
                return len(batches) == 5

            return (await read_until(open_source(x, clock), None, enough))[-1]

    batch = run(test())
    assert not batch.posts
    assert batch.complete_to is not None
    assert batch.complete_to >= Clock().now + timedelta(seconds=50)


def test_lines_that_are_no_posts_are_counted_by_reason_and_skipped() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeX(clock) as x:

            def enough(batches: list[Batch]) -> bool:
                if len(batches) == 1:
                    x.send(b"not json\r\n")
                    x.send(b'{"title":"\xff"}\r\n')
                    x.send({"data": {"id": 7}})
                    x.send({"unknown": "form"})
                    x.send(b"x" * (1024 * 1024 + 10) + b"\r\n")
                    x.send({"data": x.tweet("Acme"), "matching_rules": [{"id": "1", "tag": "a rule of others"}]})
                    x.publish("Acme goes on", 1)
                return bool(posts_of(batches))

            return await read_until(open_source(x, clock), None, enough)

    batches = run(test())
    assert refused_of(batches) == {"json": 2, "form": 2, "size": 1, "foreign_rule": 1}
    assert [post.text for post in posts_of(batches)] == ["Acme goes on"]


def test_a_post_that_x_withholds_in_some_country_is_counted_and_not_collected() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeX(clock) as x:
            before = await read_until(open_source(x, clock), None, bool)
            await x.left_alone()
            clock.advance(minutes=5)
            x.publish("Acme missed", withheld={"copyright": False, "country_codes": ["FR"], "scope": "user"})

            def enough(batches: list[Batch]) -> bool:
                if len(batches) == 2:
                    x.publish("Acme live", 1, withheld={"copyright": True, "country_codes": ["XY"]})
                    x.publish("Acme goes on", 2)
                return bool(posts_of(batches))

            return await read_until(open_source(x, clock), before[-1].cursor, enough)

    batches = run(test())
    assert refused_of(batches) == {"withheld": 2}
    assert [post.text for post in posts_of(batches)] == ["Acme goes on"]
    assert sum(batch.spent for batch in batches) == 3, "they are paid for all the same"


def test_a_collector_that_is_too_slow_loses_the_oldest_posts_and_is_told_which() -> None:
    async def test() -> list[Batch]:
        clock = Clock()
        async with FakeX(clock) as x:

            def line(number: int) -> bytes:
                clock.advance(seconds=1)
                data = {"data": x.tweet(f"Acme {number}"), "matching_rules": [{"id": "1", "tag": "badbuzz:Acme"}]}
                return json.dumps(data).encode() + b"\r\n"

            def enough(batches: list[Batch]) -> bool:
                if len(batches) == 1:
                    x.send(b"".join(line(number) for number in range(10)))
                return bool(posts_of(batches))

            return await read_until(open_source(x, clock, capacity=3), None, enough)

    batch = run(test())[-1]
    assert [post.text for post in batch.posts] == ["Acme 7", "Acme 8", "Acme 9"]
    assert batch.refused == {"overflow": 7}
    assert batch.gap is not None
    assert batch.gap[1] - batch.gap[0] == timedelta(seconds=6)


def test_every_post_of_a_source_of_one_brand_is_about_that_brand() -> None:
    async def test() -> list[Post]:
        clock = Clock()
        async with FakeX(clock) as x:
            source = open_source(x, clock, brand="Acme", network="twitter")
            assert source.network == "twitter"
            return posts_of(await read_while(x, source, None, "Acme broke"))

    assert [post.brand for post in run(test())] == ["Acme"]
