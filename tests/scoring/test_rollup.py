"""Merging rollups is exact: any split of a stream, merged in any order, gives the same bytes."""

import random
from collections.abc import Sequence
from functools import reduce

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import InputError
from streams.mentions.mention import decode
from streams.mentions.text import hash64
from streams.scoring.fingerprints import fingerprints
from streams.scoring.rollup import (
    MAX_POSTS,
    MAX_SAMPLES,
    MAX_VOICES,
    Counts,
    Rollup,
    merge,
)
from streams.scoring.rollup_batch import RollupBatch, decode_batch, encode_batch
from streams.scoring.rollup_builder import RollupBuilder
from streams.settings.brands.brand import BrandConfig
from streams.watching.minute_observation import observation
from tests.helpers.mentions import mention_line

BRAND = BrandConfig(weaknesses={"refund": ("refund", "money back")})
said = st.fixed_dictionaries(
    {
        "text": st.sampled_from(
            [
                "refund now please, this is not right",
                "refund now please, this is not right http://a.example/b",
                "love it",
                "#acme CODE50 http://a.example/b",
                "they took 300 euros from my account last night and nobody there answers the phone",
                "",
            ]
        ),
        "author": st.sampled_from([None, "a", "b", "c", "d"]),
        "followers": st.none() | st.integers(0, 10**6),
        "views": st.none() | st.integers(0, 10**6),
        "reposts": st.none() | st.integers(0, 500),
        "repost_of": st.sampled_from([None, "m1", "m2"]),
        "negativity": st.floats(0, 1),
    }
)


def encoded(rollup: Rollup) -> bytes:
    return encode_batch([(0, rollup)])


def build(rows: Sequence[tuple[int, dict[str, object]]]) -> Rollup:
    builder = RollupBuilder("Acme", "forum", 7, BRAND)
    for number, row in rows:
        fields = {key: value for key, value in row.items() if key != "negativity"}
        negativity = row["negativity"]
        assert isinstance(negativity, float)
        mention = decode(mention_line(number, number % 60, **fields))
        [mark], [shared] = fingerprints([mention.text or ""])
        builder.add(mention, hash64(mention.id), negativity, negativity >= 0.5, number, mark, shared)
        builder.newest = max(builder.newest, number)
    return builder.build()


