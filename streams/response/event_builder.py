"""Building a desk event: the change of a signal, with its figures and what a person reads."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from streams.event_time import MINUTE_MS, duration, rfc3339
from streams.mentions.text import normalize
from streams.response.desk import ENDS, TOLD, DeskChange
from streams.response.desk_event import DeskEvent, ShownAsks, ShownNetwork, ShownOfficial, ShownPromises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.settings.config import Config
    from streams.wording.language import Language

SHARES = frozenset(("share",))
MINUTES = frozenset(("minutes",))


def build_desk_event(brand: str, change: DeskChange, delays: Sequence[int], config: Config) -> DeskEvent:
    """Build the event of one change of the desk.

    Parameters
    ----------
    brand
        The brand.
    change
        What changed.
    delays
        The latest first response times, in seconds.
    config
        Lateness and language.
    """
    fact, words = change.fact, config.words
    at = rfc3339(change.minute * MINUTE_MS + config.lateness_ms)
    event_id = f"{brand}/desk/{change.incident or '-'}/{change.signal}/{at}"
    if change.state == TOLD and fact.posts:
        event_id += f"/{fact.posts[0].id}"
    spoken = _spoken(change, words)
    why = words.say(_phrase(change), **spoken)
    by_size = sorted(change.networks.items(), key=lambda item: (-item[1][0], item[0]))
    waiting = change.waiting
    return DeskEvent(
        id=event_id,
        incident=change.incident or None,
        brand=brand,
        at=at,
        signal=change.signal,
        state=change.state,
        severity=fact.severity,
        since=rfc3339(fact.since * MINUTE_MS),
        due=None if fact.due is None else rfc3339(fact.due * MINUTE_MS),
        networks={name: ShownNetwork(n, rfc3339(at * MINUTE_MS) if at else None) for name, (n, at) in by_size},
        asks=ShownAsks(
            waiting.open,
            waiting.overdue,
            waiting.answered,
            median_delay(delays),
            waiting.estimated,
        ),
        promises=ShownPromises(*change.promises),
        posts=[
            ShownOfficial(post.id, post.network, rfc3339(post.at * 1000), " ".join(normalize(post.text).split()))
            for post in fact.posts
        ],
        values=dict(fact.values),
        why=why,
        next="" if change.state == ENDS else words.say(f"desk_next_{change.signal}", **spoken),
        summary=f"{brand}: {why}",
    )


def median_delay(delays: Sequence[int]) -> int | None:
    """Return the median of first response times, in seconds; None where there are none.

    Examples
    --------
    >>> median_delay([60, 120, 300]), median_delay([])
    (120, None)
    """
    return round(median(delays)) if delays else None


def _phrase(change: DeskChange) -> str:
    if change.state == ENDS:
        return "desk_case_ends" if change.signal == "case" else "desk_ends"
    return f"desk_{change.signal}"


def _spoken(change: DeskChange, words: Language) -> dict[str, str]:
    """Return the figures of a change as a person reads them."""
    spoken = {"signal": words.say(f"desk_name_{change.signal}"), "waiting": words.number(change.waiting.open)}
    for name, value in change.fact.values:
        if name in SHARES:
            spoken[name] = words.percent(float(value))
        elif name in MINUTES:
            spoken[name] = duration(int(value))
        elif name in {"outcome", "verdict", "kind"}:
            spoken[name] = words.say(f"desk_{name}_{value}")
        else:
            spoken[name] = words.number(value) if isinstance(value, (int, float)) else value
    return spoken
