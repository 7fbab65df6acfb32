"""Metrics of a running worker: counters are incremented as it works, gauges of brands are read at each scrape.

A brand is read on the event loop that changes it, and only if it closed a minute since the last scrape: the cost of a
scrape does not grow with the number of mentions.
"""

import asyncio
import concurrent.futures
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from streams.mentions.dead_letter import DeadLetter
from streams.metrics import families as m
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.mention_counters import count_rollups, count_scored
from streams.metrics.registry import DAY_S, Metrics
from streams.scoring.rollup_batch import RollupBatch
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.watch_event import WatchEvent
from streams.web.server import Response
from streams.worker.health.stage_health import StageHealth

REFRESH_TIMEOUT_S = 2.0
CLEANUP_INTERVAL_S = 3600.0


class ScoredBatch(Protocol):
    """A committed transaction of the scorer, as far as metrics read it."""

    @property
    def messages(self) -> int:
        """Number of messages it covers."""

    @property
    def letters(self) -> list[DeadLetter]:
        """Dead letters among them."""


class StoreEntry(Protocol):
    """An entry of the state store."""

    @property
    def watch(self) -> BrandWatch:
        """State of the brand."""


class WorkerMetrics:
    """Metrics of one worker process.

    Parameters
    ----------
    config
        Configuration; its brands have label slots before others.
    on_event
        Called once with each published incident event: sends its annotation.
    clock
        Seconds since the epoch.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts, Rollup
    >>> metrics = WorkerMetrics(Config())
    >>> metrics.record_applied(RollupBatch(made=[(0, Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))]), [])
    >>> b'{brand="Acme",installation="badbuzz",network="forum",tone="other"} 1.0' in metrics.render({}).body
    True
    """

    def __init__(
        self,
        config: Config,
        on_event: Callable[[WatchEvent], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.metrics = Metrics(config.brands, config.metrics, clock, config.installation)
        self.clock = clock
        self._on_event = on_event
        self._lateness_s = config.lateness_seconds
        self._brand_gauges = BrandGauges(self.metrics, config)
        # State of each brand when its gauges were last set, and its open minute: they change only as a minute closes.
        self._exported: dict[str, tuple[BrandWatch, int | None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watches: Mapping[str, StoreEntry] = {}
        self._cleaned_at = clock()
        self._counted: dict[tuple[str, str], int] = {}

    def attach(self, loop: asyncio.AbstractEventLoop, watches: Mapping[str, StoreEntry]) -> None:
        """Read the brands of a state store, always on the event loop that changes them."""
        self._loop = loop
        self._watches = watches

    def record_scored(self, batch: ScoredBatch) -> None:
        """Count a transaction that the scorer committed."""
        count_scored(self.metrics, batch.messages, batch.letters)

    def record_applied(self, batch: RollupBatch, events: Iterable[WatchEvent]) -> None:
        """Count rollups that the watcher applied, and the events it published."""
        self.metrics.inc(m.MESSAGES, "watcher")
        count_rollups(self.metrics, [rollup for _, rollup in batch.made])
        for event in events:
            minute_start = datetime.fromisoformat(event.at).timestamp() - self._lateness_s - 60
            seconds = self.clock() - minute_start
            # During the replay of an old record the latency is meaningless.
            self._brand_gauges.record_event(
                event, seconds if seconds < DAY_S else None, event.posts[0].id if event.posts else None
            )
            self._on_event(event)

    def record_letter(self, letter: DeadLetter) -> None:
        """Count a dead letter of the watcher."""
        self.metrics.inc(m.DEAD_LETTERS, letter.reason)

    def refresh(self) -> None:
        """Set the gauges of brands that changed, and remove those of brands that moved to another worker."""
        watches = {brand: entry.watch for brand, entry in self._watches.items()}
        for brand in [brand for brand, (watch, _) in self._exported.items() if watches.get(brand) is not watch]:
            self._brand_gauges.forget(brand)
            del self._exported[brand]
        for brand, watch in watches.items():
            exported, current = self._exported.get(brand), (watch, watch.opened)
            # An incident's figures come with its event: until that is published, its severity is not exported either.
            if exported != current and (exported is None or self._brand_gauges.severity_matches(watch)):
                self._brand_gauges.update_from(watch)
                self._exported[brand] = current
        if self.clock() - self._cleaned_at > CLEANUP_INTERVAL_S:
            self._cleaned_at = self.clock()
            self.metrics.remove_unused()

    def render(self, stages: Mapping[str, StageHealth], accept: str = "") -> Response:
        """Answer a scrape, from a thread other than the event loop's.

        Parameters
        ----------
        stages
            The stages of the worker, by name.
        accept
            The request's `Accept` header.
        """
        if self._loop is not None and self._loop.is_running():
            refreshed = asyncio.run_coroutine_threadsafe(self._refresh(), self._loop)
            try:
                refreshed.result(REFRESH_TIMEOUT_S)
            except concurrent.futures.TimeoutError:
                refreshed.cancel()  # the loop is busy: the gauges stay as last set
        for name, stage in stages.items():
            self._set_stage(name, stage)
        body, content_type = self.metrics.render(accept)
        return Response(200, content_type, body)

    def _set_stage(self, name: str, stage: StageHealth) -> None:
        metrics, part = self.metrics, stage.part
        metrics.set(m.PROGRESS, self.clock() - (time.monotonic() - stage.progressed), name)
        metrics.set(m.PARTITIONS_EXPECTED, stage.expected, name)
        metrics.set(m.PARTITIONS_OWNED, len(stage.positions), name)
        for family, by_partition in ((m.LAG, stage.lag), (m.POSITION, stage.positions)):
            metrics.remove(family, stage=name)
            for partition, messages in by_partition.items():
                metrics.set(family, messages, name, str(partition))
        for family, total in ((m.LOST, part.log.lost), (m.OFFSET_RESETS, part.log.resets)):
            # Counted by the part: the counter grows by what is new since the last scrape.
            metrics.inc(family, name, by=total - self._counted.get((family.name, name), 0))
            self._counted[family.name, name] = total

    async def _refresh(self) -> None:
        self.refresh()
