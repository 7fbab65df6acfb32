"""What people did: the state that follows from it is the same for everybody who reads the log."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.desk_log.action import KINDS, DeskAction, checked, decode_action
from streams.desk_log.fold import DeskState, fold
from streams.errors import ActionError
from tests.helpers.desk_actions import INCIDENT, START, action

LATER = START.replace(hour=12).isoformat()
OWN: dict[str, dict[str, Any]] = {
    "role": {"role": "lead", "person": "anne"},
    "note": {"text": "called the plant"},
    "verified": {"post": "1"},
    "statement": {"text": "We know, and say more at noon"},
    "answered": {"post": "1"},
    "promise": {"text": "a call back", "due": LATER},
    "kept": {"promise": "action-0001"},
    "mute": {"why": "known", "until": LATER},
    "close": {"why": "over"},
    "false_alarm": {"why": "a joke"},
    "planned": {"why": "the sale"},
    "share": {"link": "L1", "until": LATER},
    "undo": {"of": "action-0001"},
}


def state_of(*actions: DeskAction) -> DeskState:
    state = DeskState(INCIDENT)
    for each in actions:
        state = state.apply(each)
    return state


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_action_survives_its_encoding(kind: str) -> None:
    done = action(kind, **OWN.get(kind, {}))
    assert decode_action(done.to_json()) == done


@pytest.mark.parametrize("kind", sorted(OWN))
def test_an_action_without_what_its_kind_needs_is_refused_and_the_field_named(kind: str) -> None:
    for field in OWN[kind]:
        if field != "person":
            with pytest.raises(ActionError, match=f"expected the field '{field}' in an action of the kind '{kind}'"):
                checked(action(kind, **(OWN[kind] | {field: ""})))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": "a b"}, "expected an id of 8 to 64"),
        ({"who": " "}, "expected the field 'who'"),
        ({"at": "yesterday"}, "expected a time as 2026-06-11T18:00:00Z in 'at', got 'yesterday'"),
        ({"at": "2024-03-09T09:05:00"}, "expected a time"),
        ({"v": 2}, "got version 2: update badbuzz"),
        ({"until": LATER}, "expected no field 'until' in an action of the kind 'note'"),
        ({"text": "x" * 2001}, "expected at most 2000 characters in 'text', got 2001"),
        ({"who": "x" * 201}, "expected at most 200 characters in 'who'"),
    ],
)
def test_what_cannot_be_right_is_refused_with_what_was_expected(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ActionError, match=message):
        checked(action("note", **({"text": "seen"} | fields)))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org"])
def test_only_web_addresses_are_accepted(url: str) -> None:
    with pytest.raises(ActionError, match="begins with https://"):
        checked(action("statement", text="We know", url=url))


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"id":"action-0001"}', b'{"kind":"dance"}'])
def test_bytes_that_are_no_action_are_refused(data: bytes) -> None:
    with pytest.raises(ActionError, match="expected a desk action"):
        decode_action(data)


def test_the_first_acknowledgement_counts_and_an_undo_takes_it_back_without_removing_it() -> None:
    anne, marc = action("acknowledge"), action("acknowledge", who="marc")
    state = state_of(anne, marc)
    assert state.acknowledged == anne
    undone = state.apply(action("undo", of=anne.id))
    assert undone.acknowledged == marc
    assert [(each.action.id, each.undone) for each in undone.log][:2] == [(anne.id, True), (marc.id, False)]


def test_an_undo_can_be_undone() -> None:
    anne = action("acknowledge")
    undo = action("undo", of=anne.id)
    assert state_of(anne, undo, action("undo", of=undo.id)).acknowledged == anne


def test_a_hold_ends_with_its_release_and_a_role_with_the_next_person() -> None:
    hold = action("hold")
    state = state_of(hold, action("role", role="lead", person="anne"), action("role", role="care", person="marc"))
    assert (state.hold, state.roles) == (hold, {"lead": "anne", "care": "marc"})
    state = state.apply(action("release")).apply(action("role", role="lead", person=""))
    assert (state.hold, state.roles) == (None, {"care": "marc"})


def test_a_promise_is_open_until_somebody_says_that_it_was_kept() -> None:
    promise = action("promise", text="a call", due=LATER)
    state = state_of(promise)
    assert [each.kept for each in state.promises] == [None]
    kept = action("kept", promise=promise.id)
    assert [each.kept for each in state.apply(kept).promises] == [kept]


def test_a_form_is_stale_only_where_somebody_did_the_same_since_it_was_shown() -> None:
    state = state_of(action("note", text="seen"))
    seen = state.version
    lead = action("role", role="lead", person="anne")
    state = state.apply(lead)
    assert state.conflict(action("role", role="lead", person="marc"), seen) == lead
    assert state.conflict(action("role", role="lead", person="marc"), state.version) is None
    assert state.conflict(action("role", role="care", person="marc"), seen) is None
    assert state.conflict(action("note", text="me too"), seen) is None
    assert state.conflict(lead, seen) is None


def test_an_action_on_another_incident_is_refused() -> None:
    with pytest.raises(ActionError, match="expected an action on the incident"):
        DeskState("Other/1").apply(action("acknowledge"))


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5)), max_size=25), st.randoms())
def test_a_log_with_actions_repeated_anywhere_gives_the_same_state(
    rows: list[tuple[str, int]], rng: random.Random
) -> None:
    actions: list[DeskAction] = []
    for kind, number in rows:
        own = dict(OWN.get(kind, {}))
        if kind in {"undo", "kept"} and actions:
            own["of" if kind == "undo" else "promise"] = actions[number % len(actions)].id
        actions.append(action(kind, **own))
    repeated = list(actions)
    for each in actions:
        if rng.random() < 0.5:
            repeated.insert(rng.randrange(repeated.index(each) + 1, len(repeated) + 1), each)
    once, again = fold(actions).get(INCIDENT), fold(repeated).get(INCIDENT)
    assert (once and once.log) == (again and again.log)
    if once is not None:
        assert once.log == state_of(*actions).log
