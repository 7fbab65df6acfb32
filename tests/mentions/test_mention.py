"""A readable mention is decoded, its text cleaned; anything else is refused with a reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import MentionError
from streams.mentions.mention import MAX_BYTES, MAX_TEXT, REASONS, decode, milliseconds
from tests.helpers.mentions import mention_line


def refused(line: bytes) -> str:
    with pytest.raises(MentionError) as caught:
        decode(line)
    assert caught.value.detail
    return caught.value.reason


def with_fields(**fields: object) -> bytes:
    return mention_line(1, 0, **fields)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"[]", "type"),
        (b"null", "type"),
        (with_fields()[:-9], "json"),
        (with_fields() + b"}", "json"),
        (with_fields(rating=float("nan")), "json"),
        (with_fields(unknown=float("inf")), "json"),
        (with_fields(followers=10**12), "range"),
        (with_fields(rating=1.5), "range"),
        (with_fields(followers="many"), "type"),
        (with_fields(followers=1.5), "type"),
        (with_fields(text=7), "type"),
        (with_fields(id=""), "length"),
        (with_fields(id="i" * 257), "length"),
        (with_fields(author="a" * 257), "length"),
        (with_fields(text="x" * 1_000_000), "size"),
        (with_fields(kind="shout"), "kind"),
        (with_fields(v=2), "version"),
        (with_fields(created_at="2024-03-01T00:00:00"), "time"),
        (with_fields(created_at="yesterday"), "time"),
        (with_fields(created_at=1709251200), "type"),
        (with_fields(created_at="0001-01-01T00:00:00Z"), "time"),
        (with_fields(brand="\ud83d"), "identity"),
        (with_fields(id="a\u0000b"), "identity"),
        (with_fields(author="\x1b[2J"), "identity"),
        (with_fields().replace(b"mention number", b"\xff\xfe"), "encoding"),
        (with_fields().replace(b"mention number", b"\xed\xa0\xbd"), "encoding"),
        (with_fields()[:-1] + b', "followers": ' + b"9" * 5000 + b"}", "range"),
        (with_fields()[:-1] + b', "unknown": ' + b"9" * 5000 + b"}", "range"),
        (with_fields()[:-1] + b', "unknown": ' + b"[" * 40 + b"]" * 40 + b"}", "nesting"),
        (with_fields()[:-1] + b', "unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nesting"),
        (json.dumps({"id": "1", "brand": "Acme", "network": "forum", "text": "x"}).encode(), "missing"),
        (json.dumps(json.loads(with_fields()) | {"text": "x"}).encode().replace(b', "text": "x"', b""), "missing"),
    ],
)
def test_a_message_that_is_no_mention_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    assert refused(line) == reason
    assert reason in REASONS


def test_a_lone_surrogate_and_control_characters_in_a_text_are_cleaned_away() -> None:
    assert decode(with_fields(text="oh \ud83d no \u0000\u001b!\ttab")).text == "oh \ufffd no !\ttab"


def test_a_backslash_before_a_surrogate_look_alike_is_left_alone() -> None:
    assert decode(with_fields(text="\\ud83d and \ud83d")).text == "\\ud83d and \ufffd"


def test_a_whole_surrogate_pair_stays_the_character_it_is() -> None:
    line = with_fields(text="PAIR and \ud83d").replace(b"PAIR", b"\\ud83d\\ude21")
    assert decode(line).text == "\U0001f621 and \ufffd"


def test_times_of_any_zone_are_the_same_instant() -> None:
    paris = decode(with_fields(created_at="2012-06-11T20:00:00+02:00"))
    utc = decode(with_fields(created_at="2012-06-11T18:00:00Z"))
    assert milliseconds(paris) == milliseconds(utc)


def test_unknown_fields_are_ignored() -> None:
    assert decode(with_fields(brand_name="x", nested={"a": [1, {"b": None}]}, v=1)).brand == "Acme"


def test_braces_in_a_text_are_not_nesting() -> None:
    assert decode(with_fields(text="{[" * 100)).text == "{[" * 100


@pytest.mark.parametrize("kind", ["heartbeat", "update"])
def test_a_heartbeat_and_an_update_may_leave_out_the_text(kind: str) -> None:
    record = json.loads(with_fields(kind=kind))
    del record["text"]
    assert decode(json.dumps(record).encode()).kind == kind


@pytest.mark.parametrize("length", [MAX_TEXT, MAX_TEXT + 1, 25_000, 40_000, 200_000])
def test_a_long_text_is_read_up_to_its_limit(length: int) -> None:
    text = ("never again " * 20_000)[:length]
    assert decode(with_fields(text=text)).text == text[:MAX_TEXT]


def test_a_text_is_cut_after_it_was_cleaned() -> None:
    assert decode(with_fields(text="\u0000" * 500 + "x" * MAX_TEXT)).text == "x" * MAX_TEXT


@pytest.mark.parametrize("kind", ["post", "reply", "repost", "review"])
def test_a_picture_alone_has_an_empty_text(kind: str) -> None:
    assert decode(with_fields(kind=kind, text=None)).text == ""


def test_an_empty_author_is_an_unknown_one() -> None:
    assert decode(with_fields(author="")).author is None


@pytest.mark.parametrize("field", ["followers", "reposts", "likes", "replies", "views"])
def test_a_negative_count_is_an_unknown_one(field: str) -> None:
    assert getattr(decode(with_fields(**{field: -1})), field) is None


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_arbitrary_bytes_raise_no_other_error_than_a_mention_error(line: bytes) -> None:
    try:
        decode(line)
    except MentionError as error:
        reason = error.reason
    else:
        reason = "json"
    assert reason in REASONS


@given(st.text(max_size=200), st.integers(0, 10**11))
def test_any_json_text_is_decoded_to_valid_unicode(text: str, followers: int) -> None:
    mention = decode(with_fields(text=text, followers=followers))
    assert mention.followers == followers
    assert isinstance(mention.text, str)
    mention.text.encode("utf-8")


def test_a_message_at_the_size_limit_is_judged_by_its_text_and_not_its_size() -> None:
    padding = MAX_BYTES - len(with_fields(unknown=""))
    assert decode(with_fields(unknown="x" * padding)).id == "m1"
    assert refused(with_fields(unknown="x" * (padding + 1))) == "size"
