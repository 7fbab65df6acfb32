"""What an operator can rely on for each source: nothing lost, nothing twice, whatever fails on either side."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec
import pytest

from streams.collecting.commit import Position
from streams.errors import SourceError, WorkerError
from streams.metrics.registry import Metrics
from streams.sources.source import Batch, Post
from streams.worker.collector.commit_buffer import MAX_MESSAGES
from streams.worker.collector.source_metrics import SourceMetrics
from streams.worker.collector.source_runner import SourceRunner
from tests.collecting.parts import collection
from tests.sources.fakes.scripted_source import ScriptedSource, post
from tests.worker.collector.memory_log import MemoryLog

SCRIPT = [post(n) for n in range(200)]
IDS = [each.id for each in SCRIPT]


class Run:
    """A runner on a source and a log, stopped at the end."""

    def __init__(self, source: ScriptedSource, log: MemoryLog) -> None:
        self.metrics = Metrics()
        self.runner = SourceRunner(
            collection(source), log, SourceMetrics(self.metrics, "s"), 0.01, lambda low, high: low
        )
        self.task = asyncio.create_task(self.runner.run())

    async def stop(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    def value(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"badbuzz_source_{name}", {"source": "s"} | labels)


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.005)


def play(source: ScriptedSource, log: MemoryLog, then: Callable[[Run], Awaitable[None]]) -> Run:
    """Run until `then` is over, and stop in order."""

    async def session() -> Run:
        run = Run(source, log)
        try:
            await then(run)
        finally:
            await run.stop()
        return run

    return asyncio.run(session())


def test_every_post_is_committed_once_and_in_order() -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()
    play(source, log, lambda _: until(lambda: log.cursor == "200"))
    assert log.ids() == IDS
    assert log.closed


def test_a_restart_goes_on_at_the_committed_cursor() -> None:
    log = MemoryLog(cursor="150")
    source = ScriptedSource(SCRIPT)
    play(source, log, lambda _: until(lambda: log.cursor == "200"))
    assert source.cursors == ["150"]
    assert log.ids() == IDS[150:]


def test_after_each_failure_of_the_network_reading_begins_again_from_what_is_committed() -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()
    source.errors.extend(SourceError("cut", reason="closed") for _ in range(7))
    run = play(source, log, lambda _: until(lambda: log.cursor == "200"))
    assert log.ids() == IDS
    assert source.cursors == [None, *(str(10 * n) for n in range(1, 8))]
    assert source.closed == 8, "connections are closed"
    assert run.value("reconnects_total", reason="closed") == 7


def test_a_source_that_cannot_replay_goes_on_where_it_was() -> None:
    source, log = ScriptedSource(SCRIPT, replays=False), MemoryLog()
    source.errors.extend(SourceError("cut", reason="closed") for _ in range(3))
    play(source, log, lambda _: until(lambda: len(log.ids()) == 200))
    assert log.ids() == IDS


def test_a_defect_of_a_source_is_logged_and_reading_begins_again(caplog: pytest.LogCaptureFixture) -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()
    source.errors.append(KeyError("a field that was always there"))
    run = play(source, log, lambda _: until(lambda: log.cursor == "200"))
    assert log.ids() == IDS
    assert run.value("reconnects_total", reason="defect") == 1
    assert "a field that was always there" in caplog.text


def test_a_source_that_needs_a_person_stops_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()
    source.errors.append(SourceError("the token was refused: renew it", reason="unauthorized", fatal=True))

    async def failed(run: Run) -> None:
        await until(lambda: run.runner.failure == "unauthorized" and bool(log.ids()))
        await asyncio.sleep(0.05)

    run = play(source, log, failed)
    assert source.cursors == [None], "not read again"
    assert log.ids() == IDS[:10], "what it had brought is committed"
    assert run.value("up") == 0
    assert run.value("failure", reason="unauthorized") == 1
    assert caplog.text.count("the token was refused") == 1


def test_the_network_decides_how_long_to_wait_where_it_says_so(caplog: pytest.LogCaptureFixture) -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()
    source.errors.append(SourceError("too many requests", reason="rate_limit", retry_after_s=900.0))
    play(source, log, lambda run: until(lambda: run.runner.failure == "rate_limit"))
    assert source.cursors == [None]
    assert "next try in 900.0 s" in caplog.text


def test_while_the_log_is_away_reading_pauses_and_afterwards_nothing_is_missing_or_twice() -> None:
    many = [post(n) for n in range(4 * MAX_MESSAGES)]
    source, log = ScriptedSource(many, size=500), MemoryLog()

    async def away_and_back(run: Run) -> None:
        await until(lambda: bool(log.commits))
        log.away = True
        log.tried.clear()
        await log.tried.wait()
        await until(lambda: run.runner.buffer.messages >= MAX_MESSAGES)
        await asyncio.sleep(0.05)
        assert run.runner.away
        assert run.runner.buffer.messages <= MAX_MESSAGES + 500, "reading has paused"
        log.away = False
        await until(lambda: log.cursor == str(len(many)))
        assert not run.runner.away

    run = play(source, log, away_and_back)
    assert log.ids() == [each.id for each in many]
    failed = run.value("failed_commits_total")
    assert failed is not None
    assert failed > 0


def test_a_log_that_is_away_at_the_start_is_waited_for() -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()
    log.away = True

    async def late(run: Run) -> None:
        await until(lambda: log.tries > 3)
        assert not source.cursors
        log.away = False
        await until(lambda: log.cursor == "200")

    play(source, log, late)
    assert log.ids() == IDS


def test_a_second_collector_ends_the_first_with_a_clear_error() -> None:
    async def session() -> None:
        log = MemoryLog()
        run = Run(ScriptedSource(SCRIPT, pause_s=0.01), log)
        await log.written.wait()
        log.taken_over = True
        with pytest.raises(WorkerError, match="another collector"):
            await run.task
        assert log.closed

    asyncio.run(session())


def test_stopping_commits_what_was_read() -> None:
    source, log = ScriptedSource(SCRIPT), MemoryLog()

    async def session() -> None:
        run = Run(source, log)
        run.runner.buffer._every_s = 3600.0
        await source.ended.wait()
        await run.stop()

    asyncio.run(session())
    assert log.ids() == IDS


class Leaving(MemoryLog):
    """Goes away right after it was opened."""

    async def open(self) -> Position:
        position = await super().open()
        self.away = True
        return position


def test_stopping_while_the_log_is_away_ends_and_says_what_was_not_committed(caplog: pytest.LogCaptureFixture) -> None:
    source, log = ScriptedSource(SCRIPT[:10]), Leaving()

    async def ended(_: Run) -> None:
        await source.ended.wait()
        await log.tried.wait()

    play(source, log, ended)
    assert "10 mentions were not committed" in caplog.text
    assert log.closed


class Waiting(ScriptedSource):
    """Senders wait for their answer."""

    def __init__(self) -> None:
        super().__init__([], replays=False)
        self.arriving: asyncio.Queue[Batch] = asyncio.Queue()
        self.acknowledged: list[Batch] = []

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        self.cursors.append(cursor)
        try:
            while True:
                yield await self.arriving.get()
        finally:
            self.closed += 1

    def acknowledge(self, batch: Batch) -> None:
        self.acknowledged.append(batch)


def test_a_waiting_sender_is_answered_after_the_commit_and_refused_while_the_log_is_away() -> None:
    log = MemoryLog()
    first, second, third = (Batch([post(n)]) for n in range(3))

    async def session() -> None:
        source = Waiting()
        run = Run(source, log)
        source.arriving.put_nowait(first)
        await until(lambda: source.acknowledged == [first])
        assert log.ids() == ["p0"]
        log.away = True
        source.arriving.put_nowait(second)
        await until(lambda: source.closed == 1)
        assert source.acknowledged == [first], "its sender comes again"
        assert len(source.cursors) == 1, "nobody is let in before commits go on"
        log.away = False
        await until(lambda: len(source.cursors) == 2)
        source.arriving.put_nowait(third)
        await until(lambda: third in source.acknowledged)
        await run.stop()

    asyncio.run(session())
    assert log.ids() == ["p0", "p1", "p2"]


def test_a_span_that_the_network_cannot_replay_is_said(caplog: pytest.LogCaptureFixture) -> None:
    log = MemoryLog()

    async def session() -> Run:
        source = Waiting()
        run = Run(source, log)
        gap = (SCRIPT[0].created_at, SCRIPT[60].created_at)
        source.arriving.put_nowait(Batch([SCRIPT[60]], gap=gap))
        await until(lambda: bool(log.commits))
        await run.stop()
        return run

    logging.getLogger("streams").setLevel(logging.INFO)
    run = asyncio.run(session())
    assert "cannot replay 2026-11-30 10:00:00 UTC to 2026-11-30 10:01:00 UTC" in caplog.text
    assert run.value("gap_seconds_total") == 60


def test_what_was_paid_for_and_looked_up_is_counted() -> None:
    class Paid(ScriptedSource):
        """Charges for each post, and knows the followers of all authors but one."""

        looks_up = True

        async def _batches(self) -> AsyncIterator[Batch]:
            async for batch in super()._batches():
                yield msgspec.structs.replace(batch, spent=len(batch.posts))

        async def look_up(self, posts: Sequence[Post]) -> Sequence[Post]:
            known = [each for each in posts if each.author != "author 0"]
            return [msgspec.structs.replace(each, followers=5) for each in known]

    source, log = Paid(SCRIPT[:30]), MemoryLog()

    async def then(run: Run) -> None:
        await until(lambda: len(log.ids()) == 30)

    run = play(source, log, then)
    assert run.value("spent_posts_total") == 30
    assert run.value("lookups_total", result="found") == 29
    assert run.value("lookups_total", result="missing") == 1
