"""The fold of the console's topics: the same whatever order they are read in, and honest about what it cannot read."""

import asyncio
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.collecting.cursor_record import CursorRecord, encode_cursor
from streams.console.state import SHOWN_INCIDENTS, ConsoleState, Record
from streams.console.views.health import Feeding, problems
from streams.console.views.incident import IncidentView, incident_view
from streams.console.views.lens import Lens
from streams.console.views.overview import overview
from streams.event_time import utc
from streams.settings.config import Config, parse
from tests.helpers.situations import action, at, records, situation

SHOWN = situation()
NOW_MS = 4_102_444_800_000  # any moment: no view reads the clock
RECORDS = records(SHOWN, action(SHOWN, 1, "acknowledge"), action(SHOWN, 2, "note", text="x"))
LENS = Lens(Config(), NOW_MS)


def state(*shown: Record) -> ConsoleState:
    made = ConsoleState()
    made.apply(shown)
    return made


@given(st.permutations(range(4)), st.lists(st.integers(0, 4), max_size=6))
def test_topics_in_any_order_and_records_read_twice_give_the_same_page(order: list[int], again: list[int]) -> None:
    expected = seen(state(*RECORDS))
    # Within a partition the order is that of the log: the actions, here, stay behind each other.
    mixed = [RECORDS[:3][i] if i < 3 else None for i in order]
    shuffled = [record for each in mixed for record in ([each] if each else RECORDS[3:])]
    assert seen(state(*shuffled, *(RECORDS[i] for i in again))) == expected


def seen(made: ConsoleState) -> IncidentView:
    case = made.cases[SHOWN.incident]
    assert case.situation is not None
    return incident_view(case, case.situation, made, Feeding(), LENS)


def test_an_older_picture_never_replaces_a_newer_one() -> None:
    older = situation(at=at(5, datetime.fromisoformat(SHOWN.at)), severity="warning")
    made = state(*records(SHOWN), *records(older)[2:])
    assert made.cases[SHOWN.incident].severity == "critical"


@pytest.mark.parametrize("events_first", [True, False])
def test_an_incident_that_opens_while_the_case_of_the_last_goes_on_is_shown_with_it(events_first: bool) -> None:
    opened = situation(incident="3 Suisses/2012-06-13T00:00:00Z")
    later = situation(open_incident=opened.incident)
    events, picture = records(opened)[:2], records(later)[2:]
    made = state(*records(SHOWN), *(events + picture if events_first else picture + events))
    assert made.brand_cases()["3 Suisses"].incident == SHOWN.incident
    assert [each.incident for each in made.cases[SHOWN.incident].events].count(opened.incident) == 2


def test_what_is_held_of_a_brand_is_bounded() -> None:
    made = ConsoleState()
    for number in range(20):
        made.apply(records(situation(incident=f"3 Suisses/2012-06-{number + 10}T00:00:00Z")))
    assert len(made.cases) == SHOWN_INCIDENTS
    assert made.brand_cases()["3 Suisses"].incident == "3 Suisses/2012-06-29T00:00:00Z"


def test_an_unreadable_record_stops_nothing_and_is_counted() -> None:
    made = state(*(Record(topic, b"k", b"{}") for topic in ("desk", "situations", "incidents", "sources")), *RECORDS)
    assert made.unreadable == 4
    assert made.cases[SHOWN.incident].desk.version == 2


def test_brands_are_listed_worst_first_and_calm_ones_last() -> None:
    shown = [
        *records(situation("Calm", ended=True, severity="calm")),
        *records(situation("Watch", severity="watch", warned_at=None)),
        *records(situation("Worse", severity="critical")),
        *records(situation("Bad", severity="critical"), action(situation("Bad"), 1, "acknowledge")),
    ]
    config = parse('[brands."Quiet"]\n', {})
    lens = Lens(config, round(utc(0).timestamp()) + 1000 * 2_000_000_000)
    view = overview(state(*shown), Feeding(), lens)
    assert [row.brand for row in view.rows if not row.over] == ["Worse", "Bad", "Watch"]
    assert view.calm == "Calm: Calm, Quiet"


def source(name: str, minutes_ago: float) -> Record:
    moment = utc(NOW_MS - round(minutes_ago * 60_000))
    row = CursorRecord(cursor="1", at=moment, complete_to=moment, commits=1, owner="x")
    return Record("sources", name.encode(), encode_cursor(row))


def test_a_silent_source_is_named_and_one_that_was_removed_is_not() -> None:
    made = state(source("bluesky", 2), source("forum", 16), source("old", 26 * 60), Record("sources", b"x/1", b"row"))
    found = problems(made, Feeding(), LENS)
    assert len(found) == 1
    assert "forum is silent" in found[0]
    assert made.unreadable == 0


@pytest.mark.parametrize(
    ("feeding", "expected"),
    [
        (Feeding(members={"scorer": 1, "watcher": 2}), []),
        (Feeding(members={"scorer": 1, "watcher": 0}), ["No worker runs the watcher: nothing new is found."]),
        (Feeding(connected=False), ["Kafka does not answer: nothing new comes, and nothing can be logged."]),
    ],
)
def test_a_dead_worker_and_a_broker_that_is_away_are_said(feeding: Feeding, expected: list[str]) -> None:
    assert problems(ConsoleState(), feeding, LENS) == expected


def test_whoever_waits_for_an_action_is_answered_once_it_is_in_the_log() -> None:
    async def scenario() -> list[bool]:
        made, note = state(*RECORDS[:3]), action(SHOWN, 7, "note", text="x")
        waiting = asyncio.create_task(made.logged(note, 10))
        await asyncio.sleep(0)
        made.apply([Record("desk", b"", note.to_json())])
        other = action(SHOWN, 8, "note", text="never")
        return [await waiting, await made.logged(note, 0), await made.logged(other, 0)]

    assert asyncio.run(scenario()) == [True, True, False]
