"""The summary of an incident event: the one line that an on-call person reads first."""

from collections.abc import Iterator

from detectors.change import Reached
from detectors.severity import CRITERIA, REACH
from streams.event_time import duration
from streams.mentions.text import normalize
from streams.watching.incident_event import IncidentEvent

MAX_SUMMARY_TERMS = 4
MAX_SUMMARY_AUTHOR = 40


def summary(event: IncidentEvent, reached: Reached | None = None) -> str:
    """Summarize an event in one line.

    Parameters
    ----------
    event
        Its own `summary` is not read.
    reached
        The widest publication that holds the reach criterion: told whichever criterion leads.
    """
    if event.severity == "calm":
        return f"{event.brand} is calm again; the incident began {event.since[:16].replace('T', ' ')} UTC."
    criteria = " + ".join(CRITERIA.get(name, name) for name in event.criteria)
    parts = [
        f"{event.severity.upper()} {event.brand}: {criteria}: {'; '.join(_figures(event, reached))}",
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


def _figures(event: IncidentEvent, reached: Reached | None) -> Iterator[str]:
    """Yield the observed and expected people, unless reach alone leads, and what the widest post reaches."""
    if event.criteria[:1] != [REACH]:
        times = "" if event.factor is None else f", {event.factor:,.0f} times"
        people = "people negative" if "negative_growth" in event.criteria else "people talking"
        span = duration(event.window_minutes)
        yield f"{event.observed:,.0f} {people} in {span}, {event.expected:,.1f} expected{times}"
    if reached is not None:
        yield f"one post{_where(event, reached)} reaches {reached.people:,} people (usually {reached.usual:,.0f})"


def _where(event: IncidentEvent, reached: Reached) -> str:
    """Return the network and the author of the widest post; nothing where only its reposts were seen."""
    post = next((post for post in event.posts if post.id == reached.post), None)
    if post is None:
        return ""
    author = " ".join(normalize(post.author).split()).removeprefix("@")[:MAX_SUMMARY_AUTHOR]
    return f" on {post.network}" + (f" by @{author}" if author else "")
