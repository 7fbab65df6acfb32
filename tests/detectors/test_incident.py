from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detectors.incident import IncidentState
from detectors.severity import Severity


def test_it_rises_at_once_and_over_steps() -> None:
    incident = IncidentState(quiet_hold=60)
    assert incident.update(5, Severity.CRITICAL, active=True)
    assert (incident.previous, incident.severity, incident.since) == (Severity.CALM, Severity.CRITICAL, 5)


def test_it_closes_only_after_a_quiet_while() -> None:
    incident = IncidentState(quiet_hold=60)
    incident.update(0, Severity.WATCH, active=True)
    assert not incident.update(50, Severity.CALM, active=True)
    assert not incident.update(109, Severity.CALM, active=False)
    assert incident.update(110, Severity.CALM, active=False)
    assert not incident.open


@given(
    st.lists(
        st.tuples(
            st.integers(1, 40),
            st.sampled_from([Severity.CALM, Severity.WATCH, Severity.WARNING, Severity.CRITICAL]),
            st.booleans(),
        )
    )
)
def test_it_never_flaps(steps: list[tuple[int, Severity, bool]]) -> None:
    incident, minute, severities = IncidentState(quiet_hold=60), 0, [Severity.CALM]
    for step, level, active in steps:
        minute += step
        if incident.update(minute, level, active=active):
            severities.append(incident.severity)
    # Between two calms it only rises: no severity comes twice in one incident.
    for before, after in pairwise(severities):
        assert after > before or after == Severity.CALM


def test_a_severity_raised_by_copies_is_lowered_once_to_what_the_others_carry() -> None:
    incident = IncidentState(quiet_hold=60)
    incident.update(5, Severity.WARNING, active=True)
    assert not incident.settle(Severity.WATCH)
    incident.doubt(4)
    assert incident.settle(Severity.WATCH)
    assert (incident.previous, incident.severity) == (Severity.WARNING, Severity.WATCH)
    incident.update(9, Severity.WARNING, active=True)
    incident.doubt(8)
    assert not incident.settle(Severity.WATCH)
    assert incident.severity == Severity.WARNING


def test_copies_that_came_after_a_severity_was_raised_lower_nothing() -> None:
    incident = IncidentState(quiet_hold=60)
    incident.update(5, Severity.CRITICAL, active=True)
    incident.doubt(7)
    assert not incident.settle(Severity.WATCH)


def test_a_flood_begins_once_in_an_open_incident() -> None:
    incident = IncidentState(quiet_hold=60)
    incident.update(5, Severity.WATCH, active=True)
    assert incident.flood(6)
    assert not incident.flood(7)
    assert incident.previous == incident.severity


def test_a_flood_that_opens_an_incident_is_reported_by_that() -> None:
    incident = IncidentState(quiet_hold=60)
    incident.update(5, Severity.WATCH, active=True)
    assert not incident.flood(5)


def test_a_restored_incident_is_the_same() -> None:
    incident, other = IncidentState(quiet_hold=60), IncidentState(quiet_hold=60)
    incident.update(5, Severity.WARNING, active=True)
    incident.doubt(4)
    incident.flood(6)
    other.restore(incident.state())
    assert other.state() == incident.state()
    assert other.settle(Severity.WATCH)
