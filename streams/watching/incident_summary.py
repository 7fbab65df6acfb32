"""The summary of an incident event: the one line that an on-call person reads first."""

from detectors.severity import CRITERIA
from streams.event_time import duration
from streams.watching.incident_event import IncidentEvent

MAX_SUMMARY_TERMS = 4


def summary(event: IncidentEvent) -> str:
    """Summarize an event in one line.

    Parameters
    ----------
    event
        Its own `summary` is not read.
    """
    if event.severity == "calm":
        return f"{event.brand} is calm again; the incident began {event.since[:16].replace('T', ' ')} UTC."
    criteria = " + ".join(CRITERIA.get(name, name) for name in event.criteria)
    parts = [
        f"{event.severity.upper()} {event.brand}: {criteria}: {_figures(event)}",
        f"since {event.since[11:16]} UTC",
    ]
    if event.networks:
        network, share = next(iter(event.networks.items()))
        parts.append(f"{share:.0%} on {network}")
    if event.terms:
        parts.append("said: " + ", ".join(term.term for term in event.terms[:MAX_SUMMARY_TERMS]))
    if event.answers.deletions or event.answers.blocks:
        parts.append(
            f"{event.answers.deletions} deleted and {event.answers.blocks} blocked by the brand: stop, it spreads"
        )
    return "; ".join(parts) + "."


def _figures(event: IncidentEvent) -> str:
    """Format the observed and the expected figure, in the unit of the leading criterion."""
    times = "" if event.factor is None else f", {event.factor:,.0f} times"
    if event.criteria and event.criteria[0] == "reach":
        return f"{event.observed:,.0f} people reached (usually {event.expected:,.0f}{times})"
    people = "people negative" if "negative_growth" in event.criteria else "people talking"
    span = duration(event.window_minutes)
    return f"{event.observed:,.0f} {people} in {span}, {event.expected:,.1f} expected{times}"
