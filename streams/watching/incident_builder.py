"""Building an incident event: the detectors' change, with the networks, terms, posts and response of its window."""

import math
from collections.abc import Sequence
from heapq import nsmallest

import msgspec

from detectors.change import Change
from detectors.severity import SURGE
from streams.event_time import MINUTE_MS, rfc3339
from streams.mentions.text import normalize
from streams.scoring.rollup import Counts, PostRow
from streams.settings.brands.planned import planned_name
from streams.settings.config import Config
from streams.watching.incident_event import (
    AnswerCounts,
    Escalation,
    IncidentEvent,
    IncidentKey,
    ShownPost,
    ShownReach,
    ShownTerm,
)
from streams.watching.incident_summary import figures, summary
from streams.watching.recent_minutes import RECENT_MINUTES, Posts, RecentMinutes

MAX_SHOWN_POSTS = 5
_PAGES = frozenset(("warning", "critical"))


def build_incident_event(
    incident: IncidentKey, change: Change, recent: RecentMinutes, terms: list[tuple[str, int]], config: Config
) -> IncidentEvent:
    """Build the event of one change of an incident.

    Parameters
    ----------
    incident
        The incident that changed.
    change
        The new severity and its figures, from the detectors.
    recent
        The brand's last hours.
    terms
        The terms that spread, best first.
    config
        Lateness, language, zone, and the negativity from which a post is shown first.
    """
    window = recent.window(recent.since(change), change.minute)
    at = _time(change.minute, config.lateness_seconds)
    candidates = _with_far_reaching(window.posts, change, recent)
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
        networks=_shares(window.networks),
        terms=[ShownTerm(term, count) for term, count in terms],
        posts=most_telling(candidates, config, change.posts, negatives_first=change.severity in _PAGES),
        answers=answer_counts(window.counts),
        weaknesses=dict(sorted(window.weaknesses.items())),
        escalation=_escalation(change),
        reached=_reached(change),
        planned=_planned(incident.brand, change, config) or msgspec.UNSET,
        figures="",
        summary="",
    )
    if change.severity != "calm":
        event = msgspec.structs.replace(event, figures=figures(event, config))
    return msgspec.structs.replace(event, summary=summary(event, config))


def _planned(brand: str, change: Change, config: Config) -> str | None:
    """Return the planned event that explains a change: it explains a surge, and never people who are negative."""
    if change.severity != "watch" or change.criteria != (SURGE,):
        return None
    first = (change.minute - change.window) * MINUTE_MS / 1000
    return planned_name(config.planned, brand, first, change.minute * MINUTE_MS / 1000)


def _reached(change: Change) -> ShownReach | None:
    reached = change.reached
    return None if reached is None else ShownReach(reached.post, reached.people, round(reached.usual))


def _escalation(change: Change) -> Escalation | None:
    if change.severity != "critical":
        return None
    return Escalation(change.warned, change.crowd, {"negative_growth", "reach"} <= set(change.criteria))


def _shares(networks: dict[str, tuple[int, int]]) -> dict[str, float]:
    """Return each network's share of the mentions, largest first."""
    mentions = sum(n for n, _ in networks.values())
    by_size = sorted(networks.items(), key=lambda item: (-item[1][0], item[0]))
    return {network: round(n / mentions, 2) for network, (n, _) in by_size}


def answer_counts(counts: Counts) -> AnswerCounts:
    """Return the response that a window's sums show."""
    return AnswerCounts(counts.complaints, counts.answers, counts.deletions, counts.blocks, counts.scheduled)


def _with_far_reaching(posts: Posts, change: Change, recent: RecentMinutes) -> Posts:
    """Add the publications that hold reach: they may be older than what the event counts."""
    if not change.posts:
        return posts
    there = {(network, post.id) for network, post in posts}
    followed = recent.window(change.minute - RECENT_MINUTES, change.minute).posts
    return posts + [(n, post) for n, post in followed if post.id in change.posts and (n, post.id) not in there]


def most_telling(
    posts: Posts, config: Config, holding: Sequence[str] = (), *, negatives_first: bool = True
) -> list[ShownPost]:
    """Return the posts to show: those that hold reach, widest first, then negative ones in a crisis, then by reach.

    Parameters
    ----------
    posts
        Each with its network.
    config
        Negativity from which a post is shown first.
    holding
        Ids of the posts that hold the reach criterion, widest first.
    negatives_first
        Whether negative ones come before those of wider reach.
    """
    place = {post_id: number for number, post_id in enumerate(holding)}
    mild_below = 1000 * config.reach_negative_at if negatives_first else -math.inf

    def rank(item: tuple[str, PostRow]) -> tuple[int, bool, int, int, str, str]:
        network, post = item
        first = place.get(post.id, len(place))
        widest = post.reach if post.reach > post.reposts else post.reposts
        return first, post.negativity < mild_below, -widest, -post.reposts, network, post.id

    return [_shown(network, post) for network, post in nsmallest(MAX_SHOWN_POSTS, posts, rank)]


def _shown(network: str, post: PostRow) -> ShownPost:
    text = " ".join(normalize(post.text).split())
    negativity = max(0, post.negativity) / 1000
    shown = post.reach, post.reposts, negativity, text, post.url, post.followers
    return ShownPost(post.id, network, post.author, *shown)


def _time(minute: int, seconds: int = 0) -> str:
    return rfc3339(minute * MINUTE_MS + seconds * 1000)
