"""The polling interval of a feed: doubled while it is quiet, and never shorter than its publisher asks."""

import re
from collections.abc import Mapping

MAX_INTERVAL_S = 3000.0
"""Longest interval: what appears right after a poll is still within the hour in which late mentions count."""

_QUIET_POLLS = 12
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})", re.ASCII | re.IGNORECASE)


def interval_s(every_s: float, quiet_s: float, least_s: float) -> float:
    """Return the time until the next poll: doubled while a feed is quiet.

    Parameters
    ----------
    every_s
        Interval for a feed that publishes.
    quiet_s
        Time since it last published: twelve polls of it without news double the interval.
    least_s
        What the publisher asks for (`max-age`, `ttl`), obeyed up to `MAX_INTERVAL_S`.

    Examples
    --------
    >>> interval_s(300, 0, 0), interval_s(300, 3600, 0), interval_s(300, 86400, 0), interval_s(300, 0, 900)
    (300, 600, 3000.0, 900)
    """
    interval = every_s
    while interval * _QUIET_POLLS <= quiet_s and interval < MAX_INTERVAL_S:
        interval *= 2
    return max(every_s, min(max(interval, least_s), MAX_INTERVAL_S))


def max_age_s(headers: Mapping[str, str]) -> float:
    """Return for how long an answer stays fresh, by its `Cache-Control`; 0 where it does not say.

    Examples
    --------
    >>> max_age_s({"Cache-Control": "public, max-age=900"}), max_age_s({"Cache-Control": "no-cache"}), max_age_s({})
    (900.0, 0.0, 0.0)
    """
    match = _MAX_AGE.search(headers.get("Cache-Control", ""))
    return float(match[1]) if match else 0.0
