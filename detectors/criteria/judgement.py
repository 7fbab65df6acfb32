"""The judgement of a brand's criteria: which of them hold, and the severity that they ask for together."""

from typing import NamedTuple

from detectors.anomaly.reading import Reading
from detectors.change import Reached
from detectors.criteria.criterion import Holding
from detectors.criteria.critical import CriticalRule
from detectors.criteria.reach import FOLLOWED_MINUTES
from detectors.incident import IncidentState
from detectors.severity import COORDINATED, NEGATIVE_GROWTH, REACH, Severity

__all__ = ["NOTHING_HOLDS", "Judgement", "combine"]


class Judgement(NamedTuple):
    """What the criteria ask for at one moment.

    Parameters
    ----------
    severity
        The severity they ask for together.
    criteria
        Names of those that hold.
    lead
        Reading of the one that asks for the highest severity; where none reads voices, that of reach, then that of
        coordination; None where none holds.
    posts
        Identifiers of the publications that hold the reach criterion, widest first.
    reached
        The widest of those that ask for that criterion's severity.
    """

    severity: Severity
    criteria: tuple[str, ...]
    lead: Reading | None
    posts: tuple[str, ...]
    reached: Reached | None


NOTHING_HOLDS = Judgement(Severity.CALM, (), None, (), None)


def combine(end: int, incident: IncidentState, holdings: dict[str, Holding], critical: CriticalRule) -> Judgement:
    """Combine what holds before minute `end`: the highest severity asked for, and critical where a warning is that.

    Parameters
    ----------
    end
        Minutes since the epoch.
    incident
        The brand's; it notes since when a warning holds.
    holdings
        What each criterion that holds asks for, by its name; at least one.
    critical
        Says when a warning is critical.
    """
    severity = Severity.CALM
    lead: Holding | None = None
    for holding in holdings.values():
        severity = max(severity, holding.severity)
        if holding.reading is not None and (lead is None or holding.severity > lead.severity):
            lead = holding
    reach = holdings.get(REACH)
    posts, reached = ((), None) if reach is None else (reach.posts, reach.reached)
    if severity == Severity.WARNING:
        warned = end - incident.warn(end)
        growth = holdings.get(NEGATIVE_GROWTH)
        reaching = reach is not None and reach.severity == Severity.WARNING
        if growth is not None and (reaching or critical.holds(end, growth.reading, warned)):
            severity = Severity.CRITICAL
    if reached is not None and (lead is None or lead is holdings.get(COORDINATED)):
        reading: Reading | None = _reach_reading(reached)
    else:
        reading = None if lead is None else lead.reading
    return Judgement(severity, tuple(holdings), reading, posts, reached)


def _reach_reading(reached: Reached) -> Reading:
    """Return the people reached by the widest publication, and the usual reach, as a reading without a score."""
    return Reading(0.0, FOLLOWED_MINUTES, reached.people, reached.usual)
