"""The watcher: a Faust app over committed `rollups`; `watches` is its memory, `incidents` what it says.

For each message: the watches of its brands are moved on, what changed is published and kept, and only then is it
written down as applied. Whatever was not written down when a watcher is killed is worked through again by the next,
to the same bytes; `streams.kafka.incident_publisher` leaves out what has been published.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from faust.types import TP
from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.clients import faust_options
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.incident_publisher import IncidentPublisher
from streams.kafka.topics import ROLLUPS
from streams.scoring.rollup_batch import RollupBatch, decode_batch
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent
from streams.watching.state_store import BrandStateStore
from streams.worker.changelog import WatchChangelog
from streams.worker.delivery_gaps import GapDetector
from streams.worker.faust_app import WatcherApp
from streams.worker.suspension import SuspensionDetector

logger = logging.getLogger(__name__)

TICK_S = 0.25
# A brand is written this long after it changed: what a successor works through again is bounded.
WRITE_AFTER_S = 150.0
# Brands that changed at one moment are written over so many ticks: the next closing must not wait for all of them.
WRITE_OVER_TICKS = 60
# With nothing to read, everything is written, until something comes.
IDLE_S = 0.3
SLICE = 10
NOT_LOADED = -1
KEPT_TIMEOUT_S = 120.0
RETRY_S = 0.5
STOP_TIMEOUT_S = 20.0


class Watcher:
    """Watch brands until stopped.

    Parameters
    ----------
    config
        Configuration.
    on_watched
        Called with each message applied and the events it gave, once these are published.

    Attributes
    ----------
    progressed
        When its loop last went round, `time.monotonic` seconds.
    ready
        Its partitions are assigned, their rows are read, and every brand in them is watched again.
    failure
        Why it cannot go on.
    lag
        Offsets written and not yet read, by partition; a transaction's marker counts as one.
    """

    def __init__(
        self, config: Config, on_watched: Callable[[RollupBatch, list[IncidentEvent]], None] = lambda _batch, _: None
    ) -> None:
        self.config = config
        self.on_watched = on_watched
        self.progressed = time.monotonic()
        self.ready = False
        self.failure: Exception | None = None
        self.lag: dict[int, int] = {}
        self._writers = FencedWriters(config.kafka)
        self._log = IncidentPublisher(config.kafka, self._writers)
        self._rows = WatchChangelog(config, self._writers)
        # Events and rows are written, and rows read, by this one: Kafka's client blocks.
        self._writing = ThreadPoolExecutor(1, "writing")
        self._lock = asyncio.Lock()
        self._stopping = False
        self._read_at = 0.0
        self._unkept_since: float | None = None
        self._pulse = SuspensionDetector(config.kafka.session_timeout_s * 0.8)
        # Untyped: what is used here, Faust's own types do not all declare.
        self._app: Any = self._new_app()
        self.memory = BrandStateStore(config, self._rows, time.monotonic)
        self._loaded = NOT_LOADED
        self._partitions: set[int] = set()
        self._leaving = False
        self._order = GapDetector()
        self._tasks: set[asyncio.Task[None]] = set()

    def _new_app(self) -> Any:
        kafka = self.config.kafka
        app: Any = WatcherApp(
            **faust_options(kafka),
            web_enabled=False,
            topic_disable_leader=True,
            broker_commit_interval=1.0,
            stream_wait_empty=True,
            processing_guarantee="at_least_once",
        )
        app.rollups_topic = kafka.topic(ROLLUPS)
        app.safe_offset = lambda partition: None if self.failure else self.memory.committable_offset(partition)
        app.rows_kept = self._rows_kept
        app.on_leaving = self._leave
        app.before_revoked = self._write_all
        app.on_partitions_revoked.connect(self._on_revoked)
        app.on_partitions_assigned.connect(self._on_assigned)
        rollups = app.topic(
            app.rollups_topic,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
        )
        app.agent(rollups, concurrency=1)(self._watch)
        return app

    async def start(self) -> None:
        """Join the others; what the partitions hold is read by and by."""
        self._run(self._tick())
        await self._app.start()

    async def stop(self) -> None:
        """Finish the message being worked on, write and commit everything, and leave."""
        self.ready = False
        async with self._lock:
            self._stopping = True
            if self.failure is None:
                self._write_all()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                if self.failure is None and not self._app.rebalancing:
                    await self._app.consumer.commit()
                await self._app.stop()
        except TimeoutError:
            logger.warning("left without a farewell: what was not committed is worked through again")
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._pulse.close()
        await self._blocking(self._writers.close)
        self._writing.shutdown()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, stream: Any) -> None:
        async for event in stream.events():
            try:
                if await self._may_apply(event.message):
                    async with self._lock:
                        await self._apply(event.message.partition, event.message.offset, event.value)
            except Exception as error:  # Faust would go on behind the message
                self._fail(error)

    async def _may_apply(self, message: Any) -> bool:
        """Tell whether a message is the next one; what is not applied is not committed either, and read again."""
        while self._loaded != message.generation_id:
            if not self._may_work() or message.generation_id != self._app.consumer_generation_id:
                return False
            await asyncio.sleep(0.01)
        before = self._app.stands_before(message.partition, message.offset)
        return self._may_work() and self._order.follows(before, self.memory.position(message.partition))

    def _may_work(self) -> bool:
        return not (self._stopping or self._leaving or self.failure)

    async def _apply(self, partition: int, offset: int, value: bytes) -> None:
        generation = self._loaded
        batch = decode_batch(value)
        events = self.memory.apply(partition, offset, batch)
        self._read_at = time.monotonic()
        if events:
            events.sort(key=lambda event: (event.at, event.brand, event.id))
            await self._blocking(self._log.publish, partition, events)
            if generation != self._loaded:
                return  # others own the partition now
        self.on_watched(batch, events)

    def _write(self, brands: list[str]) -> None:
        if brands and self._still_ours():
            self.memory.persist(brands)

    def _write_all(self) -> None:
        self._write(self.memory.dirty(older_than=0.0))

    def _still_ours(self) -> bool:
        """Tell whether this process cannot have been stopped so long that others took over what it writes."""
        if stopped_s := self._pulse.stopped_s():
            self._fail(BrokerError(f"this worker was stopped for {stopped_s:.0f} s: others may own its partitions"))
        return self.failure is None

    async def _rows_kept(self) -> bool:
        generation = self._loaded
        if generation == NOT_LOADED or self.failure:
            return False
        try:
            await self._blocking(self._rows.send, self._rows.unsent())
        except KafkaError as error:
            self._unkept_since = self._unkept_since or time.monotonic()
            if time.monotonic() - self._unkept_since > KEPT_TIMEOUT_S:
                self._fail(BrokerError(f"the rows of brands could not be kept for {KEPT_TIMEOUT_S:.0f} s: {error}"))
                return False
            logger.warning("what was not kept is worked through again: %s: %s", type(error).__name__, error)
            if generation == self._loaded:
                self._forget()
                self._run(self._load(generation))
            return False
        self._unkept_since = None
        return generation == self._loaded

    async def _blocking(self, call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._writing, call, *args)

    def _forget(self) -> None:
        self.ready = False
        self._loaded = NOT_LOADED
        self.memory.clear()

    def _leave(self) -> None:
        self._leaving = True
        self.ready = False

    def _on_revoked(self, _app: Any, revoked: Any, **_: Any) -> None:
        self._leave()
        self._forget()

    def _on_assigned(self, _app: Any, assigned: Any, **_: Any) -> None:
        self._partitions = {tp.partition for tp in assigned if tp.topic == self._app.rollups_topic}
        self._leaving = False
        self._run(self._load(self._app.consumer_generation_id))

    async def _load(self, generation: int) -> None:
        """Read the rows of the partitions, after which their messages may be applied."""
        partitions = self._partitions

        def wanted() -> bool:
            return generation == self._app.consumer_generation_id and self._may_work()

        until = time.monotonic() + KEPT_TIMEOUT_S
        try:
            while wanted():
                try:
                    await self._blocking(self._rows.load, partitions, wanted)
                    break
                except KafkaError as error:
                    if time.monotonic() > until:
                        raise
                    logger.warning("the watchers' memory waits for the broker: %s: %s", type(error).__name__, error)
                    await asyncio.sleep(RETRY_S)
        except Exception as error:  # told by `failure`
            self._fail(error)
        if wanted():
            logger.info("watching partitions %s", sorted(partitions))
            self._order.moved()
            self._app.read_again()
            self._loaded = generation

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._still_ours()
            self.progressed = time.monotonic()
            app = self._app
            if (app.crashed or app.should_stop) and not self._stopping:  # a Faust that is stopping may say anything
                self._fail(BrokerError(f"Faust stopped: {app.crash_reason!r}"))
            try:
                if self._owns():
                    await self._tend()
            except Exception as error:  # told by `failure`
                self._fail(error)

    def _owns(self) -> bool:
        """Tell whether the rows are those of the partitions assigned."""
        return self._may_work() and self._loaded == self._app.consumer_generation_id

    async def _tend(self) -> None:
        """Watch again the brands in the rows, and write those that have waited long enough."""
        await self._in_slices(self.memory.unrestored_brands(), self._wake)
        most = SLICE + len(self.memory.watches) // WRITE_OVER_TICKS
        await self._in_slices(self.memory.dirty(older_than=WRITE_AFTER_S)[:most], self._write)
        if self._idle():
            await self._in_slices(self.memory.dirty(older_than=0.0), self._write, self._idle)
        if not self._owns():
            return
        self._measure_lag()
        self._read_again_if_lost()
        self.ready = True

    async def _in_slices(
        self, brands: list[str], work: Callable[[list[str]], None], wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Do it for some brands at a time: messages go first."""
        for first in range(0, len(brands), SLICE):
            async with self._lock:
                if not (self._owns() and wanted()):
                    return
                work(brands[first : first + SLICE])
            self.progressed = time.monotonic()
            await asyncio.sleep(0)

    def _idle(self) -> bool:
        return time.monotonic() - self._read_at > IDLE_S

    def _read_again_if_lost(self) -> None:
        read = self._app.read_up_to()
        applied = {partition: self.memory.position(partition) for partition in read}
        busy = self._lock.locked() or not self._idle()
        if self._order.is_lost(read, applied, busy, time.monotonic()):
            logger.info("reading again what was lost on the way")
            self._app.read_again()

    def _wake(self, brands: list[str]) -> None:
        for brand in brands:
            self.memory.restore(brand)

    def _measure_lag(self) -> None:
        lag = {}
        for tp in self._app.consumer.assignment():
            if tp.topic == self._app.rollups_topic:
                read = self.memory.position(tp.partition)
                end = self._app.consumer.highwater(TP(tp.topic, tp.partition))
                if end is not None and read is not None:
                    lag[tp.partition] = max(0, end - read)
        self.lag = lag

    def _fail(self, error: Exception) -> None:
        if self.failure is None:
            logger.error("the watcher cannot go on: %s", error, exc_info=not isinstance(error, BrokerError))
            self.failure = error
        self.ready = False
