"""A source that replays a script of posts from any cursor, and fails where it is told to."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from streams.sources.source import Batch, Post

START = datetime(2026, 11, 30, 10, tzinfo=UTC)


def post(number: int, text: str = "", **fields: object) -> Post:
    """One post of the script, a second after the one before."""
    own = {"id": f"p{number}", "created_at": START + timedelta(seconds=number), "author": f"author {number}"}
    return Post(text=text or f"Acme said as number {number}", **(own | fields))  # type: ignore[arg-type]


class ScriptedSource:
    """Batches of a script, resumed after the post that a cursor names.

    Parameters
    ----------
    posts
        The script.
    size
        Posts in a batch.
    replays
        Whether it has cursors; without one, it goes on where it was.
    endless
        Whether it waits after the last batch; otherwise the stream ends.
    pause_s
        Between two batches.
    """

    network = "scripted"
    remembered = timedelta(hours=48)

    def __init__(
        self,
        posts: Sequence[Post],
        size: int = 10,
        *,
        replays: bool = True,
        endless: bool = True,
        pause_s: float = 0.0,
    ) -> None:
        self.posts = posts
        self.size = size
        self.replays = replays
        self.endless = endless
        self.pause_s = pause_s
        self.errors: deque[Exception] = deque()
        """Raised one after the other, each after one batch of a reading."""
        self.cursors: list[str | None] = []
        """Those that reading began with."""
        self.ended = asyncio.Event()
        """Whether the last batch was taken."""
        self.closed = 0
        self._next = 0

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        self.cursors.append(cursor)
        if self.replays:
            self._next = int(cursor or 0)
        try:
            async for batch in self._batches():
                yield batch
                if self.errors:
                    raise self.errors.popleft()
            self.ended.set()
            while self.endless:
                await asyncio.sleep(3600)
        finally:
            self.closed += 1

    async def _batches(self) -> AsyncIterator[Batch]:
        while self._next < len(self.posts):
            posts = self.posts[self._next : self._next + self.size]
            self._next += len(posts)
            cursor = str(self._next) if self.replays else None
            yield Batch(posts, cursor, posts[-1].created_at)
            await asyncio.sleep(self.pause_s)
