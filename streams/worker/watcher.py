"""The watcher: a Faust app that turns rollups into the incident events of the brands on its partitions.

Consumes committed rollups, keeps each brand's state in the compacted topic `watches`, publishes changes to `incidents`.
Order per message: apply, publish events, persist state, commit the offset (at-least-once). After a crash the next owner
reprocesses uncommitted messages; processing is deterministic, so `IncidentPublisher` drops what is published already.

Per assignment: load the state of the partitions, seek to the committed offsets, apply messages (`_consume`), and write
changed state in the background (`streams.worker.watcher_upkeep`). Each commit of offsets first persists the state they
stand for. Before partitions are revoked, the current message is completed, and all state is written and committed.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiokafka.errors import KafkaError as ClientError
from kafka.errors import KafkaError

from streams.errors import BadBuzzError, BrokerError
from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.changelog import WatchChangelog
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.logs.incident_publisher import IncidentPublisher
from streams.kafka.topics import ROLLUPS
from streams.mentions.dead_letter import DeadLetter
from streams.scoring.rollup_batch import RollupBatch
from streams.settings.config import Config
from streams.situations.builder import Situations
from streams.watching.rows.state_store import BrandStateStore
from streams.watching.watch_event import WatchEvent
from streams.worker.faust_app import create_app
from streams.worker.health.delivery_gaps import GapDetector
from streams.worker.idle_heartbeat_sender import IdleHeartbeatSender
from streams.worker.state_loading import STATE_TIMEOUT_S, StateLoader
from streams.worker.suspension import SuspensionDetector
from streams.worker.unreadable_rollups import UnreadableRollups, readable
from streams.worker.watcher_upkeep import WatcherUpkeep

logger = logging.getLogger(__name__)

STOP_TIMEOUT_S = 20.0
NOT_LOADED = -1


class Watcher:
    """Watch the brands of the assigned partitions until stopped.

    Parameters
    ----------
    config
        Configuration.
    monitor
        Knows the log of `rollups`.
    on_applied
        Called with each message applied and its events, once these are published.
    on_letter
        Called with each message that could not be read, once it is a dead letter.

    Attributes
    ----------
    ticked
        Time of the last loop iteration, `time.monotonic` seconds.
    ready
        Its partitions are assigned, their state is loaded, and every brand in it is restored.
    failure
        Why it cannot go on.
    topic
        Full name of `rollups`.
    log
        Loads state; counts offsets that were reset and messages that were lost.
    """

    def __init__(
        self,
        config: Config,
        monitor: BrokerMonitor,
        on_applied: Callable[[RollupBatch, list[WatchEvent]], None] = lambda _batch, _: None,
        on_letter: Callable[[DeadLetter], None] = lambda _: None,
    ) -> None:
        self.topic = config.kafka.topic(ROLLUPS)
        self.on_applied = on_applied
        self.ticked = time.monotonic()
        self.ready = False
        self.failure: Exception | None = None
        self._writers = FencedWriters(config.kafka)
        self._publisher = IncidentPublisher(config.kafka, self._writers)
        self._unreadable = UnreadableRollups(config.kafka, self.topic, on_letter)
        self._changelog = WatchChangelog(config, self._writers)
        self._situations = Situations()
        self.store = BrandStateStore(config, self._changelog, time.monotonic, self._situations.observe)
        self._io = ThreadPoolExecutor(1, "writing")  # one thread for every read and write: Kafka's client blocks
        self._lock = asyncio.Lock()
        self._suspension = SuspensionDetector(config.kafka.session_timeout_s * 0.8)
        self._app = self._create_app(config)
        self.log = StateLoader(config.kafka, monitor, self.store, self._app, self._changelog)
        self._gaps = GapDetector()
        self._upkeep = WatcherUpkeep(self._app, self.store, self._gaps, self._lock, self)
        self._idle_heartbeats = IdleHeartbeatSender(config, self.store, self)
        self._partitions: set[int] = set()
        self._loaded = NOT_LOADED  # the generation of the group whose partitions' state is loaded
        self._leaving = False
        self._stopping = False
        self._unpersisted_since: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def _create_app(self, config: Config) -> Any:
        app: Any = create_app(config.kafka)  # Faust's types do not declare all that is used here
        app.committable_offset = lambda partition: None if self.failure else self.store.committable_offset(partition)
        app.persist_state = self._persist_state
        app.before_drain = self._leave
        app.after_drain = self._write_all
        app.on_partitions_revoked.connect(self._on_revoked)
        app.on_partitions_assigned.connect(self._on_assigned)
        app.consume_rollups(self._consume)
        return app

    async def start(self) -> None:
        """Join the consumer group. State of assigned partitions is loaded in the background."""
        self._run(self._upkeep.run())
        self._run(self._idle_heartbeats.run())
        try:
            await self._app.start()
        except ClientError as error:
            self.fail(BrokerError(f"the watcher cannot connect to Kafka: {error}"))
        except Exception as error:  # reported by `failure`
            self.fail(error)

    async def stop(self) -> None:
        """Complete the current message, write and commit everything, and leave the group."""
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
            logger.warning("shutdown timed out; uncommitted messages will be reprocessed")
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._suspension.close()
        for part in (self._idle_heartbeats, self._writers, self._unreadable):
            await self._blocking(part.close)
        self._io.shutdown()

    @property
    def positions(self) -> dict[int, int | None]:
        """Next offset to apply of each partition owned."""
        if self._loaded == NOT_LOADED:
            return dict.fromkeys(self._partitions)
        return self.log.positions(self._partitions)

    def owns_state(self) -> bool:
        """Return whether the store holds the state of the partitions assigned now."""
        return self._active() and self._loaded == self._app.consumer_generation_id

    def write(self, brands: list[str]) -> None:
        """Write the state of brands to the changelog; it is sent before the next commit."""
        if brands and self._check_suspension():
            self.store.persist(brands)

    def check(self) -> None:
        """Fail where this process was suspended for too long, or Faust has stopped by itself."""
        self._check_suspension()
        app = self._app
        if (app.crashed or app.should_stop) and not self._stopping:  # while stopping, Faust may report anything
            self.fail(BrokerError(f"Faust stopped: {app.crash_reason!r}"))

    async def check_log(self) -> None:
        """Load the state again where `rollups` was created anew since it was loaded."""
        if self.owns_state() and self.log.replaced():
            async with self._lock:
                self._forget()
                await self._load(self._app.consumer_generation_id)

    def fail(self, error: Exception) -> None:
        """Record the first error that this watcher cannot go on after; the worker ends with it."""
        if self.failure is None:
            # An error raised on purpose says all in its own line; any other is a defect and needs its traceback.
            logger.error("the watcher cannot go on: %s", error, exc_info=not isinstance(error, BadBuzzError))
            self.failure = error
        self.ready = False

    def _check_suspension(self) -> bool:
        """Return False, and fail, where this process was suspended so long that others may own its partitions."""
        if suspended_s := self._suspension.suspended_s():
            self.fail(BrokerError(f"this worker was suspended for {suspended_s:.0f} s: others may own its partitions"))
        return self.failure is None

    async def _consume(self, stream: Any) -> None:
        async for event in stream.events():
            try:
                if await self._accept(event.message):
                    async with self._lock:
                        await self._apply(event.message.partition, event.message.offset, event.value)
            except Exception as error:  # Faust would go on with the next message
                self.fail(error)

    async def _accept(self, message: Any) -> bool:
        """Return whether a message is the next of its partition; a refused one is not committed and is read again."""
        while self._loaded != message.generation_id:
            if not self._active() or message.generation_id != self._app.consumer_generation_id:
                return False
            await asyncio.sleep(0.01)
        previous_end = self._app.previous_end(message.partition, message.offset)
        return self._active() and self._gaps.accept(previous_end, self.store.position(message.partition))

    async def _apply(self, partition: int, offset: int, value: bytes | None) -> None:
        generation = self._loaded
        batch = readable(value) or await self._blocking(self._unreadable.store, partition, offset, value or b"")
        events = self.store.apply(partition, offset, batch)
        self._upkeep.applied_at = time.monotonic()
        situations = self._situations.drain()
        if events or situations:
            events.sort(key=lambda event: (event.at, event.brand, event.id))
            await self._blocking(self._publisher.publish, partition, events, situations)
            if generation != self._loaded:
                return  # the partition was revoked meanwhile
        self.on_applied(batch, events)

    def _active(self) -> bool:
        return not (self._stopping or self._leaving or self.failure)

    def _on_assigned(self, _app: Any, assigned: Any, **_: Any) -> None:
        self._partitions = {tp.partition for tp in assigned if tp.topic == self._app.rollups_topic}
        self._leaving = False
        self._run(self._load(self._app.consumer_generation_id))

    async def _load(self, generation: int) -> None:
        """Load the state of the assigned partitions, after which their messages may be applied."""
        partitions = self._partitions

        def wanted() -> bool:
            return generation == self._app.consumer_generation_id and self._active()

        try:
            await self._blocking(self.log.load, partitions, wanted)
        except Exception as error:  # reported by `failure`
            self.fail(error)
        if wanted():
            if not partitions:
                logger.warning("watching no partition: other workers own them all, or topic %s has none", self.topic)
            logger.info("watching partitions %s", sorted(partitions))
            self._gaps.reset()
            self._app.rewind()
            self._loaded = generation

    async def _persist_state(self) -> bool:
        """Send the state written so far; return False where the offsets it stands for must not be committed."""
        generation = self._loaded
        if generation == NOT_LOADED or self.failure:
            return False
        try:
            await self._blocking(self._changelog.send, self._changelog.pop_unsent())
        except KafkaError as error:
            self._unpersisted_since = self._unpersisted_since or time.monotonic()
            if time.monotonic() - self._unpersisted_since > STATE_TIMEOUT_S:
                self.fail(BrokerError(f"state could not be persisted for {STATE_TIMEOUT_S:.0f} s: {error}"))
                return False
            logger.warning("state not persisted; messages will be reprocessed: %s: %s", type(error).__name__, error)
            if generation == self._loaded:
                self._forget()
                self._run(self._load(generation))
            return False
        self._unpersisted_since = None
        return generation == self._loaded

    def _write_all(self) -> None:
        self.write(self.store.dirty(older_than=0.0))

    def _leave(self) -> None:
        self._leaving, self.ready = True, False

    def _on_revoked(self, _app: Any, revoked: Any, **_: Any) -> None:
        self._leave()
        self._forget()

    def _forget(self) -> None:
        self.ready, self._loaded = False, NOT_LOADED
        self.store.clear()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _blocking(self, call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._io, call, *args)
