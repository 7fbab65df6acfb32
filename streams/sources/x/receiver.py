"""The receiver of X's stream: a task that reads whatever the collector does, decodes, charges and notices silence."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import aiohttp
import msgspec

from streams.errors import SourceError
from streams.sources.post_queue import PostQueue
from streams.sources.token_client import TokenClient, failure
from streams.sources.x.budget import DailyBudget
from streams.sources.x.client import STREAM, close_connections
from streams.sources.x.lines import LineSplitter
from streams.sources.x.posts import Line, Problem, to_post
from streams.sources.x.rule_sync import TAG

_decode = msgspec.json.Decoder(Line).decode


class Receiver:
    """Reader of one connection into a queue.

    Parameters
    ----------
    client
        Client that opened the connection.
    queue
        Where posts go, and at last the error that ended the connection.
    budget
        What posts are charged to.
    clock
        The time now, with a zone.
    silence_s
        Seconds without a byte after which the connection is dead.
    reconnect_s
        Asked when a connection that worked is dropped: seconds to wait, or `None` to back off.
    brand
        Brand of all posts; `None`: they are matched.
    """

    def __init__(
        self,
        client: TokenClient,
        queue: PostQueue,
        budget: DailyBudget,
        clock: Callable[[], datetime],
        *,
        silence_s: float,
        reconnect_s: Callable[[], float | None],
        brand: str | None,
    ) -> None:
        self._client = client
        self._queue = queue
        self._budget = budget
        self._clock = clock
        self._silence_s = silence_s
        self._reconnect_s = reconnect_s
        self._brand = brand
        self._splitter = LineSplitter()
        self._where = f"GET {client.url}{STREAM}"
        self.alive_at = clock()
        """When the last byte came; at first, when the connection was opened."""

    async def run(self, content: aiohttp.StreamReader) -> None:
        """Read until the connection ends; the queue then holds the reason."""
        try:
            await self._read(content)
            error = self._dropped("the end of the stream")
        except SourceError as ended:
            error = ended
        except TimeoutError:
            error = SourceError(
                f"{self._where}: expected a keep-alive every 20 s, got {self._silence_s:g} s of silence: "
                "the connection is opened again",
                reason="silent",
                retry_after_s=self._reconnect_s(),
            )
        except (aiohttp.ClientError, OSError) as cut:
            error = self._dropped(failure(cut))
        self._queue.fail(error)

    async def _read(self, content: aiohttp.StreamReader) -> None:
        while not content.at_eof():
            async with asyncio.timeout(self._silence_s):
                chunk = await content.readany()
            skipped = self._splitter.too_long
            lines = self._splitter.feed(chunk)
            if chunk:
                self.alive_at = self._clock()
            for _ in range(self._splitter.too_long - skipped):
                self._queue.refuse("size")
            for line in lines:
                if line:  # an empty one keeps the connection alive
                    await self._receive(line)

    async def _receive(self, text: bytes) -> None:
        try:
            line = _decode(text)
        except msgspec.ValidationError:
            return self._queue.refuse("form")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._queue.refuse("json")
        problem = line.problem()
        if problem:
            raise await self._disconnected(problem)
        if line.data is None:
            return self._queue.refuse("form")
        now = self._clock()
        self._budget.charge(line.data.id, now)
        if line.data.withheld is not None:
            self._queue.refuse("withheld")  # in some country: who reads an alert where is not known
        elif any(rule.tag.startswith(TAG) for rule in line.matching_rules):
            self._queue.put(to_post(line.data, now, self._brand))
        else:
            self._queue.refuse("foreign_rule")
        if not self._budget.left(now):
            raise self._budget.exhausted(now)
        return None

    async def _disconnected(self, problem: Problem) -> SourceError:
        if problem.connection_issue == "TooManyConnections":
            return await close_connections(self._client)
        return self._dropped(problem.disconnect_type or problem.title or problem.type)

    def _dropped(self, got: str) -> SourceError:
        message = f"{self._where}: expected a lasting connection, got {got}: the connection is opened again"
        return SourceError(message, reason="closed", retry_after_s=self._reconnect_s())
