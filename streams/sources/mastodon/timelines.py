"""Timelines of a Mastodon server: what a stream missed, asked for from the newest back to where reading stopped."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from streams.sources.mastodon.statuses import Notification, Status
from streams.sources.token_client import Query, TokenClient

MAX_PAGES = 25
"""Pages that are asked for at most; a server permits 300 requests in five minutes."""
_PAGE = "40"

_decode_status = msgspec.json.Decoder(Status).decode
_decode_notification = msgspec.json.Decoder(Notification).decode
Entry = TypeVar("Entry", Status, Notification)


class Missed(NamedTuple):
    """Statuses, oldest first; how many entries could not be read; and whether the timeline was read to the start."""

    statuses: list[Status]
    refused: int
    complete: bool


async def hashtag_since(client: TokenClient, tag: str, since: datetime, *, local: bool) -> Missed:
    """Return the statuses with a hashtag since a time.

    Parameters
    ----------
    client
        Client of the server.
    tag
        Hashtag without `#`.
    since
        Event time to read back to.
    local
        Whether only statuses of this server are shown.

    Raises
    ------
    SourceError
        The server is unreachable or refuses.
    """
    params = [("limit", _PAGE), *([("local", "true")] if local else [])]
    entries, refused, complete = await _since(client, f"/api/v1/timelines/tag/{tag}", params, _decode_status, since)
    return Missed(entries[::-1], refused, complete)


async def mentions_since(client: TokenClient, since: datetime) -> Missed:
    """Return the statuses since a time that mention or quote the token's own account; errors as of `hashtag_since`."""
    params = [("limit", _PAGE), ("types[]", "mention"), ("types[]", "quote")]
    entries, refused, complete = await _since(client, "/api/v1/notifications", params, _decode_notification, since)
    return Missed([entry.status for entry in entries[::-1] if entry.status], refused, complete)


async def _since(
    client: TokenClient, path: str, params: list[tuple[str, str]], decode: Callable[[bytes], Entry], since: datetime
) -> tuple[list[Entry], int, bool]:
    found: list[Entry] = []
    refused = 0
    query: Query = params
    for _ in range(MAX_PAGES):
        raw = await client.get(path, query, list[msgspec.Raw], absent=[])  # 404: a hashtag that nobody has used
        page: list[Entry] = []
        for entry in raw:
            try:
                page.append(decode(entry))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                refused += 1
        found += [entry for entry in page if entry.created_at >= since]
        if not raw or (page and page[-1].created_at < since):
            return found, refused, True
        if not page:
            break
        query = [*params, ("max_id", page[-1].id)]
    return found, refused, False
