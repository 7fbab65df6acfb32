"""The client of X's interface: rules, the stream, the search and look-ups, with X's own refusals."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp

from streams.errors import SourceError
from streams.settings.sources import CollectorSettings, XConfig
from streams.sources.refusal import refusal
from streams.sources.token_client import TokenClient, read_bounded

STREAM = "/2/tweets/search/stream"
_CONNECTIONS = "/2/connections/all"
_NO_CREDIT_WAIT_S = 3600.0
_CLOSED_WAIT_S = 20.0
_STILL_OPEN_WAIT_S = 60.0


def x_refusal(where: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> SourceError:
    """Return what a refusal of X means: besides the usual ones, an account without credit or over its monthly cap.

    Examples
    --------
    >>> from datetime import UTC
    >>> x_refusal("GET /2", 402, {}, b'{"title": "CreditsDepleted"}', datetime(2026, 10, 1, tzinfo=UTC)).reason
    'budget'
    """
    error = refusal(where, status, headers, body, now)
    if status == 402 or b"UsageCapExceeded" in body or b"usage-capped" in body:
        message = f"{error}; X has no credit left for this account: add credit in its developer console"
        return SourceError(message, reason="budget", retry_after_s=_NO_CREDIT_WAIT_S)
    return error


def open_client(name: str, config: XConfig, common: CollectorSettings, clock: Callable[[], datetime]) -> TokenClient:
    """Return the client of X's interface."""
    return TokenClient(
        name,
        config.url,
        config.token,
        config.token_file,
        user_agent=common.user_agent,
        allow_private=common.allow_private,
        clock=clock,
        refuse=x_refusal,
    )


@asynccontextmanager
async def open_stream(client: TokenClient, params: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
    """Open the filtered stream.

    X permits one connection. Where it still counts a dead one, all are closed for the next attempt, or it would refuse
    for a quarter of an hour.

    Raises
    ------
    SourceError
        The server is unreachable or refuses.
    """
    async with client.open("GET", STREAM, params=params) as response:
        if response.status == 200:
            yield response
            return
        body = await read_bounded(response)
    if b"TooManyConnections" in body:
        raise await close_connections(client)
    raise client.refusal(response, body)


async def close_connections(client: TokenClient) -> SourceError:
    """Close every connection of this account to the stream, and return the error to wait with."""
    wait = _CLOSED_WAIT_S
    try:
        await client.delete(_CONNECTIONS)
    except SourceError as error:
        wait = error.retry_after_s or _STILL_OPEN_WAIT_S
    return SourceError(
        f"GET {client.shown}{STREAM}: expected a free connection, got TooManyConnections: all were asked to close; "
        "where this comes again, another program reads with the same account",
        reason="rate_limit",
        retry_after_s=wait,
    )
