"""Dates of feeds, read strictly: RFC 822 or ISO 8601 with a zone, or none at all.

A feed's date decides in which minute an item counts, and a guess is worse than none: lenient parsers read a day as a
month, a number as a year, and a time without its zone as UTC.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from streams.mentions.mention import EARLIEST, MAX_CLOCK_SKEW_MS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The names of RFC 822, and the two of Central Europe; others, such as BST, name several zones.
_ZONES = {"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "CET": 1, "CEST": 2}
_ZONES |= {"EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
_RFC_822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3})[a-z]*\s+(?P<year>\d{4}|\d\d)"
    r"\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"\s+(?P<zone>[+-]\d{4}|[A-Z]{1,4})",
    re.ASCII,
)
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?(?:\d\d)?)", re.ASCII)


def parse_date(raw: str | None, now: datetime) -> datetime | None:
    """Read a date that can be believed.

    Parameters
    ----------
    raw
        As the feed has it.
    now
        The time now.

    Returns
    -------
    datetime or None
        In UTC, after 1990 and at most a minute ahead of `now`; `None` for anything else.

    Examples
    --------
    >>> now = datetime(2026, 11, 25, 15, 10, tzinfo=UTC)
    >>> parse_date("Wed, 25 Nov 2026 15:00:00 +0100", now).isoformat()
    '2026-11-25T14:00:00+00:00'
    >>> parse_date("2026-11-25T15:00:00.123Z", now).isoformat()
    '2026-11-25T15:00:00.123000+00:00'
    >>> [parse_date(raw, now) for raw in ("2026/11/25 15:00:00", "2026-11-25T15:00:00", "1764082800", "yesterday")]
    [None, None, None, None]
    """
    text = (raw or "").strip()
    if len(text) > 64:
        return None
    try:
        date = _iso_8601(text) if text[:4].isdigit() else _rfc_822(text)
        at = date.astimezone(UTC) if date else None
    except (ValueError, OverflowError):
        return None
    if at is None or not EARLIEST <= at <= now + timedelta(milliseconds=MAX_CLOCK_SKEW_MS):
        return None
    return at


def _iso_8601(text: str) -> datetime | None:
    return datetime.fromisoformat(text.upper()) if _ISO_8601.fullmatch(text) else None


def _rfc_822(text: str) -> datetime | None:
    match = _RFC_822.fullmatch(text)
    if not match or match["month"].lower() not in _MONTHS:
        return None
    zone = match["zone"]
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[3:])
        offset = timedelta(minutes=-minutes if zone[0] == "-" else minutes)
    elif zone in _ZONES:
        offset = timedelta(hours=_ZONES[zone])
    else:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= 90 else 2000
    return datetime(
        year,
        _MONTHS.index(match["month"].lower()) + 1,
        int(match["day"]),
        int(match["hour"]),
        int(match["minute"]),
        int(match["second"] or 0),
        tzinfo=timezone(offset),
    )
