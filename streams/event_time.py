"""Event time: watermarks, the closing of buckets, and how times are written.

A brand's watermark is its newest event time minus the allowed lateness. A one-minute bucket closes when the watermark
passes its end. Heartbeats advance the newest event time where no mention does.
"""

from datetime import UTC, datetime

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
MAX_LATE_MS = 3 * HOUR_MS
"""How late a mention may be and still count in its own minute: a source that was away for two hours catches up."""


def oldest_open_minute(newest_ms: int, lateness_ms: int) -> int:
    """Return the start of the oldest open bucket, in minutes since the epoch.

    Parameters
    ----------
    newest_ms
        The brand's newest event time.
    lateness_ms
        The allowed lateness.

    Examples
    --------
    >>> oldest_open_minute(newest_ms=180_000, lateness_ms=60_000)
    2
    >>> oldest_open_minute(newest_ms=179_999, lateness_ms=60_000)
    1
    """
    return (newest_ms - lateness_ms) // MINUTE_MS


def closing_ms(newest_ms: int, lateness_ms: int) -> int:
    """Return the event time that closes the bucket of `newest_ms`, in milliseconds since the epoch.

    Examples
    --------
    >>> closing_ms(newest_ms=61_000, lateness_ms=60_000)
    180000
    """
    return (newest_ms // MINUTE_MS + 1) * MINUTE_MS + lateness_ms


def utc(ms: int) -> datetime:
    """Convert milliseconds since the epoch to a time in UTC.

    Examples
    --------
    >>> utc(1339437600000).isoformat()
    '2012-06-11T18:00:00+00:00'
    """
    return datetime.fromtimestamp(ms / 1000, UTC)


def rfc3339(ms: int) -> str:
    """Format milliseconds since the epoch as RFC 3339 in UTC, to the second.

    Examples
    --------
    >>> rfc3339(1339437600000)
    '2012-06-11T18:00:00Z'
    """
    return utc(ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_ms(ms: int) -> str:
    """Format milliseconds since the epoch as RFC 3339 in UTC, to the millisecond.

    Examples
    --------
    >>> rfc3339_ms(1339437600123)
    '2012-06-11T18:00:00.123Z'
    """
    return utc(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(minutes: int) -> str:
    """Format a span of time in hours and minutes, for people.

    Examples
    --------
    >>> duration(15), duration(360), duration(65)
    ('15 min', '6 h', '1 h 05 min')
    """
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
