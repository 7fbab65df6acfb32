"""What a drill can rely on: its lines are those of the record at another time, and the brand does not answer itself."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.mentions.mention import decode
from streams.scenarios import EXERCISE, exercise_brand, exercise_lines, load_scenario

BEGIN = datetime(2012, 6, 11, 23, 56, tzinfo=UTC)
SHIFT = timedelta(days=5000)
BRAND = exercise_brand("3 Suisses", datetime(2026, 2, 18, tzinfo=UTC))


@pytest.fixture(scope="module")
def record() -> list[dict[str, Any]]:
    return [json.loads(line) for line in load_scenario("trois_suisses_2012").mentions()]


@pytest.fixture(scope="module")
def exercise() -> list[bytes]:
    return list(exercise_lines(load_scenario("trois_suisses_2012"), BRAND, SHIFT, BEGIN))


def at(mention: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(mention["created_at"])


def test_every_line_is_a_mention_of_the_exercise_alone(exercise: list[bytes]) -> None:
    assert {decode(line).brand for line in exercise} == {BRAND}
    assert BRAND.startswith(EXERCISE)


def test_everything_is_later_by_the_same_span_and_keeps_whom_it_replies_to(
    record: list[dict[str, Any]], exercise: list[bytes]
) -> None:
    moved = {mention["id"]: mention for mention in map(json.loads, exercise)}
    said = [mention for mention in record if mention["kind"] != "heartbeat" and not mention.get("official")]
    assert all(at(moved[f"{BRAND} {mention['id']}"]) == at(mention) + SHIFT for mention in said)
    replies = [mention for mention in said if mention.get("reply_to")]
    assert replies
    assert all(moved[f"{BRAND} {each['id']}"]["reply_to"] == f"{BRAND} {each['reply_to']}" for each in replies)


def test_the_brand_answers_in_the_past_and_no_more_once_the_drill_begins(exercise: list[bytes]) -> None:
    official = [mention for mention in map(json.loads, exercise) if mention.get("official")]
    assert official
    assert max(map(at, official)) < BEGIN + SHIFT


def test_sources_go_on_each_minute_once_the_drill_begins(record: list[dict[str, Any]], exercise: list[bytes]) -> None:
    def later(mentions: list[dict[str, Any]], since: datetime) -> int:
        return sum(mention["kind"] == "heartbeat" and at(mention) >= since for mention in mentions)

    assert later([*map(json.loads, exercise)], BEGIN + SHIFT) == later(record, BEGIN)
    assert len(exercise) < len(record) / 2, "the past is thinned"
