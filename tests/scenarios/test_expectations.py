"""What must be found in each reconstructed incident, and by when: the `[[expect]]` tables of the shipped files."""

from datetime import datetime
from typing import NamedTuple

import pytest

from detectors.negativity import NegativityModel
from streams.reports.builder import build_report
from streams.reports.history import histories
from streams.reports.html import to_html
from streams.reports.markdown import to_markdown
from streams.response.desk_event import DeskEvent
from streams.scenarios import Expectation, Period, Scenario, load_scenario, shipped_scenarios
from streams.settings.config import Config
from streams.situations.situation import Situation
from streams.watching.watch_event import WatchEvent
from streams.watching.watch_event import incident_events as incidents_of
from streams.wording.language import LANGUAGES
from tests.helpers.scenarios.held import held, held_by_the_desk, watch_events

NOON = datetime.fromisoformat("2012-07-06T12:00")
POSTS = {"complaint": NOON, "apology": NOON.replace(hour=15)}


def hour(hours: int) -> datetime:
    return NOON.replace(hour=hours)


class Replayed(NamedTuple):
    """A reconstruction, its events, and the last situation of each of its incidents."""

    scenario: Scenario
    events: list[WatchEvent]
    situations: dict[str, Situation]


@pytest.fixture(scope="module")
def model() -> NegativityModel:
    return NegativityModel.load()


@pytest.fixture(scope="module", params=shipped_scenarios())
def replayed(request: pytest.FixtureRequest, model: NegativityModel) -> Replayed:
    situations: dict[str, Situation] = {}
    scenario = load_scenario(request.param)
    events = watch_events(scenario, model, lambda each: situations.update({each.incident: each}))
    return Replayed(scenario, events, situations)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_each_incident_of_a_reconstruction_a_report_can_be_made(replayed: Replayed, language: str) -> None:
    config = Config(timezone=str(replayed.scenario.zone), language=language)
    found = histories(replayed.events, [], replayed.situations)
    assert found
    for each in found:
        report = build_report(each, config)
        assert report.title in to_markdown(report)
        assert to_html(report)


def test_in_each_reconstruction_incidents_and_how_they_are_answered_are_found_when_they_are_expected(
    replayed: Replayed,
) -> None:
    scenario, events, _ = replayed
    periods = {
        "incident": held(scenario, incidents_of(events)),
        "desk": held_by_the_desk(scenario, [event for event in events if isinstance(event, DeskEvent)]),
    }
    expected = scenario.expectations
    assert {e.kind for e in expected} == set(periods)
    assert [e.signal for e in expected if not e.never], "each reconstruction says what must be found in it"
    assert [e.signal for e in expected if e.never], "and what must not"
    faults = (e.fault(periods[e.kind].get(e.signal, []), scenario.posts) for e in expected)
    assert not [fault for fault in faults if fault]


@pytest.mark.parametrize(
    ("expectation", "periods", "fault"),
    [
        (Expectation(signal="watch"), [], "watch: expected to begin at any time, got none"),
        (
            Expectation(signal="watch", begins=NOON),
            [Period(hour(11), hour(13))],
            "expected to begin from 2012-07-06 12:00",
        ),
        (Expectation(signal="watch", begins=NOON, within_minutes=60), [Period(hour(13))], None),
        (Expectation(signal="watch", begins=NOON, within_minutes=59), [Period(hour(13))], "to 2012-07-06 12:59, got"),
        (Expectation(signal="watch", ends=hour(15)), [Period(hour(13))], None),
        (Expectation(signal="watch", ends=hour(15)), [Period(hour(13), hour(16))], None),
        (
            Expectation(signal="watch", ends=hour(15)),
            [Period(hour(13), hour(14))],
            "expected to end from 2012-07-06 15:00",
        ),
        (Expectation(signal="watch", ends=hour(15), ends_within_minutes=9), [Period(hour(13))], "expected to end"),
        (Expectation(signal="watch", after="complaint", before="apology"), [Period(hour(14))], None),
        (Expectation(signal="watch", after="complaint", before="apology"), [Period(hour(11))], "expected to begin"),
        (Expectation(signal="watch", after="complaint", before="apology"), [Period(hour(16))], "expected to begin"),
        (Expectation(signal="watch", never=True), [Period(hour(11), hour(13))], "expected never, got 2012-07-06 11:00"),
        (Expectation(signal="watch", never=True, begins=hour(13)), [Period(hour(11), hour(13))], None),
        (Expectation(signal="watch", never=True, begins=hour(13)), [Period(hour(11))], "expected never"),
        (Expectation(signal="watch", never=True, ends=hour(11)), [Period(hour(11))], None),
    ],
)
def test_an_expectation_says_how_what_was_found_differs_from_it(
    expectation: Expectation, periods: list[Period], fault: str | None
) -> None:
    got = expectation.fault(periods, POSTS)
    assert (got is None) == (fault is None)
    assert (fault or "") in (got or "")
