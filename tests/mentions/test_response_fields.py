"""What a mention says of the answer it is: read strictly, and refused with its reason where it cannot be true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import MentionError
from streams.mentions.mention import Mention, decode
from tests.helpers.mentions import START, mention_line


def answer(**fields: object) -> Mention:
    return decode(mention_line(1, 0, kind="reply", official=True, **fields))


def refused(**fields: object) -> MentionError:
    with pytest.raises(MentionError) as caught:
        answer(**fields)
    return caught.value


def later(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def test_what_an_answer_says_of_itself_is_read() -> None:
    mention = answer(
        reply_to="m0",
        reply_to_at=later(-600),
        reply_to_author="ann",
        thread="m0",
        visibility="private",
        marks=["holding", "something new"],
        keeps="m7",
        promise_due_at=later(3600),
        role="care",
        stance="support",
    )
    assert (mention.reply_to_author, mention.thread, mention.visibility) == ("ann", "m0", "private")
    assert (mention.marks, mention.keeps, mention.role) == (("holding", "something new"), "m7", "care")
    assert mention.reply_to_at == START - timedelta(minutes=10)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reply_to_at": later(61)}, "time"),
        ({"reply_to_at": "2024-03-01T00:00:00"}, "time"),
        ({"publish_at": "tomorrow"}, "time"),
        ({"visibility": "secret"}, "type"),
        ({"role": "king"}, "type"),
        ({"target": "theirs"}, "type"),
        ({"marks": "holding"}, "type"),
        ({"marks": ["x"] * 33}, "length"),
        ({"marks": ["x" * 65]}, "length"),
        ({"thread": ""}, "length"),
        ({"kind": "edit"}, "missing"),
    ],
)
def test_what_cannot_be_true_of_an_answer_is_refused_with_its_reason(fields: dict[str, object], reason: str) -> None:
    error = refused(**{"reply_to": None} | fields) if fields.get("kind") != "edit" else _refused_edit()
    assert error.reason == reason


def _refused_edit() -> MentionError:
    with pytest.raises(MentionError) as caught:
        decode(mention_line(1, 0, kind="edit"))
    return caught.value


def test_two_clocks_may_differ_by_a_minute() -> None:
    assert answer(reply_to="m0", reply_to_at=later(60)).reply_to_at == START + timedelta(minutes=1)


def test_a_reply_to_itself_replies_to_nothing() -> None:
    assert answer(reply_to="m1").reply_to is None


@given(st.integers(-(10**9), 10**9))
def test_a_promise_is_due_after_it_was_made_and_within_thirty_days(seconds: int) -> None:
    due = answer(promise_due_at=later(seconds)).promise_due_at
    if seconds < 0:
        assert due is None
    else:
        assert due == START + min(timedelta(seconds=seconds), timedelta(days=30))


@pytest.mark.parametrize("kind", ["closed", "undo"])
def test_closing_and_taking_back_need_no_text(kind: str) -> None:
    line = mention_line(1, 0, kind=kind, official=True).replace(b', "text": "mention number 1"', b"")
    assert b"text" not in line
    assert decode(line).kind == kind


@given(st.datetimes(datetime(1991, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["own", "customer", None]))  # noqa: DTZ001
def test_times_and_targets_come_back_as_they_were_written(at: datetime, target: str | None) -> None:
    mention = decode(mention_line(1, 0, kind="scheduled", publish_at=at.replace(tzinfo=UTC).isoformat(), target=target))
    assert (mention.publish_at, mention.target) == (at.replace(tzinfo=UTC), target)
