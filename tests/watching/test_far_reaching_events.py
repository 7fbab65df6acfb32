"""The event of a far-reaching post says whom it reaches, where, and by whom, and shows it first."""

import json
import re
from typing import Any

import pytest

from tests.behaviour.engines import in_process
from tests.helpers.records import CRISIS_AT, HOUR, MINUTE, QUIET_DAYS, in_order, line, quiet, wave

Row = tuple[float, bytes]


def said(number: int, at: float, **fields: Any) -> Row:
    own: dict[str, Any] = {
        "rating": -1,
        "network": "twitter",
        "author": "jane",
        "text": "never again with this brand, they lied to me",
    }
    return at, line(number, at, **(own | fields))


def everyday() -> list[Row]:
    """Ten quiet days in which every author has 300 followers."""
    return [
        (at, json.dumps(json.loads(value) | {"followers": 300}).encode()) for at, value in quiet(days=QUIET_DAYS + 2)
    ]


def events(*parts: list[Row]) -> list[dict[str, Any]]:
    return [json.loads(event) for event in in_process(in_order(everyday(), *parts))]


def test_an_event_by_reach_alone_reports_the_people_reached_and_the_usual_reach() -> None:
    [warned, *_] = events([said(900, CRISIS_AT, followers=1_250_000, reposts=2_100)])
    assert (warned["severity"], warned["criteria"], warned["observed"]) == ("warning", ["reach"], 1_250_000)
    assert 100 < warned["expected"] < 1_000
    assert warned["factor"] == pytest.approx(1_250_000 / warned["expected"], rel=0.01)
    assert (
        f"one post on twitter by @jane reaches 1,250,000 people (usually {warned['expected']:,.0f})"
        in warned["summary"]
    )
    assert "% on " in warned["summary"]


def test_the_people_reached_include_the_followers_of_those_who_repost() -> None:
    origin = said(900, CRISIS_AT, followers=20_000)
    reposts = [
        said(901 + n, CRISIS_AT + n * MINUTE, kind="repost", repost_of="Acme-900", author=f"r{n}", followers=9_000)
        for n in range(1, 15)
    ]
    warned = next(event for event in events([origin, *reposts]) if event["severity"] == "warning")
    people = re.findall(r"reaches ([0-9,]+) people", warned["summary"])[0].replace(",", "")
    assert int(people) >= 20_000 + 10 * 9_000
    assert warned["posts"][0]["id"] == "Acme-900"


def test_a_post_without_an_author_is_named_by_its_network() -> None:
    [warned, *_] = events([said(900, CRISIS_AT, author=None, views=900_000, reposts=50, network="forum")])
    assert "one post on forum reaches 900,000 people" in warned["summary"]


def test_an_event_that_a_crowd_leads_reports_the_crowd_and_the_post_as_well() -> None:
    joined = [said(900, CRISIS_AT + 20 * MINUTE, followers=1_250_000, reposts=2_100)]
    told = events(wave(60, 60, rating=1), joined)
    both = next(event for event in told if event["criteria"] == ["surge", "reach"])
    assert both["observed"] < 100
    assert "people talking in" in both["summary"]
    assert "one post on twitter by @jane reaches 1,250,000 people" in both["summary"]


def test_the_widest_of_several_far_reaching_posts_is_reported_and_shown_first() -> None:
    narrow = said(900, CRISIS_AT, followers=80_000, reposts=100)
    wide = said(901, CRISIS_AT + 10, followers=700_000, reposts=90, author="wide")
    [warned, *_] = events([narrow, wide])
    assert warned["observed"] == 700_000
    assert [post["id"] for post in warned["posts"]][:2] == ["Acme-901", "Acme-900"]


def test_a_far_reaching_post_is_shown_first_hours_before_the_crowd_that_it_leads_to() -> None:
    post = said(900, CRISIS_AT, followers=1_250_000, reposts=2_100)
    critical = next(
        event
        for event in events([post], wave(120, 60, rating=-1, at=CRISIS_AT + 4 * HOUR))
        if event["severity"] == "critical"
    )
    assert critical["posts"][0]["id"] == "Acme-900"


def press(at: float) -> Row:
    text = "Product recall: salmonella found in frozen pizzas of this brand, the food agency says"
    return said(900, at, rating=0, followers=182_000, reposts=420, author="the_paper", text=text)


def test_a_report_of_the_press_is_a_watch_though_its_tone_is_neutral() -> None:
    [opened, *later] = events([press(CRISIS_AT)])
    assert (opened["severity"], opened["criteria"], opened["observed"]) == ("watch", ["reach"], 182_000)
    assert opened["posts"][0]["id"] == "Acme-900"
    assert [event["severity"] for event in later] == ["calm"]


def test_a_report_of_the_press_is_shown_first_in_the_crisis_that_follows() -> None:
    crowd = wave(120, 90, rating=-1, at=CRISIS_AT + HOUR, followers=2_000, reposts=5)
    crisis = [event for event in events([press(CRISIS_AT)], crowd) if event["severity"] in {"warning", "critical"}]
    assert crisis
    assert {event["posts"][0]["id"] for event in crisis} == {"Acme-900"}


def test_a_report_of_the_press_alone_makes_no_crisis_of_a_warning() -> None:
    grumbles = wave(9, 20, rating=-1)
    told = events([press(CRISIS_AT + 30 * MINUTE)], grumbles)
    assert "warning" in {event["severity"] for event in told}
    assert "critical" not in {event["severity"] for event in told}
