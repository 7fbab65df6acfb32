"""One poll of one feed: a conditional request, its answer, the new items with their event times."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from streams.addresses import shown
from streams.errors import SourceError
from streams.sources.event_times import event_times
from streams.sources.feeds.document import Document, read_document
from streams.sources.feeds.items import ReadItem, read_items, to_post
from streams.sources.feeds.schedule import MAX_INTERVAL_S, interval_s, max_age_s
from streams.sources.feeds.state import FeedState
from streams.sources.http import Answer, HttpClient
from streams.sources.source import Post

MAX_BYTES = 5 << 20

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1"


class Polled(msgspec.Struct, frozen=True):
    """What one poll found.

    Parameters
    ----------
    posts
        New ones, by event time.
    error
        Why the document could not be read, or not to its end.
    """

    posts: list[Post] = []
    error: SourceError | None = None


async def poll(
    client: HttpClient, state: FeedState, *, every_s: float, name: str, clock: Callable[[], datetime]
) -> Polled:
    """Poll a feed, and change its state accordingly.

    Parameters
    ----------
    client
        Sends the request.
    state
        Of the feed.
    every_s
        Interval for a feed that publishes.
    name
        The source, named in errors.
    clock
        The time.
    """
    row, start = state.row, clock()
    place = f"{name} ({shown(state.url)})"
    try:
        answer = await client.get(state.url, max_bytes=MAX_BYTES, headers=_conditions(state))
        read = await asyncio.to_thread(_read, answer, state.url, place, start) if answer.status == 200 else None
    except SourceError as error:
        wait = max(error.retry_after_s or 0.0, min(2 * every_s, max(every_s, MAX_INTERVAL_S)))
        row.due = start.timestamp() + wait
        return Polled(error=error)
    posts: list[Post] = []
    whole = True
    if read:
        document, items = read
        posts, whole = _take(state, items, start), document.whole
        row.ttl_s = document.ttl_s
        _keep_validators(state, answer, whole)
    if posts or row.polled is None:
        row.changed = start.timestamp()
    if whole:
        row.polled = start.timestamp()
    least = max(row.ttl_s, max_age_s(answer.headers))
    row.due = start.timestamp() + interval_s(every_s, start.timestamp() - row.changed, least)
    if whole:
        return Polled(posts)
    message = f"{place}: expected a whole document, got one cut off; it is read again"
    return Polled(posts, SourceError(message, reason="protocol"))


def _conditions(state: FeedState) -> dict[str, str]:
    headers = {"Accept": _ACCEPT}
    if state.row.etag:
        headers["If-None-Match"] = state.row.etag
    if state.row.modified:
        headers["If-Modified-Since"] = state.row.modified
    return headers


def _keep_validators(state: FeedState, answer: Answer, whole: bool) -> None:
    # Without them the rest of a document that was cut off would be "not modified".
    validators = (answer.headers.get("ETag"), answer.headers.get("Last-Modified")) if whole else (None, None)
    state.remember(*validators)


def _read(answer: Answer, url: str, place: str, now: datetime) -> tuple[Document, list[ReadItem]]:
    document = read_document(answer.body, answer.headers.get("Content-Type", "").lower(), url, place)
    return document, read_items(document.items, url, now)


def _take(state: FeedState, items: list[ReadItem], start: datetime) -> list[Post]:
    """Return the posts of a document's new items, and note all its items as shown."""
    if len(items) > state.max_items:
        # The newest; where dates are missing, the first of the document.
        items = sorted(items, key=lambda item: item.date or start, reverse=True)[: state.max_items]
    fresh: list[ReadItem] = []
    known = False
    taken: set[int] = set()
    for item in items:
        if any(key in state.seen for key in item.keys):
            known = True
        elif taken.isdisjoint(item.keys):
            fresh.append(item)
            taken.update(item.keys)
    state.show([key for item in items for key in item.keys], start.timestamp())
    polled = None if state.row.polled is None else datetime.fromtimestamp(state.row.polled, UTC)
    times = event_times([item.date for item in fresh], polled, start, known=known)
    return sorted(map(to_post, fresh, times), key=lambda post: post.created_at)