@settings(deadline=None)
@given(st.lists(said, min_size=1, max_size=40), st.integers(0, 2**32))
def test_any_split_of_a_stream_merged_in_any_order_gives_the_same_bytes(
    rows: list[dict[str, object]], seed: int
) -> None:
    numbered = list(enumerate(rows))
    rng = random.Random(seed)
    rng.shuffle(numbered)
    cuts = sorted(rng.sample(range(len(numbered) + 1), k=min(3, len(numbered))))
    parts = [numbered[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    rollups = [build(part) for part in parts if part]
    rng.shuffle(rollups)
    whole = encoded(build(list(enumerate(rows))))
    assert encoded(reduce(merge, rollups)) == whole
    assert encoded(merge(*rollups)) == whole


@settings(deadline=None)
@given(st.lists(said, min_size=3, max_size=30))
def test_merging_is_associative_and_commutative(rows: list[dict[str, object]]) -> None:
    numbered = list(enumerate(rows))
    third = len(rows) // 3
    a, b, c = build(numbered[:third] or numbered[:1]), build(numbered[third : 2 * third]), build(numbered[2 * third :])
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, b) == merge(b, a)


seen_again = st.tuples(st.integers(0, 50), st.integers(0, 99), st.integers(0, 99), st.sampled_from([None, 0.1, 0.9]))


@given(st.lists(seen_again, min_size=1, max_size=150), st.integers(0, 2**32))
def test_posts_seen_again_and_again_merge_to_the_same_bytes_however_they_are_split(
    looks: list[tuple[int, int, int, float | None]], seed: int
) -> None:
    def updates(part: list[tuple[int, int, int, float | None]]) -> Rollup:
        builder = RollupBuilder("Acme", "forum", 7, BRAND)
        for number, views, reposts, negativity in part:
            mention = decode(mention_line(number, 0, views=views, reposts=reposts))
            builder.add_update(mention, hash64(mention.id), negativity)
        return builder.build()

    whole = encoded(updates(looks))
    rng = random.Random(seed)
    rng.shuffle(looks)
    cuts = sorted(rng.sample(range(len(looks) + 1), k=min(3, len(looks))))
    parts = [looks[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    assert encoded(reduce(merge, [updates(part) for part in parts])) == whole
    assert encoded(merge(*[updates(part) for part in parts])) == whole


def test_a_post_seen_again_and_again_leaves_the_others_their_places() -> None:
    builder = RollupBuilder("Acme", "forum", 7, BRAND)
    for views in range(100, 1000):
        builder.add_update(decode(mention_line(1, 0, views=views)), 1, None)
    for number in range(2, 6):
        builder.add_update(decode(mention_line(number, 0, views=50)), number, None)
    assert sorted(post.id for post in builder.build().posts) == ["m1", "m2", "m3", "m4", "m5"]


def crowd(size: int, first: int = 0) -> list[tuple[int, dict[str, object]]]:
    return [
        (
            n,
            {
                "text": f"no two people say number {n} alike, do they",
                "author": f"a{n}",
                "negativity": 0.9,
                "followers": n,
            },
        )
        for n in range(first, first + size)
    ]


def test_a_rollup_of_many_mentions_is_bounded() -> None:
    rollup = build(crowd(5000))
    assert len(rollup.voices) == MAX_VOICES
    assert MAX_SAMPLES <= len(rollup.posts) <= MAX_SAMPLES + 2 * MAX_POSTS
    assert len(encoded(rollup)) < 40_000
    assert rollup.counts.mentions == 5000


def test_merged_sketches_are_those_of_the_whole_stream() -> None:
    parts = [build(crowd(700, first)) for first in range(0, 2800, 700)]
    assert encoded(reduce(merge, parts)) == encoded(build(crowd(2800)))


@pytest.mark.parametrize("size", [100, 511, 2000, 20_000])
def test_distinct_authors_are_exact_up_to_the_bound_and_estimated_within_15_percent_beyond(size: int) -> None:
    seen = observation(7, [build(crowd(size))], reach_negative_at=0.5)
    estimate = len(seen.voices) * seen.scale
    assert estimate == size if size < MAX_VOICES else abs(estimate / size - 1) < 0.15


def test_an_author_counts_once_with_the_most_followers_and_the_worst_tone() -> None:
    rows = [
        (0, {"author": "a", "text": "fine", "followers": 5, "negativity": 0.1}),
        (1, {"author": "a", "text": "bad", "negativity": 0.9}),
    ]
    [voice] = build(rows).voices
    assert (voice.negative, voice.followers) == (True, 5)


def test_mentions_of_known_weaknesses_are_counted() -> None:
    rows = [
        (0, {"text": "I want my MONEY BACK", "negativity": 0.9}),
        (1, {"text": "refund came, thanks", "negativity": 0.1}),
    ]
    assert build(rows).weaknesses == {"refund": 2}


def test_rollups_of_different_buckets_do_not_merge() -> None:
    with pytest.raises(InputError, match="expected rollups of one bucket"):
        merge(Rollup("Acme", "forum", 1, 0, Counts()), Rollup("Acme", "forum", 2, 0, Counts()))


def test_rollups_of_another_version_or_no_rollups_are_refused() -> None:
    with pytest.raises(InputError, match="got version 1: update this worker"):
        decode_batch(msgspec.msgpack.encode(RollupBatch(v=1, made=[])))
    with pytest.raises(InputError, match="expected rollups of version"):
        decode_batch(b"{}")
