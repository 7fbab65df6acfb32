"""What a poller brings at once did not happen at once: no backlog, restart or rebuilt site raises an incident."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from streams.settings.sources import CollectorSettings, FeedConfig
from streams.sources.feeds.feed import Feeds
from streams.sources.source import Batch
from tests.sources.fakes.clock import START, Clock
from tests.sources.fakes.fake_feed import Entry, FakeFeed, date
from tests.sources.fakes.web_server import serving
from tests.sources.pipeline_runs import incidents

MINUTE = timedelta(minutes=1)
AWAY = timedelta(hours=3)
Step = Callable[[FakeFeed], None]

THINGS = ("box", "bill", "app", "shop", "line", "parcel", "price", "ad", "network", "update", "support", "contract")


def complaints(count: int, when: Callable[[int], datetime | None], ids: str = "a") -> list[Entry]:
    """So many complaints of so many people, newest first, each dated as said."""
    found = []
    for number in range(count):
        at = when(number)
        thing, other = THINGS[number % 12], THINGS[number // 12 % 12]
        text = f"Acme {thing} {number} is a shame, the worst {other} {ids} {number * 7919}, never again"
        link = f"https://press.example/{ids}/{number}"
        found.append(Entry(text, f"{ids}-{number}", link, date(at) if at else None, author=f"{ids} {number}"))
    return found


def shown(entries: Sequence[Entry]) -> Step:
    def step(fake: FakeFeed) -> None:
        fake.entries = list(entries)

    return step


def batches(steps: Sequence[Step], away: timedelta = AWAY) -> list[Batch]:
    """What a feed's source yields, restarted after each step for as long as it was away."""

    async def run() -> list[Batch]:
        fake, clock = FakeFeed(), Clock()
        found: list[Batch] = []
        async with serving(fake.handle) as address:
            for step in steps:
                step(fake)
                config = FeedConfig(urls=(address + "/rss",))
                source = Feeds("press", config, CollectorSettings(allow_private=True), clock=clock, sleep=clock.sleep)
                reading = source.read(found[-1].cursor if found else None)
                found.append(await anext(reading))
                await reading.aclose()  # type: ignore[attr-defined]
                clock.at += away
        return found

    return asyncio.run(run())


HOURS_OLD = complaints(500, lambda number: START - 30 * MINUTE * number - 2 * MINUTE)
REBUILT = complaints(500, lambda number: START - timedelta(seconds=1))
UNDATED = complaints(500, lambda number: None)
WHILE_AWAY = complaints(30, lambda number: START + AWAY - 6 * MINUTE * number, ids="c")
WHILE_AWAY_UNDATED = complaints(30, lambda number: None, ids="c")
RENAMED = complaints(500, lambda number: START - 30 * MINUTE * number, ids="b")
RENAMED_UNDATED = complaints(500, lambda number: None, ids="b")

SCENES: dict[str, list[Step]] = {
    "a first poll of 500 old items": [shown(HOURS_OLD)],
    "a first poll of a site rebuilt just now": [shown(REBUILT)],
    "a first poll of 500 undated items": [shown(UNDATED)],
    "a restart after hours": [shown(HOURS_OLD), shown([*WHILE_AWAY, *HOURS_OLD])],
    "a restart after hours of an undated feed": [
        shown(UNDATED),
        shown([*WHILE_AWAY_UNDATED, *UNDATED]),
    ],
    "every id, address and text changed": [shown(HOURS_OLD), shown(RENAMED)],
    "every id, address and text of an undated feed changed": [shown(UNDATED), shown(RENAMED_UNDATED)],
    "emptied and back": [shown(HOURS_OLD), shown([]), shown(HOURS_OLD)],
}


@pytest.mark.parametrize("scene", SCENES)
def test_what_a_feed_brings_at_once_is_no_incident(scene: str) -> None:
    assert incidents(batches(SCENES[scene])) == 0


@pytest.mark.parametrize("scene", ["a first poll of 500 old items", "a restart after hours"])
def test_the_same_items_would_be_one_if_they_counted_when_they_were_read(scene: str) -> None:
    found = batches(SCENES[scene])
    last = found[-1]
    assert last.complete_to
    at_once = [msgspec.structs.replace(post, created_at=last.complete_to) for post in last.posts]
    found[-1] = msgspec.structs.replace(last, posts=at_once)
    assert incidents([*found, Batch(complete_to=last.complete_to + 5 * MINUTE)]) > 0


def test_a_burst_that_a_feed_shows_between_two_polls_is_an_incident() -> None:
    calm = complaints(20, lambda number: START - 60 * MINUTE * number)
    now = complaints(60, lambda number: START + 5 * MINUTE - timedelta(seconds=4 * number), ids="new")
    found = batches([shown(calm), shown([*now, *calm])], away=5 * MINUTE)
    later = Batch(complete_to=START + 20 * MINUTE)
    assert incidents([*found, later]) > 0
