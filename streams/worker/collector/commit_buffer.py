"""The commit buffer: what was read and is not committed yet; bounded, so that reading pauses while Kafka is away."""

import asyncio
from collections import deque

from streams.collecting.commit import Commit, merged

MAX_MESSAGES = 5000
MAX_COMMITS = 1000


class CommitBuffer:
    """Bounded queue of commits between a source's reader and its committer, which takes all that wait at once.

    Parameters
    ----------
    every_s
        Shortest time between two takes, in seconds, unless the buffer is full.
    max_messages, max_commits
        From how many on the reader waits; what is being written does not count.
    """

    def __init__(self, every_s: float, max_messages: int = MAX_MESSAGES, max_commits: int = MAX_COMMITS) -> None:
        self.closed = asyncio.Event()
        self.messages = 0
        self._every_s = every_s
        self._max_messages = max_messages
        self._max_commits = max_commits
        self._waiting: deque[Commit] = deque()
        self._writing = False
        self._taken_at = float("-inf")
        self._changed = asyncio.Condition()

    async def put(self, commit: Commit) -> None:
        """Add a commit, once there is room."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._full())
            self._waiting.append(commit)
            self.messages += len(commit.messages)
            self._changed.notify_all()

    async def take(self) -> Commit | None:
        """Return all that waits as one commit, when it is time; `None` once the buffer is closed and empty.

        The commit counts as being written until `done`.
        """
        loop = asyncio.get_running_loop()
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting or self.closed.is_set())
            try:
                async with asyncio.timeout_at(self._taken_at + self._every_s):
                    await self._changed.wait_for(lambda: self._full() or self.closed.is_set())
            except TimeoutError:
                pass
            if not self._waiting:
                return None
            commit = merged(self._waiting)
            self._waiting.clear()
            self.messages = 0
            self._writing = True
            self._taken_at = loop.time()
            self._changed.notify_all()
            return commit

    async def done(self) -> None:
        """Note that the commit taken is written."""
        async with self._changed:
            self._writing = False
            self._changed.notify_all()

    async def drained(self) -> None:
        """Wait until all that was put is written."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._waiting and not self._writing)

    async def close(self) -> None:
        """Accept what waits as the last: `take` returns it at once, then `None`."""
        async with self._changed:
            self.closed.set()
            self._changed.notify_all()

    def _full(self) -> bool:
        return self.messages >= self._max_messages or len(self._waiting) >= self._max_commits
