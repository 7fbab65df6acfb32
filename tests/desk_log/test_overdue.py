"""What is owed is overdue from its deadline on, and no longer once somebody says it is done."""

from typing import Any

import pytest

from streams.desk_log.action import DeskAction, instant_ms
from streams.desk_log.fold import DeskState
from streams.desk_log.overdue import overdue, owed
from streams.event_time import MINUTE_MS
from tests.helpers.desk_actions import INCIDENT, START, action, picture

WARNED = instant_ms("2024-03-09T09:05:00Z")
NOON = START.replace(hour=12, minute=0).isoformat()
CLOSE: dict[str, Any] = {"why": "over"}


def state_of(*actions: DeskAction) -> DeskState:
    return DeskState(INCIDENT, actions)


def at(minutes: float) -> int:
    """So many minutes after the warning."""
    return round(WARNED + minutes * MINUTE_MS)


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 0), (5, 300), (5.5, 330)])
def test_an_incident_that_nobody_has_is_counted_from_its_warning(minutes: float, seconds: int) -> None:
    assert overdue(picture(), state_of(), at(minutes)).unacknowledged_s == seconds


def test_an_acknowledgement_ends_it_and_its_undo_starts_it_again() -> None:
    mine = action("acknowledge", 3)
    assert overdue(picture(), state_of(mine), at(20)).unacknowledged_s == 0
    assert overdue(picture(), state_of(mine, action("undo", 4, of=mine.id)), at(20)).unacknowledged_s == 1200


def test_a_watch_is_owed_nothing() -> None:
    watch = picture(severity="watch", warned_at=None, case_open=False, deadlines=[])
    assert owed(watch, state_of()) == []


@pytest.mark.parametrize(("minutes", "seconds"), [(29, 0), (30, 0), (31, 60)])
def test_a_holding_answer_is_overdue_from_its_deadline_until_it_is_sent(minutes: float, seconds: int) -> None:
    assert overdue(picture(), state_of(), at(minutes)).holding_s == seconds
    sent = overdue(picture(), state_of(action("statement", text="We know")), at(minutes))
    assert (sent.holding_s, sent.statement_sent) == (0, True)


def test_a_promise_is_overdue_from_its_time_until_it_is_kept_even_after_the_incident() -> None:
    promise = action("promise", text="a call", due=NOON)
    ended = picture(ended=True, severity="calm")
    noon = instant_ms(NOON)
    assert overdue(ended, state_of(promise), noon).promise_s == 0
    assert overdue(ended, state_of(promise), noon + MINUTE_MS).promise_s == 60
    assert overdue(None, state_of(promise), noon + MINUTE_MS).promise_s == 60
    assert overdue(ended, state_of(promise, action("kept", promise=promise.id)), noon + MINUTE_MS).promise_s == 0


@pytest.mark.parametrize("end", [action("close", **CLOSE), action("false_alarm", **CLOSE), action("planned", **CLOSE)])
def test_after_the_desk_has_closed_its_side_nothing_of_the_incident_is_owed(end: DeskAction) -> None:
    assert owed(picture(), state_of(end)) == []


def test_a_hold_does_what_a_planned_publication_asks_for_and_its_release_asks_again() -> None:
    planned = picture(deadlines=[{"kind": "scheduled", "due": "2024-03-09T11:00:00Z"}])
    hold = action("hold")

    def done(state: DeskState) -> DeskAction | None:
        return next(step.done for step in owed(planned, state) if step.step == "hold")

    assert done(state_of()) is None
    assert done(state_of(hold)) == hold
    assert done(state_of(hold, action("release"))) is None
    assert [overdue(planned, state_of(*acts), at(9)).held for acts in ((), (hold,))] == [False, True]


def said(minute: int, on_the_matter: bool) -> dict[str, Any]:
    return {
        "id": f"s{minute}",
        "network": "twitter",
        "at": f"2024-03-09T09:{minute:02}:00Z",
        "text": "New colours",
        "marks": [],
        "on_the_matter": on_the_matter,
        "replies": 0,
        "negative_replies": 0,
        "effect": None,
    }


def test_what_goes_out_off_the_matter_during_a_hold_is_counted_for_an_hour() -> None:
    shown = picture(statements=[said(6, False), said(20, False), said(25, True)])
    held = state_of(action("hold", 5))  # at 09:10
    assert overdue(shown, held, at(20)).posted == 1
    assert overdue(shown, held, at(15 + 60)).posted == 1
    assert overdue(shown, held, at(15 + 61)).posted == 0
    assert overdue(shown, state_of(), at(20)).posted == 0


def test_steps_come_soonest_first_with_who_did_them() -> None:
    mine = action("acknowledge", 1)
    mute = action("mute", why="known", until=NOON)
    steps = owed(picture(), state_of(mute, mine))
    assert [(step.step, step.done) for step in steps] == [("acknowledge", mine), ("holding", None), ("mute", None)]
    assert steps[2].about == mute
