"""The desk part of a rollup merges exactly, is bounded, and keeps the answers to the complaints it keeps."""

import random
from functools import reduce
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.mentions.marks.mark import Mark
from streams.mentions.mention import decode, milliseconds
from streams.mentions.text import hash64, post_key
from streams.scoring.rollup import Counts, Rollup, merge
from streams.scoring.rollup_batch import decode_batch, encode_batch
from streams.scoring.rollup_builder import RollupBuilder
from streams.scoring.rollup_desk import (
    MAX_ANSWERS,
    MAX_ASKS,
    MAX_REPLIES,
    NEGATIVE,
    NO_DESK,
    PRIVATE,
    QUESTION,
    THANKS,
    DeskPart,
    merge_desk,
)
from streams.scoring.rollup_desk_builder import author_key
from streams.settings.brands.brand import BrandConfig
from tests.helpers.mentions import mention_line

BRAND = BrandConfig(bot_accounts=frozenset(("bot",)))
Row = tuple[int, tuple[bool, dict[str, object]]]

customer = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["why?", "thanks a lot", "nobody called me back", "they deleted my comment", "so bad"]),
        "author": st.sampled_from(["a", "b", "c", None]),
        "reply_to": st.sampled_from([None, "m1", "m2", "m3"]),
    }
)
official = st.fixed_dictionaries(
    {
        "official": st.just(True),
        "author": st.just("acme"),
        "kind": st.sampled_from(["post", "reply", "deletion", "block", "scheduled", "edit", "closed", "repost"]),
        "text": st.sampled_from(["We are looking into this.", "Buy two, get three free today", ""]),
        "reply_to": st.sampled_from(["m1", "m2"]),
        "visibility": st.sampled_from(["public", "private"]),
        "promise_due_at": st.sampled_from([None, "2024-03-01T12:00:00Z"]),
        "publish_at": st.sampled_from([None, "2024-03-02T12:00:00Z"]),
    }
)
said = st.tuples(st.booleans(), customer | official)


def part(rows: list[Row]) -> DeskPart | None:
    builder = RollupBuilder("Acme", "forum", 7, BRAND)
    for number, (negative, fields) in rows:
        mention = decode(mention_line(number, number % 60, **fields))
        if mention.official:
            builder.add_official(mention)
        else:
            builder.add(mention, hash64(mention.id), float(negative), negative, milliseconds(mention) // 1000)
    return builder.build().desk


def encoded(desk: DeskPart | None) -> bytes:
    return encode_batch([(0, Rollup("Acme", "forum", 7, 0, Counts(), desk=desk))])


@given(st.lists(said, min_size=1, max_size=60), st.integers(0, 2**32))
def test_any_split_of_a_stream_merged_in_any_order_gives_the_same_bytes(
    rows: list[tuple[bool, dict[str, object]]], seed: int
) -> None:
    numbered = list(enumerate(rows))
    whole = encoded(part(numbered))
    rng = random.Random(seed)
    rng.shuffle(numbered)
    cuts = [0, *sorted(rng.sample(range(len(numbered) + 1), k=min(3, len(numbered)))), len(numbered)]
    parts = [part(numbered[a:b]) for a, b in pairwise(cuts)]
    rng.shuffle(parts)
    assert encoded(merge_desk(parts)) == whole
    assert encoded(reduce(lambda a, b: merge_desk([a, b]), parts)) == whole
    assert decode_batch(whole).made[0][1].desk == part(list(enumerate(rows)))


def crowd(first: int, end: int) -> list[Row]:
    asked: list[Row] = [(n, (True, {"author": f"a{n}", "text": "so bad", "reply_to": "m0"})) for n in range(first, end)]
    answer: dict[str, object] = {
        "official": True,
        "author": "acme",
        "kind": "reply",
        "text": "Please send us a DM, thanks",
    }
    answers = [(100_000 + n, (False, answer | {"reply_to": f"m{n}"})) for n in range(first, end)]
    return [*asked, *answers]


def test_a_part_of_many_mentions_is_bounded_and_has_the_answers_to_the_complaints_it_has() -> None:
    parts = [part(crowd(first, first + 500)) for first in range(0, 3000, 500)]
    merged = merge_desk(parts) or NO_DESK
    assert (len(merged.asks), len(merged.answers), len(merged.replies)) == (MAX_ASKS, MAX_ANSWERS, MAX_REPLIES)
    assert merged.spoken == merged.negative == 3000
    assert {row.key for row in merged.asks} == {row.target for row in merged.answers}
    assert len(encoded(merged)) < 40_000


def test_a_complaint_a_question_and_thanks_are_told_apart() -> None:
    rows: list[Row] = [
        (1, (True, {"text": "so bad"})),
        (2, (False, {"text": "when does it open?"})),
        (3, (False, {"text": "thank you!", "reply_to": "m1"})),
        (4, (False, {"text": "a fine day"})),
    ]
    desk = part(rows) or NO_DESK
    by_key = {row.key: row.flags for row in desk.asks}
    assert by_key == {
        post_key("forum", "m1"): NEGATIVE,
        post_key("forum", "m2"): QUESTION,
        post_key("forum", "m3"): THANKS,
    }
    assert (desk.spoken, desk.negative) == (4, 1)


def test_an_answer_says_whom_it_answers_and_what_it_does_and_a_private_one_shows_no_text() -> None:
    answer = {
        "official": True,
        "kind": "reply",
        "reply_to": "m1",
        "reply_to_author": "ann",
        "reply_to_at": "2024-02-29T23:00:00Z",
        "text": "Get a life, we are looking into this",
        "visibility": "private",
    }
    [row] = (part([(2, (False, answer))]) or NO_DESK).answers
    assert (row.target, row.author) == (post_key("forum", "m1"), author_key("forum", "ann"))
    assert Mark(row.marks) == Mark.HOLDING | Mark.HOT
    assert (row.flags, row.id, row.text) == (PRIVATE, "", "")
    [shown] = (part([(2, (False, answer | {"visibility": "public"}))]) or NO_DESK).answers
    assert shown.text == answer["text"]


def counts(**fields: object) -> Counts:
    builder = RollupBuilder("Acme", "forum", 7, BRAND)
    builder.add_official(decode(mention_line(1, 0, official=True, **fields)))
    return builder.build().counts


def test_withdrawing_ones_own_advertisement_is_no_deletion() -> None:
    assert counts(kind="deletion").deletions == 1
    assert counts(kind="deletion", target="own").deletions == 0


def test_a_private_answer_is_in_no_public_figure() -> None:
    assert counts(kind="reply", reply_to="m0") == Counts(official=1, answers=1)
    assert counts(kind="reply", reply_to="m0", visibility="private") == Counts()


def test_a_rollup_without_a_desk_part_is_read_and_merges() -> None:
    old = msgspec.msgpack.encode(["Acme", "forum", 7, 0, [1], [], [], {}, False, 0])
    read = msgspec.msgpack.decode(old, type=Rollup)
    desk = part([(1, (True, {"text": "so bad"}))])
    new = Rollup("Acme", "forum", 7, 0, Counts(mentions=1), desk=desk)
    assert read.desk is None
    assert merge(read, new).desk == desk
