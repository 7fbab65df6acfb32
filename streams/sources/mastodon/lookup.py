"""Looking statuses up by address: which a server shows no longer, because they were deleted there or at home."""

import asyncio
from collections.abc import Sequence

import msgspec

from streams.sources.token_client import TokenClient

PAUSE_S = 1.1
"""Seconds between two requests: a server permits 300 in five minutes."""
_BOOST = "/activity"
"""Ends the address of a boost, which no search finds."""


class _Shown(msgspec.Struct):
    uri: str = ""


class _Found(msgspec.Struct):
    statuses: list[_Shown] = []


async def absent(client: TokenClient, uris: Sequence[str]) -> frozenset[str]:
    """Return those addresses of statuses that the server finds no longer; boosts are not asked for.

    The server asks the status's own server, and answers from what it stores where that one is unreachable.

    Parameters
    ----------
    client
        Client of the server.
    uris
        Addresses of statuses, as `Post.id` has them.

    Raises
    ------
    SourceError
        The server is unreachable or refuses.
    """
    gone: set[str] = set()
    asked = [uri for uri in uris if uri.startswith(("https://", "http://")) and not uri.endswith(_BOOST)]
    for number, uri in enumerate(asked):
        await asyncio.sleep(PAUSE_S if number else 0)
        query = [("q", uri), ("type", "statuses"), ("resolve", "true"), ("limit", "1")]
        found = await client.get("/api/v2/search", query, _Found)
        if not found.statuses:
            gone.add(uri)
    return frozenset(gone)
