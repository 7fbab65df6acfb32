"""The figures of a situation: how much is said, where, and by whom, over the closed minutes of the last hours."""

from streams.event_time import MINUTE_MS, rfc3339
from streams.situations.situation import (
    TREND_STEP_MINUTES,
    TREND_STEPS,
    Carrier,
    Figures,
    NetworkPart,
)
from streams.watching.brand_watch import BrandWatch
from streams.watching.recent_minutes import Window

HOUR = 60
MAX_NETWORKS = 20


def figures(watch: BrandWatch, end: int, posts_reach: int) -> Figures:
    """Return how much was said in the hour before a minute.

    Parameters
    ----------
    watch
        The brand's watch.
    end
        End of the closed minute, in minutes since the epoch.
    posts_reach
        The widest reach of the publications shown, in people.
    """
    steps = [0] * TREND_STEPS
    first = end - TREND_STEPS * TREND_STEP_MINUTES
    hours = {0: [0, 0], 1: [0, 0]}
    last = 0
    for rollup in watch.recent.rollups(first, end):
        mentions, negatives = rollup.counts.mentions, rollup.counts.negatives
        if not mentions:
            continue
        # What came late was made earlier than the minute in which it counts as seen.
        made = rollup.minute - rollup.lag
        last = max(last, made + 1)
        if made >= first:
            steps[(made - first) // TREND_STEP_MINUTES] += negatives
        if hour := hours.get((end - 1 - made) // HOUR):
            hour[0] += mentions
            hour[1] += negatives
    (now, negative), (before, negative_before) = hours[0], hours[1]
    readings = watch.readings(end)
    return Figures(
        mentions=now,
        negatives=negative,
        share=round(negative / now, 3) if now else 0.0,
        mentions_before=before,
        negatives_before=negative_before,
        growth=round(negative / negative_before, 2) if negative_before else None,
        voices=readings.volume.observed,
        expected_voices=round(readings.volume.expected, 2),
        negative_voices=readings.negatives.observed,
        expected_negative_voices=round(readings.negatives.expected, 2),
        negative_voices_6h=readings.negative_authors,
        copies=readings.copies,
        reach=posts_reach,
        last_mention_at=minute_time(last) if last else None,
        trend=steps,
    )


def networks(watch: BrandWatch, window: Window) -> list[NetworkPart]:
    """Return the networks of a span, most mentions first, with what the case knows of each."""
    case = watch.desk.desk.context.case
    case_negatives = {} if case is None else case.negatives
    spoken = {} if case is None else case.spoken
    total = sum(mentions for mentions, _ in window.networks.values())
    names = sorted({*window.networks, *case_negatives, *spoken})
    parts = []
    for name in names:
        mentions, negatives = window.networks.get(name, (0, 0))
        parts.append(
            NetworkPart(
                network=name,
                share=round(mentions / total, 3) if total else 0.0,
                mentions=mentions,
                negatives=negatives,
                case_negatives=case_negatives.get(name, 0),
                spoken=minute_time(spoken[name]) if spoken.get(name) else None,
                last_mention_at=minute_time(window.last[name]) if name in window.last else None,
            )
        )
    parts.sort(key=lambda part: (-part.mentions, -part.case_negatives, part.network))
    return parts[:MAX_NETWORKS]


def carriers(watch: BrandWatch, window: Window, official: tuple[int, int]) -> list[Carrier]:
    """Return who carries it: the brand itself, accounts that are public by their followers, and private people.

    Parameters
    ----------
    watch
        The brand's watch.
    window
        Its publications since the incident began.
    official
        Official accounts that spoke, and how many statements they made.
    """
    authors: dict[str, set[tuple[str, str]]] = {"public": set(), "private": set()}
    public_at = watch.config.public_followers
    posts = {"public": 0, "private": 0}
    reach = {"public": 0, "private": 0}
    for network, post in window.posts:
        kind = "public" if post.followers >= public_at else "private"
        authors[kind].add((network, post.author or post.id))
        posts[kind] += 1
        reach[kind] = max(reach[kind], post.reach)
    found = [Carrier(kind, len(authors[kind]), posts[kind], reach[kind]) for kind in ("public", "private")]
    return [carrier for carrier in (Carrier("official", *official, 0), *found) if carrier.posts]


def minute_time(minute: int) -> str:
    """Return a minute since the epoch as RFC 3339.

    Examples
    --------
    >>> minute_time(22_323_960)
    '2012-06-11T18:00:00Z'
    """
    return rfc3339(minute * MINUTE_MS)
