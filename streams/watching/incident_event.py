"""The incident event: what a person is told when an incident opens, grows worse or closes; one JSON object a line."""

from typing import Literal, NamedTuple

import msgspec

from detectors.change import Change
from detectors.severity import CRITERIA
from streams.event_time import MINUTE_MS, rfc3339
from streams.mentions.text import visible
from streams.scoring.rollup import PostRow
from streams.settings.config import Config
from streams.watching.recent_minutes import RecentMinutes

MAX_SHOWN_POSTS = 5


class IncidentKey(NamedTuple):
    """The one open incident of a brand: the minute it was told, and the one it goes back to."""

    brand: str
    opened: int
    since: int

    @property
    def id(self) -> str:
        """Name it, the same in every run.

        Examples
        --------
        >>> IncidentKey("Acme", 22_322_880, 22_322_800).id
        'Acme/2012-06-11T00:00:00Z'
        """
        return f"{self.brand}/{_time(self.opened)}"


class ShownTerm(msgspec.Struct, frozen=True):
    """A term that spreads, and how many of the sampled mentions say it."""

    term: str
    count: int


class ShownPost(msgspec.Struct, frozen=True):
    """A publication that carries the incident."""

    id: str
    network: str
    author: str
    reach: int
    reposts: int
    negativity: float
    text: str
    url: str


class AnswerCounts(msgspec.Struct, frozen=True):
    """How it is being answered: complaints heard, official replies, and what makes matters worse."""

    complaints: int
    answers: int
    deletions: int
    blocks: int
    scheduled: int


class IncidentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a brand's incident.

    Parameters
    ----------
    id, incident
        Of the event and of its incident; the same in every run.
    brand
        Whose.
    at
        Event time at which a person could have been told: the bucket's end plus the lateness.
    severity, previous
        `calm`, `watch`, `warning` or `critical`.
    criteria
        Which hold: keys of `detectors.severity.CRITERIA`.
    since
        When it began.
    window_minutes
        The span the figures are of.
    observed, expected, factor
        Distinct people (or, of reach, people reached); factor is null near a zero baseline.
    score
        -log10 of how likely that is by chance.
    authors, negatives, copies
        Distinct authors, negative ones, and copies of somebody else's text.
    networks
        Each network's share of the mentions, largest first.
    terms, posts
        What is being said, and the publications that carry it.
    answers
        How it is being answered.
    weaknesses
        Mentions of each known weakness.
    summary
        One line to read at three in the morning.
    """

    type: Literal["incident"] = "incident"
    v: Literal[1] = 1
    id: str
    incident: str
    brand: str
    at: str
    severity: str
    previous: str
    criteria: list[str]
    since: str
    window_minutes: int
    observed: float
    expected: float
    factor: float | None
    score: float
    authors: int
    negatives: int
    copies: int
    networks: dict[str, float]
    terms: list[ShownTerm]
    posts: list[ShownPost]
    answers: AnswerCounts
    weaknesses: dict[str, int]
    summary: str

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line's end."""
        return msgspec.json.encode(self)


def incident_event(
    incident: IncidentKey, change: Change, context: RecentMinutes, terms: list[tuple[str, int]], config: Config
) -> IncidentEvent:
    """Tell a change of an incident.

    Parameters
    ----------
    incident
        The one that changed.
    change
        What the detectors say.
    context
        The brand's last hours.
    terms
        What is spreading, best first.
    config
        Lateness and zone.
    """
    window = context.window(context.since(change), change.minute)
    mentions = sum(n for n, _ in window.networks.values())
    networks = {
        network: round(n / mentions, 2)
        for network, (n, _) in sorted(window.networks.items(), key=lambda item: (-item[1][0], item[0]))
    }
    posts = [_shown(network, post) for network, post in _worth_showing(window.posts, change, config)]
    at = _time(change.minute, config.lateness_seconds)
    event = IncidentEvent(
        id=f"{incident.id}/{at}/{change.severity}",
        incident=incident.id,
        brand=incident.brand,
        at=at,
        severity=change.severity,
        previous=change.previous,
        criteria=list(change.criteria),
        since=_time(change.since),
        window_minutes=change.window,
        observed=round(change.observed, 1),
        expected=round(change.expected, 2),
        factor=None if change.factor is None else round(change.factor, 1),
        score=round(change.score, 2),
        authors=change.authors,
        negatives=change.negatives,
        copies=change.copies,
        networks=networks,
        terms=[ShownTerm(term, count) for term, count in terms],
        posts=posts,
        answers=AnswerCounts(
            window.counts.complaints,
            window.counts.answers,
            window.counts.deletions,
            window.counts.blocks,
            window.counts.scheduled,
        ),
        weaknesses=dict(sorted(window.weaknesses.items())),
        summary="",
    )
    return msgspec.structs.replace(event, summary=summary(event))


def summary(event: IncidentEvent) -> str:
    """Say an event in one line.

    Parameters
    ----------
    event
        Its own `summary` is not read.
    """
    if event.severity == "calm":
        return f"{event.brand} is calm again; the incident began {event.since[:16].replace('T', ' ')} UTC."
    what = " + ".join(CRITERIA.get(name, name) for name in event.criteria)
    times = "" if event.factor is None else f", {event.factor:,.0f} times"
    if event.criteria and event.criteria[0] == "reach":
        figures = f"{event.observed:,.0f} people reached (usually {event.expected:,.0f}{times})"
    else:
        who = "people negative" if "negative_growth" in event.criteria else "people talking"
        figures = f"{event.observed:,.0f} {who} in {_span(event.window_minutes)}, {event.expected:,.1f} expected{times}"
    parts = [f"{event.severity.upper()} {event.brand}: {what}: {figures}", f"since {event.since[11:16]} UTC"]
    if event.networks:
        network, share = next(iter(event.networks.items()))
        parts.append(f"{share:.0%} on {network}")
    if event.terms:
        parts.append("said: " + ", ".join(term.term for term in event.terms[:4]))
    if event.answers.deletions or event.answers.blocks:
        parts.append(
            f"{event.answers.deletions} deleted and {event.answers.blocks} blocked by the brand: stop, it spreads"
        )
    return "; ".join(parts) + "."


def _worth_showing(posts: list[tuple[str, PostRow]], change: Change, config: Config) -> list[tuple[str, PostRow]]:
    chosen = set(change.posts)
    negatives_first = change.severity in {"warning", "critical"}

    def rank(item: tuple[str, PostRow]) -> tuple[bool, bool, int, int, str, str]:
        network, post = item
        calm = negatives_first and post.negativity < 1000 * config.reach_negative_at
        return post.id not in chosen, calm, -max(post.reach, post.reposts), -post.reposts, network, post.id

    return sorted(posts, key=rank)[:MAX_SHOWN_POSTS]


def _shown(network: str, post: PostRow) -> ShownPost:
    text = " ".join(visible(post.text).split())
    return ShownPost(post.id, network, post.author, post.reach, post.reposts, post.negativity / 1000, text, post.url)


def _span(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes % 60 == 0 and minutes >= 60 else f"{minutes} min"


def _time(minute: int, seconds: int = 0) -> str:
    return rfc3339(minute * MINUTE_MS + seconds * 1000)
