"""The bounded queue between a network's reader and the collector: back-pressure where the network keeps nothing.

A stream that cannot be replayed must be read however slow the collector is. When the queue is full its oldest posts are
dropped, counted, and reported as a gap.
"""

import asyncio
from collections import Counter, deque
from datetime import datetime
from typing import NamedTuple

from streams.errors import SourceError
from streams.sources.source import Post

CAPACITY = 20_000
"""Posts that wait for the collector."""


class Taken(NamedTuple):
    """What was in the queue: posts, refusals by reason, the span of event time that was dropped, deleted posts."""

    posts: list[Post]
    refused: dict[str, int]
    gap: tuple[datetime, datetime] | None
    gone: list[str]


class PostQueue:
    """Queue of posts that drops the oldest when it is full.

    Parameters
    ----------
    capacity
        Posts that it holds.

    Examples
    --------
    >>> from datetime import UTC
    >>> queue = PostQueue(capacity=2)
    >>> for minute in range(3):
    ...     queue.put(Post(id=str(minute), created_at=datetime(2026, 10, 1, 12, minute, tzinfo=UTC), text="hi"))
    >>> taken = asyncio.run(queue.take(1))
    >>> [post.id for post in taken.posts], taken.refused
    (['1', '2'], {'overflow': 1})
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._posts: deque[Post] = deque()
        self._refused: Counter[str] = Counter()
        self._gone: list[str] = []
        self._gap: tuple[datetime, datetime] | None = None
        self._error: SourceError | None = None
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._posts)

    def put(self, post: Post) -> None:
        """Append a post; the oldest is dropped where there is no room."""
        if len(self._posts) >= self._capacity:
            at = self._posts.popleft().created_at
            first, last = self._gap or (at, at)
            self._gap = min(first, at), max(last, at)
            self._refused["overflow"] += 1
        self._posts.append(post)
        self._filled.set()

    def forget(self, post_id: str) -> None:
        """Note that an author deleted a post; it is reported with the next posts."""
        self._gone.append(post_id)

    def refuse(self, reason: str) -> None:
        """Count a record that could not be read; it is reported with the next posts."""
        self._refused[reason] += 1

    def fail(self, error: SourceError) -> None:
        """End the queue: the error is raised once the posts before it are taken; the first one counts."""
        self._error = self._error or error
        self._filled.set()

    async def take(self, timeout_s: float) -> Taken:
        """Take everything that waits, or nothing when none came in time.

        Parameters
        ----------
        timeout_s
            Seconds to wait for a first post.

        Raises
        ------
        SourceError
            The reader failed, and everything before that was taken.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._filled.wait()
        except TimeoutError:
            pass
        if self._error and not (self._posts or self._refused):
            raise self._error
        taken = Taken(list(self._posts), dict(self._refused), self._gap, self._gone)
        self._posts.clear()
        self._refused.clear()
        self._gap, self._gone = None, []
        if not self._error:
            self._filled.clear()
        return taken
