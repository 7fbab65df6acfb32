"""The header `Retry-After` of HTTP: how long a server asks to wait (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_S = 86_400.0
"""Longest wait that a server may ask for."""


def retry_after_s(value: str | None, at: datetime) -> float | None:
    """Read a `Retry-After` header: seconds, or an HTTP date.

    Parameters
    ----------
    value
        The header, if there was one.
    at
        The time now.

    Returns
    -------
    float or None
        Seconds to wait, at most a day; `None` where it says nothing.

    Examples
    --------
    >>> at = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    >>> retry_after_s("120", at), retry_after_s("Wed, 25 Nov 2026 15:01:30 GMT", at), retry_after_s("later", at)
    (120.0, 90.0, None)
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    else:
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - at.timestamp()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)
