"""The runner of one source: reads it, commits what it brings, backs off where it fails, until cancelled.

Reading and committing are two tasks with a bounded buffer between them. While Kafka is away the buffer fills, reading
pauses, and nothing is lost; after a failure of the network, reading begins again from the last committed cursor.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncGenerator, Callable
from typing import NoReturn

from streams.collecting.collection import Collection
from streams.collecting.commit import Commit, CommitLog
from streams.errors import BrokerError, SourceError
from streams.sources.source import Acknowledges, Batch
from streams.worker.collector.backoff import Backoff
from streams.worker.collector.commit_buffer import CommitBuffer
from streams.worker.collector.source_metrics import DEFECT, REASONS, SourceMetrics

logger = logging.getLogger(__name__)

GOOD_AFTER_S = 60.0
"""Seconds of data, of all connections together, after which a failure counts as the first again."""
RECOUNT_EVERY_S = 10.0
REMIND_EVERY_S = 3600.0
STOP_TIMEOUT_S = 20.0


class SourceRunner:
    """Run one source.

    Parameters
    ----------
    collection
        Turns its batches into commits.
    log
        Where these go.
    metrics
        Records what happens.
    commit_seconds
        Longest time between two commits.
    uniform
        Draws the jitter of the back-off.

    Attributes
    ----------
    opened
        Whether the cursor was read.
    away
        Whether the log did not take the last commit.
    failure
        Why the source cannot be read now; empty: it can.
    """

    def __init__(
        self,
        collection: Collection,
        log: CommitLog,
        metrics: SourceMetrics,
        commit_seconds: float = 1.0,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.name = collection.name
        self.opened = False
        self.away = False
        self.failure = ""
        self._source = collection.source
        # A sender that waits for an answer waits no longer than it must.
        self.buffer = CommitBuffer(0.0 if isinstance(self._source, Acknowledges) else commit_seconds)
        self._collection = collection
        self._log = log
        self._metrics = metrics
        self._uniform = uniform
        self._cursor: str | None = None
        self._reading: asyncio.Task[None] | None = None
        self._good_s = 0.0

    async def run(self) -> None:
        """Read and commit until cancelled; what was read by then is committed.

        Raises
        ------
        WorkerError
            Another collector reads this source.
        """
        try:
            await self._open()
            committing = asyncio.create_task(self._commit())
            others = [asyncio.create_task(self._read()), asyncio.create_task(self._recount())]
            try:
                await asyncio.wait([committing, *others], return_when=asyncio.FIRST_EXCEPTION)
            finally:
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)
                await self._finish(committing)
        finally:
            await self._log.close()

    async def _open(self) -> None:
        backoff = Backoff(self._uniform)
        while not self.opened:
            try:
                position = await self._log.open()
            except BrokerError as error:
                self._note_away(error)
                await asyncio.sleep(backoff.delay_s())
            else:
                self.opened, self.away = True, False
                self._cursor = position.cursor
                self._collection.restore(position)
                logger.info("source %s: reading from %s", self.name, "its cursor" if position.cursor else "now")

    async def _finish(self, committing: "asyncio.Task[None]") -> None:
        """Commit what waits, and raise what ended the committer."""
        await self.buffer.close()
        try:
            await asyncio.wait_for(committing, STOP_TIMEOUT_S)
        except TimeoutError:
            logger.warning("source %s: Kafka did not confirm the last commit; it is read again", self.name)

    async def _read(self) -> NoReturn:
        backoff = Backoff(self._uniform)
        while True:
            await self.buffer.drained()  # what is read again must not be under way
            try:
                self._reading = asyncio.create_task(self._read_once(backoff))
                await self._reading
                raise SourceError("the stream ended", reason="closed")
            except asyncio.CancelledError:
                if self._stopping():
                    raise
                continue  # its senders were refused: it is read again once commits go on
            except SourceError as error:
                self._note_failure(error.reason if error.reason in REASONS else "protocol")
                if error.fatal:
                    await self._remind(error)
                delay_s = backoff.delay_s(error.retry_after_s)
                logger.warning("%s; next try in %.1f s", self._named(error), delay_s)
            except Exception:  # a defect of one source must not end the others
                self._note_failure(DEFECT)
                delay_s = backoff.delay_s()
                logger.exception("source %s: a defect; next try in %.1f s", self.name, delay_s)
            await asyncio.sleep(delay_s)

    async def _read_once(self, backoff: Backoff) -> None:
        clock = asyncio.get_running_loop().time
        batches = self._source.read(self._cursor)
        began: float | None = None
        try:
            async for batch in batches:
                began = clock() if began is None else began
                if self._good_s + clock() - began >= GOOD_AFTER_S:
                    backoff.reset()
                    self._good_s, began = 0.0, clock()
                self._note_batch(batch)
                await self.buffer.put(await self._collection.take(batch))
                self._metrics.queued(self.buffer.messages)
        finally:
            self._good_s += clock() - began if began is not None else 0.0
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()

    async def _recount(self) -> NoReturn:
        while True:
            await asyncio.sleep(RECOUNT_EVERY_S)
            try:
                if (commit := await self._collection.recount()) is not None:
                    await self.buffer.put(commit)
            except Exception:  # counts that stay as they were are no reason to stop reading
                logger.exception("source %s: counts could not be read again", self.name)

    async def _commit(self) -> None:
        while (commit := await self.buffer.take()) is not None:
            if not await self._write(commit):
                logger.warning("source %s: %d mentions were not committed", self.name, commit.mentions)
                return
            await self.buffer.done()

    async def _write(self, commit: Commit) -> bool:
        """Write a commit, however long the log is away; return False where the runner stops before it is there."""
        backoff = Backoff(self._uniform)
        while True:
            try:
                await self._log.write(commit)
            except BrokerError as error:
                self._note_away(error)
                self._metrics.commit_failed()
                self._refuse()
                if self.buffer.closed.is_set():
                    return False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.buffer.closed.wait(), backoff.delay_s())
            else:
                break
        if self.away:
            logger.info("source %s: commits go on", self.name)
        self.away = False
        self._cursor = commit.cursor if commit.cursor is not None else self._cursor
        self._metrics.committed(commit)
        self._metrics.queued(self.buffer.messages)
        if isinstance(self._source, Acknowledges):
            for batch in commit.batches:
                self._source.acknowledge(batch)
        return True

    async def _remind(self, error: SourceError) -> NoReturn:
        """Say once an hour that a person must act, and read no more."""
        while True:
            logger.error("%s; it is not read until a person acts", self._named(error))
            await asyncio.sleep(REMIND_EVERY_S)

    def _named(self, error: SourceError) -> str:
        prefix = f"source {self.name}"
        return str(error) if str(error).startswith(prefix) else f"{prefix}: {error}"

    def _refuse(self) -> None:
        """End the present reading of a source whose senders wait for an answer: they come again."""
        if isinstance(self._source, Acknowledges) and self._reading is not None:
            self._reading.cancel()

    @staticmethod
    def _stopping() -> bool:
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0

    def _note_batch(self, batch: Batch) -> None:
        self.failure = ""
        self._metrics.batch(batch)
        if batch.gap is not None:
            start, end = batch.gap
            logger.warning(
                "source %s: the network cannot replay %s to %s: what was published then is missing",
                self.name, f"{start:%Y-%m-%d %H:%M:%S %Z}", f"{end:%Y-%m-%d %H:%M:%S %Z}",
            )  # fmt: skip

    def _note_failure(self, reason: str) -> None:
        self.failure = reason
        self._metrics.failed(reason)

    def _note_away(self, error: BrokerError) -> None:
        if not self.away:
            logger.warning("source %s: commits wait, reading pauses: %s", self.name, error)
        self.away = True
