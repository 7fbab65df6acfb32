"""What a source's owner can rely on: its posts become mentions of the right brands, shared posts too."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from streams.collecting.collection import Collection
from streams.collecting.commit import Commit, Position
from streams.sources.source import Batch, Post
from tests.collecting import parts
from tests.collecting.parts import ids, mentions
from tests.sources.fakes.scripted_source import START, ScriptedSource, post


def take(collection: Collection, *posts: Post, **fields: object) -> Commit:
    return asyncio.run(collection.take(Batch(posts, **fields)))  # type: ignore[arg-type]


def collection(source: ScriptedSource | None = None, **options: object) -> Collection:
    return parts.collection(source or ScriptedSource([]), **options)  # type: ignore[arg-type]


def test_a_post_becomes_one_mention_for_each_brand_it_names_and_none_where_it_names_none() -> None:
    commit = take(collection(), post(1, "Acme and Other"), post(2, "neither"), cursor="2")
    assert ids(commit.messages) == [("Acme", "p1"), ("Other", "p1")]
    assert (commit.events, commit.mentions, commit.cursor) == (2, 2, "2")


def test_a_repost_inherits_the_brands_and_the_text_of_what_it_shares_even_after_a_restart() -> None:
    first = collection()
    rows = take(first, post(1, "Acme is awful")).rows
    again = collection()
    again.restore(Position("1", None, {key: row for key, row in rows.items() if row is not None}))
    shared = post(2, " ", kind="repost", about="p1")
    for each in (first, again):
        [mention] = mentions(take(each, msgspec.structs.replace(shared, text="")).messages)
        assert (mention.brand, mention.text) == ("Acme", "Acme is awful")


def test_a_repost_is_about_the_brands_of_its_original_and_says_the_same_and_a_quote_speaks_for_itself() -> None:
    one = collection()
    take(one, post(1, "Acme and Other"))
    repost = msgspec.structs.replace(post(2, kind="repost", about="p1", repost_of="p1"), text="")
    reposts = mentions(take(one, repost).messages)
    assert [(mention.brand, mention.text) for mention in reposts] == [
        ("Acme", "Acme and Other"),
        ("Other", "Acme and Other"),
    ]
    quotes = mentions(take(one, post(3, "look at Other", about="p1")).messages)
    assert [(mention.brand, mention.text) for mention in quotes] == [
        ("Other", "look at Other"),
        ("Acme", "look at Other"),
    ]


def test_rows_of_another_source_are_not_restored() -> None:
    rows = take(collection(), post(1, "Acme is awful")).rows
    stranger = parts.collection(ScriptedSource([]), "other")
    stranger.restore(Position("1", None, {key: row for key, row in rows.items() if row is not None}))
    assert not take(stranger, post(2, "so true", about="p1")).messages


def test_everything_of_a_source_about_one_brand_is_about_it() -> None:
    assert ids(take(collection(brand="Other"), post(1, "neither")).messages) == [("Other", "p1")]


def test_only_the_brands_asked_for_are_collected() -> None:
    commit = take(collection(brands=["Other"]), post(1, "Acme and Other"))
    assert ids(commit.messages) == [("Other", "p1")]


def test_what_cannot_be_read_or_may_not_be_collected_is_counted_with_its_reason() -> None:
    one = collection()
    commit = take(one, post(1, author="objector"), refused={"json": 3})
    assert commit.dropped == {"json": 3, "objection": 1}
    assert take(one, post(2)).dropped == {}, "each is counted once"


def test_a_batch_without_posts_brings_the_heartbeats_of_every_brand() -> None:
    commit = take(collection(clock=lambda: START + timedelta(hours=1)), complete_to=START)
    assert [brand for brand, _ in commit.messages] == ["Acme", "Other"]
    assert commit.mentions == 0


def test_a_gap_is_told_with_its_length() -> None:
    assert take(collection(), gap=(START, START + timedelta(hours=2))).gap == timedelta(hours=2)


class Knowing(ScriptedSource):
    """Knows followers, of all but who is unknown, and counts so far."""

    looks_up = True

    async def look_up(self, posts: Sequence[Post]) -> Sequence[Post]:
        return [post if post.author == "unknown" else msgspec.structs.replace(post, followers=1000) for post in posts]

    async def recount(self, ids: Sequence[str]) -> Sequence[Post]:
        return [post(int(each[1:]), " ", id=each, kind="update", reposts=70) for each in ids]


def test_what_the_stream_leaves_out_is_looked_up_for_matched_posts() -> None:
    commit = take(collection(Knowing([])), post(1, "Acme"), post(2, "neither"))
    assert [mention.followers for mention in mentions(commit.messages)] == [1000]
    assert commit.looked_up == {"found": 1, "missing": 0}
    commit = take(collection(Knowing([])), post(1, "Acme"), post(2, "Acme", author="unknown"), post(3, "neither"))
    assert commit.looked_up == {"found": 1, "missing": 1}


def test_a_source_that_is_configured_to_look_nobody_up_is_not_asked() -> None:
    source = Knowing([])
    source.looks_up = False
    commit = take(collection(source), post(1, "Acme"))
    assert [mention.followers for mention in mentions(commit.messages)] == [None]
    assert not commit.looked_up


def test_what_its_author_deleted_or_whose_account_is_gone_is_given_to_no_later_repost() -> None:
    one = collection()
    kept, deleted, orphan = (post(n, "Acme", id=name) for n, name in enumerate(("at://a/1", "at://a/2", "at://b/1")))
    reposts = [post(n, " ", kind="repost", about=each.id) for n, each in enumerate((kept, deleted, orphan), 4)]
    commit = take(one, kept, deleted, orphan, gone=["at://a/2", "at://b/"])
    assert len(mentions(commit.messages)) == 3
    shared = mentions(take(one, *reposts).messages)
    assert [mention.id for mention in shared] == ["p4"]
    rows = {key.decode().partition("/posts/")[2] for key, row in commit.rows.items() if row is not None}
    assert rows == {"at://a/1"}


def test_only_a_source_whose_posts_are_shared_remembers_them() -> None:
    class Reviews:
        """A source of reviews, which nobody shares."""

        network = "reviews"
        read = ScriptedSource.read

    commit = take(collection(Reviews()), post(1, "Acme"))  # type: ignore[arg-type]
    assert len(mentions(commit.messages)) == 1
    assert not commit.rows
    assert len(take(collection(), post(1, "Acme")).rows) == 1


def test_negative_posts_are_read_again_for_their_counts_and_others_are_not() -> None:
    now = START
    knowing = collection(Knowing([]), clock=lambda: now)
    take(knowing, post(0, "Acme is awful"), post(1, "Acme is fine"), post(2, "this is awful"))
    now = START + timedelta(minutes=2)
    commit = asyncio.run(knowing.recount())
    assert commit is not None
    [update] = mentions(commit.messages)
    assert (update.brand, update.id, update.kind, update.reposts) == ("Acme", "p0", "update", 70)
    assert asyncio.run(knowing.recount()) is None, "not again before the next age"
