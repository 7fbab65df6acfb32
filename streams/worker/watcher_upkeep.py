"""The watcher's work between messages: restore brands, write changed ones, detect lost messages."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from streams.watching.rows.state_store import BrandStateStore
from streams.worker.health.delivery_gaps import GapDetector

logger = logging.getLogger(__name__)

TICK_S = 0.25
# Write a changed brand after at most this long: bounds how much a new owner must reprocess.
WRITE_AFTER_S = 150.0
# Brands that changed at the same moment are written over this many rounds: closing the next minute must not wait for
# all of them.
WRITE_OVER_ROUNDS = 60
# Without a message for this long, every changed brand is written, until the next message.
IDLE_S = 0.3
SLICE_BRANDS = 10


class StateOwner(Protocol):
    """The watcher, as its upkeep needs it; attributes as in `streams.worker.watcher.Watcher`."""

    ticked: float
    ready: bool

    def check(self) -> None:
        """Fail where the watcher must not go on."""

    async def check_log(self) -> None:
        """Load the state again where `rollups` is not the log that it was applied from."""

    def fail(self, error: Exception) -> None:
        """Record an error that the watcher cannot go on after."""

    def owns_state(self) -> bool:
        """Return whether the store holds the state of the partitions assigned now."""

    def write(self, brands: list[str]) -> None:
        """Write the state of brands to the changelog."""


class WatcherUpkeep:
    """Background work on the state of the partitions owned, in short slices: messages go first.

    Parameters
    ----------
    app
        The `WatcherApp`; untyped, since Faust's types do not declare all that is used here.
    store
        State of the brands.
    gaps
        Has seen every message delivered.
    lock
        Held while the store is changed.
    owner
        The watcher.

    Attributes
    ----------
    applied_at
        Time of the last message applied, `time.monotonic` seconds; set by the watcher.
    """

    def __init__(
        self, app: Any, store: BrandStateStore, gaps: GapDetector, lock: asyncio.Lock, owner: StateOwner
    ) -> None:
        self.applied_at = 0.0
        self._app = app
        self._store = store
        self._gaps = gaps
        self._lock = lock
        self._owner = owner

    async def run(self) -> None:
        """Run one round after the other, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self._owner.check()
            self._owner.ticked = time.monotonic()
            try:
                await self._owner.check_log()
                if self._owner.owns_state():
                    await self._run_round()
            except Exception as error:  # reported by the watcher's `failure`
                self._owner.fail(error)

    async def _run_round(self) -> None:
        """Restore stored brands, write those that changed long enough ago, and check the delivery of messages."""
        await self._in_slices(self._store.unrestored_brands(), self._restore)
        limit = SLICE_BRANDS + len(self._store.watches) // WRITE_OVER_ROUNDS
        await self._in_slices(self._store.dirty(older_than=WRITE_AFTER_S)[:limit], self._owner.write)
        if self._idle():
            await self._in_slices(self._store.dirty(older_than=0.0), self._owner.write, self._idle)
        if not self._owner.owns_state():
            return
        if self._must_rewind():
            logger.info("seeking back to the committed offsets: messages were lost on the way from the consumer")
            self._app.rewind()
        self._owner.ready = True

    def _must_rewind(self) -> bool:
        read = self._app.read_ends()
        applied = {partition: self._store.position(partition) for partition in read}
        busy = self._lock.locked() or not self._idle()
        return self._gaps.must_rewind(read, applied, busy, time.monotonic())

    async def _in_slices(
        self, brands: list[str], work: Callable[[list[str]], None], wanted: Callable[[], bool] = lambda: True
    ) -> None:
        for first in range(0, len(brands), SLICE_BRANDS):
            async with self._lock:
                if not (self._owner.owns_state() and wanted()):
                    return
                work(brands[first : first + SLICE_BRANDS])
            self._owner.ticked = time.monotonic()
            await asyncio.sleep(0)

    def _restore(self, brands: list[str]) -> None:
        for brand in brands:
            self._store.restore(brand)

    def _idle(self) -> bool:
        return time.monotonic() - self.applied_at > IDLE_S
