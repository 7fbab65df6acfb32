"""Refusals of an HTTP interface, as errors of a source: what went wrong, whether waiting helps, and for how long."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from streams.errors import SourceError
from streams.sources.retry_after import MAX_RETRY_AFTER_S, retry_after_s

_SHOWN = 200


def refusal(where: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> SourceError:
    """Return the error that an HTTP answer means.

    Parameters
    ----------
    where
        Method and address, without a query or a secret.
    status, headers, body
        The answer.
    now
        Time to count waiting from, with a zone.

    Examples
    --------
    >>> now = datetime(2026, 10, 1, tzinfo=UTC)
    >>> error = refusal("GET https://api.example", 429, {"Retry-After": "7"}, b"slow down", now)
    >>> error.reason, error.retry_after_s, error.fatal
    ('rate_limit', 7.0, False)
    >>> print(refusal("GET https://api.example", 401, {}, b'{"detail": "token expired"}', now))
    GET https://api.example: expected status 200, got 401 (token expired): check the token and what it permits
    """
    got = f"{where}: expected status 200, got {status} ({_reason_given(body)})"
    wait = retry_after_s(headers.get("Retry-After"), now)
    if status in (401, 403):
        return SourceError(f"{got}: check the token and what it permits", reason="unauthorized", fatal=True)
    if status == 429:
        wait = wait if wait is not None else _reset(headers, now)
        return SourceError(f"{got}: wait, or ask for less", reason="rate_limit", retry_after_s=wait)
    remedy = "wait for the server to recover" if status >= 500 else "check the address of the interface"
    return SourceError(f"{got}: {remedy}", reason="http", retry_after_s=wait)


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds until the window of a rate limit ends: X says so in epoch seconds, Mastodon as ISO 8601."""
    epoch = headers.get("x-rate-limit-reset", "").strip()
    if epoch.isascii() and epoch.isdigit():
        return _bounded(float(epoch[:15]) - now.timestamp())
    try:
        return _bounded((_zoned(datetime.fromisoformat(headers.get("X-RateLimit-Reset", ""))) - now).total_seconds())
    except ValueError:
        return None


def _zoned(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


class _Problem(msgspec.Struct):
    detail: str = ""
    error: str = ""
    title: str = ""


def _reason_given(body: bytes) -> str:
    try:
        problem = msgspec.json.decode(body, type=_Problem)
        text = problem.detail or problem.error or problem.title
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body.decode("utf-8", "replace")
    return " ".join(text.split())[:_SHOWN] or "no reason given"
