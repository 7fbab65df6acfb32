"""The metrics of a running worker: counted as it works, read from its brands' watches when somebody scrapes.

A watch is read on the loop that changes it, and only where a bucket of it closed since the last scrape: what metrics
cost does not grow with the mentions.
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
from streams.watching.incident_event import IncidentEvent
from streams.worker.health import Answer, Part

REFRESH_TIMEOUT_S = 2.0
SWEEP_EVERY_S = 3600.0


class ScoredBatch(Protocol):
    """What is read of a scorer's transaction."""

    @property
    def messages(self) -> int:
        """Messages it held."""

    @property
    def letters(self) -> list[DeadLetter]:
        """Those that could not be read."""


class Watched(Protocol):
    """What keeps a brand's watch."""

    @property
    def watch(self) -> BrandWatch:
        """The watch."""


class WorkerMetrics:
    """Measure one worker.

    Parameters
    ----------
    config
        Configured brands have series before others.
    tell
        Called with each incident event once, beside the metrics: a sender of annotations.
    clock
        Seconds since the epoch.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts, Rollup
    >>> metrics = WorkerMetrics(Config())
    >>> metrics.record_applied(RollupBatch(made=[(0, Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))]), [])
    >>> b'badbuzz_mentions_total{brand="Acme",network="forum",tone="other"} 1.0' in metrics.render({}).body
    True
    """

    def __init__(
        self,
        config: Config,
        tell: Callable[[IncidentEvent], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.metrics = Metrics(config.brands, config.metrics, clock)
        self.clock = clock
        self._tell = tell
        self._lateness_s = config.lateness_seconds
        self._watching = BrandGauges(self.metrics, config.negative_at)
        # What is shown of a brand changes only as a bucket closes.
        self._shown: dict[str, tuple[BrandWatch, int | None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watches: Mapping[str, Watched] = {}
        self._swept = clock()

    def attach(self, loop: asyncio.AbstractEventLoop, watches: Mapping[str, Watched]) -> None:
        """Read these watches, by brand, on the loop that changes them."""
        self._loop = loop
        self._watches = watches

    def record_scored(self, batch: ScoredBatch) -> None:
        """Count what a scorer has committed."""
        count_scored(self.metrics, batch.messages, batch.letters)

    def record_applied(self, batch: RollupBatch, events: Iterable[IncidentEvent]) -> None:
        """Count what a watcher has taken in, and tell what it has published."""
        self.metrics.inc(m.MESSAGES, "watcher")
        count_rollups(self.metrics, [rollup for _, rollup in batch.made])
        for event in events:
            minute_start = datetime.fromisoformat(event.at).timestamp() - self._lateness_s - 60
            seconds = self.clock() - minute_start
            # A record of long ago that is being replayed says nothing of how quick this is.
            self._watching.record_event(
                event, seconds if seconds < DAY_S else None, event.posts[0].id if event.posts else None
            )
            self._tell(event)

    def refresh(self) -> None:
        """Read the watches that changed, and forget the brands that are watched elsewhere now."""
        watches = {brand: kept.watch for brand, kept in self._watches.items()}
        for brand in [brand for brand, (watch, _) in self._shown.items() if watches.get(brand) is not watch]:
            self._watching.forget(brand)
            del self._shown[brand]
        for brand, watch in watches.items():
            shown, now = self._shown.get(brand), (watch, watch.opened)
            # An incident's figures come with its event: until that is published, neither is its severity shown.
            if shown != now and (shown is None or self._watching.severity_matches(watch)):
                self._watching.update_from(watch)
                self._shown[brand] = now
        if self.clock() - self._swept > SWEEP_EVERY_S:
            self._swept = self.clock()
            self.metrics.sweep()

    def render(self, parts: Mapping[str, Part], accept: str = "") -> Answer:
        """Answer a scrape, from another thread than the loop's.

        Parameters
        ----------
        parts
            The parts of the worker, by stage.
        accept
            The request's `Accept` header.
        """
        if self._loop is not None and self._loop.is_running():
            done = asyncio.run_coroutine_threadsafe(self._refresh(), self._loop)
            try:
                done.result(REFRESH_TIMEOUT_S)
            except concurrent.futures.TimeoutError:
                done.cancel()  # busy: what was read last is shown
        for stage, part in parts.items():
            self.metrics.set(m.PROGRESS, self.clock() - (time.monotonic() - part.progressed), stage)
            self.metrics.remove(m.LAG, stage=stage)
            for partition, messages in part.lag.items():
                self.metrics.set(m.LAG, messages, stage, str(partition))
        body, content_type = self.metrics.render(accept)
        return Answer(200, content_type, body)

    async def _refresh(self) -> None:
        self.refresh()
