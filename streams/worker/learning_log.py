"""Log of learning: says of each brand, once, until when nothing of it is alerted on, and that a warm-up was read."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from streams.event_time import MINUTE_MS, rfc3339
from streams.scoring.rollup_batch import RollupBatch
from streams.settings.config import Config
from streams.watching.warm_up import learning_until
from streams.watching.watch_event import WatchEvent

logger = logging.getLogger(__name__)

MOST_NAMED = 50
"""Learning brands that are logged by name in one run: an installation may watch thousands."""

Applied = Callable[[RollupBatch, list[WatchEvent]], None]
"""Called with each message applied and its events."""


class LearningLog:
    """Log which brands are still learned.

    Parameters
    ----------
    config
        Thresholds.
    watches
        The brands of a state store, each with its watch.
    """

    def __init__(self, config: Config, watches: Mapping[str, Any]) -> None:
        self._config = config
        self._watches = watches
        self._known: set[str] = set()
        self._taught: set[str] = set()
        self._named = 0

    def after(self, first: Applied) -> Applied:
        """Return a callback of the watcher that calls another one first."""

        def applied(batch: RollupBatch, events: list[WatchEvent]) -> None:
            first(batch, events)
            self.note(batch)

        return applied

    def note(self, batch: RollupBatch) -> None:
        """Log the brands of a batch that were applied for the first time, or that it teaches."""
        for _, rollup in batch.made:
            brand = rollup.brand
            if rollup.learned is not None:
                self._taught.add(brand)
            if brand in self._taught or brand not in self._known:
                entry = self._watches.get(brand)
                # What is pending is applied with a later rollup of the brand, which asks again.
                if entry is not None and not entry.pending and entry.watch.opened is not None:
                    self._known.add(brand)
                    self._log(brand, learning_until(entry.watch))

    def _log(self, brand: str, until: int | None) -> None:
        if brand in self._taught:
            self._taught.discard(brand)
            outcome = "it still learns: the record is too new, or of another version" if until else "it alerts from now"
            logger.info("%s: a warm-up was read: %s", brand, outcome)
        elif until is not None:
            self._named += 1
            if self._named <= MOST_NAMED:
                logger.info(
                    "%s: learning until %s (thresholds.learning_hours = %d), nothing of it is alerted on before: "
                    "'badbuzz warm-up FILE' teaches it an older record",
                    brand,
                    rfc3339(until * MINUTE_MS),
                    self._config.settings(brand).learning_hours,
                )
