"""Backfill of a gap by X's recent search: what was published while nobody read, at the price of its posts."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from streams.errors import SourceError
from streams.sources.token_client import TokenClient
from streams.sources.x.budget import DailyBudget
from streams.sources.x.cursor import id_at
from streams.sources.x.posts import FIELDS, Page, Tweet
from streams.sources.x.rules import MAX_LENGTH

MAX_AGE = timedelta(days=7) - timedelta(minutes=5)
"""How far back recent search goes, less what passes until it answers."""
_PATH = "/2/tweets/search/recent"
_LEAST = 10  # posts of a page at least, says X


class Found(NamedTuple):
    """Posts of one page, and the span of event time that was not searched: given with the last page alone."""

    tweets: list[Tweet]
    gap: tuple[datetime, datetime] | None


def queries(rules: Iterable[str]) -> list[str]:
    """Join rules to as few queries as recent search takes.

    Examples
    --------
    >>> queries(["acme OR #acme", "globex lang:fr"])
    ['(acme OR #acme) OR (globex lang:fr)']
    """
    joined: list[str] = []
    for rule in rules:
        part = f"({rule})"
        if joined and len(joined[-1]) + len(part) + 4 <= MAX_LENGTH:
            joined[-1] += f" OR {part}"
        else:
            joined.append(part if len(part) <= MAX_LENGTH else rule)
    return joined


async def backfill(
    client: TokenClient,
    rules: Iterable[str],
    span: tuple[datetime, datetime],
    budget: DailyBudget,
    clock: Callable[[], datetime],
) -> AsyncIterator[Found]:
    """Search a span of event time, newest posts first, until it is complete, the budget is spent or X refuses.

    A spent budget ends reading, so what it leaves out is part of the gap until reading goes on.

    Parameters
    ----------
    client
        Client of X's interface.
    rules
        Rules of the stream.
    span
        Start and end of the gap.
    budget
        What the posts are charged to.
    clock
        The time now, with a zone.

    Yields
    ------
    Found
        The last one with the gap that remains; a search that X refuses is a gap, and no error: the stream goes on.
    """
    since = max(span[0], clock() - MAX_AGE)
    remaining = (span[0], since) if since > span[0] else None
    try:
        for query in queries(rules):
            token: str | None = ""
            while token is not None:
                left = budget.left(clock())
                if not left:
                    return
                params = {
                    "query": query,
                    "since_id": id_at(since),
                    "max_results": str(min(max(left, _LEAST), 100)),
                    "tweet.fields": FIELDS,
                }
                page = await client.get(_PATH, {**params, "next_token": token} if token else params, Page)
                for tweet in page.data:
                    budget.charge(tweet.id, clock())
                yield Found(page.data, None)
                token = page.meta.next_token
    except SourceError as error:
        if error.fatal:
            raise
        yield Found([], span)
        return
    yield Found([], remaining)
