"""Refusals of Bluesky's servers: HTTP statuses and the lexicons' errors, as the errors of a source."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from streams.errors import SourceError
from streams.sources import retry_after

MAX_WAIT_S = 3600.0
MAX_SHOWN = 200


class RefusedError(SourceError):
    """A server refused a request.

    Parameters
    ----------
    message, reason, retry_after_s, fatal
        As of every `SourceError`.
    name
        Of the error, as the lexicon has it, such as `CursorTooOld`; empty where the server names none.
    """

    def __init__(
        self, message: str, *, reason: str, retry_after_s: float | None = None, fatal: bool = False, name: str = ""
    ) -> None:
        super().__init__(message, reason=reason, retry_after_s=retry_after_s, fatal=fatal)
        self.name = name


class _Error(msgspec.Struct, frozen=True):
    error: str = ""
    message: str = ""


_REMEDIES = {
    "rate_limit": "it is tried again when the server allows; run fewer collectors from this address",
    "unauthorized": "check that this address may read it, or name another server in `url`",
    "cursor": "it resumes at the oldest event that is still there",
    "protocol": "check that the server speaks the version that the path of `url` asks for",
    "http": "it is tried again; name a second server in `url` to go on meanwhile",
}


def refused(server: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> RefusedError:
    """Return the error of a refusal.

    Parameters
    ----------
    server
        Address of the server, without its query.
    status
        Of the HTTP answer.
    headers
        Of the answer; their names count in any case.
    body
        Of the answer: an error of the lexicon, or anything else.
    now
        The time, against which the servers' dates are held.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 4, tzinfo=UTC)
    >>> error = refused("wss://jetstream.example", 503, {"Retry-After": "7"}, b"<html>", now)
    >>> error.reason, error.retry_after_s
    ('http', 7.0)
    >>> refused("wss://jetstream.example", 400, {}, b'{"error":"CursorTooOld"}', now).name
    'CursorTooOld'
    """
    try:
        said = msgspec.json.decode(body, type=_Error)
    except ValueError:
        said = _Error()
    reason = _reason(status, said.error)
    detail = f" ({said.error}: {said.message[:MAX_SHOWN]})" if said.error else ""
    return RefusedError(
        f"{server}: expected an answer that begins the subscription, got HTTP {status}{detail}: {_REMEDIES[reason]}",
        reason=reason,
        retry_after_s=retry_after_s(headers, now),
        fatal=reason == "unauthorized",
        name=said.error,
    )


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a server asks to wait, at most an hour; `None`: it does not say.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 7, 4, tzinfo=UTC)
    >>> retry_after_s({"Retry-After": "Sat, 04 Jul 2026 00:00:30 GMT"}, now)
    30.0
    >>> retry_after_s({"RateLimit-Reset": str(int(now.timestamp()) + 5)}, now)
    5.0
    """
    known = {name.lower(): value for name, value in headers.items()}
    after, reset = known.get("retry-after", ""), known.get("ratelimit-reset", "")
    seconds = retry_after.retry_after_s(after, now)
    if not after and reset.isascii() and reset.isdigit():
        seconds = float(reset) - now.timestamp()
    return None if seconds is None else min(max(seconds, 0.0), MAX_WAIT_S)


def _reason(status: int, name: str) -> str:
    if status == 429:
        return "rate_limit"
    if status in (401, 403):
        return "unauthorized"
    if name == "CursorTooOld":
        return "cursor"
    return "protocol" if status in (400, 404, 426) else "http"
