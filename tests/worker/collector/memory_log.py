"""A commit log in memory that can be away, and can be taken over."""

import asyncio

from streams.collecting.commit import Commit, Position
from streams.errors import BrokerError, WorkerError
from tests.collecting.parts import ids


class MemoryLog:
    def __init__(self, cursor: str | None = None) -> None:
        self.cursor = cursor
        self.away = False
        self.taken_over = False
        self.commits: list[Commit] = []
        self.tries = 0
        self.tried = asyncio.Event()
        self.written = asyncio.Event()
        self.closed = False

    async def open(self) -> Position:
        self.tries += 1
        self._check()
        return Position(self.cursor)

    async def write(self, commit: Commit) -> None:
        self.tries += 1
        self.tried.set()
        await asyncio.sleep(0)
        self._check()
        self.commits.append(commit)
        self.cursor = commit.cursor or self.cursor
        self.written.set()

    async def close(self) -> None:
        self.closed = True

    def ids(self) -> list[str]:
        return [post_id for commit in self.commits for _, post_id in ids(commit.messages)]

    def _check(self) -> None:
        if self.away:
            raise BrokerError("no answer from Kafka")
        if self.taken_over:
            raise WorkerError("another collector reads this source")
