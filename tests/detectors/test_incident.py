from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detectors.incident import CALM, CRITICAL, WARNING, WATCH, Incident


def test_it_rises_at_once_and_over_steps() -> None:
    incident = Incident()
    assert incident.update(5, CRITICAL, alive=True)
    assert (incident.previous, incident.severity, incident.since) == (CALM, CRITICAL, 5)


def test_it_closes_only_after_a_quiet_while() -> None:
    incident = Incident(quiet_hold=60)
    incident.update(0, WATCH, alive=True)
    assert not incident.update(50, CALM, alive=True)
    assert not incident.update(109, CALM, alive=False)
    assert incident.update(110, CALM, alive=False)
    assert not incident.open


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from([CALM, WATCH, WARNING, CRITICAL]), st.booleans())))
def test_it_never_flaps(steps: list[tuple[int, int, bool]]) -> None:
    incident, minute, severities = Incident(quiet_hold=60), 0, [CALM]
    for step, level, alive in steps:
        minute += step
        if incident.update(minute, level, alive):
            severities.append(incident.severity)
    # Between two calms it only rises: no severity comes twice in one incident.
    for before, after in pairwise(severities):
        assert after > before or after == CALM
