"""River's own anomaly detectors in the place of `Surge`, to compare with and to choose in the configuration."""

from __future__ import annotations

import math
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from river import anomaly

from detectors.criteria.surge import HOUR, NEVER, NOTHING, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from river.base import AnomalyDetector

    from detectors.statistics.counts import RecentCounts

__all__ = ["RIVER_SCORERS", "RiverScorer", "RiverSurge"]

WINDOW = 14 * 24
REFIT = 24


class RiverScorer(NamedTuple):
    """One of river's detectors: how to make it, its input from a count, its usual threshold, and its kind."""

    make: Callable[..., Any]
    threshold: float
    supervised: bool


RIVER_SCORERS: dict[str, RiverScorer] = {
    # Without a window of its own: a rolling variance can fall under zero, and the score fails on its root.
    "gaussian": RiverScorer(
        partial(anomaly.GaussianScorer, window_size=None, grace_period=REFIT), 0.9999, supervised=True
    ),
    "half_space_trees": RiverScorer(
        partial(anomaly.HalfSpaceTrees, n_trees=10, height=8, window_size=48, limits={"count": (0.0, 10.0)}, seed=1),
        0.9,
        supervised=False,
    ),
}


class RiverSurge:
    """Score the last hour's count with one of river's detectors, learned once an hour.

    A score is scaled so that the detector's usual threshold becomes `watch_score`; a count at or under the mean of the
    last two weeks is no burst (river's scorers call a drop in mentions an anomaly). Silences are learned as at most a
    day of zeros. The detector is learned anew from the last 336 hours once a day, so that it can be restored from
    plain numbers.

    Parameters
    ----------
    name
        A key of `RIVER_SCORERS`.
    watch_score
        What its usual threshold is scaled to.

    Raises
    ------
    ValueError
        If there is no such detector.

    Examples
    --------
    >>> from detectors.statistics.counts import RecentCounts
    >>> surge, recent = RiverSurge("gaussian", watch_score=4.0), RecentCounts(1, 1500)
    >>> for hour in range(200):
    ...     surge.roll(hour, recent)
    ...     recent.add(hour * 60 + 59, [hour % 3 + 1])
    >>> surge.read(200 * 60, recent).score < 4.0
    True
    >>> recent.add(200 * 60, [30])
    >>> surge.read(200 * 60 + 1, recent).score > 4.0
    True
    """

    def __init__(self, name: str, watch_score: float) -> None:
        if name not in RIVER_SCORERS:
            raise ValueError(f"volume: expected burst or one of {', '.join(sorted(RIVER_SCORERS))}, got {name!r}")
        self.name = name
        self.watch_score = watch_score
        self.stock = RIVER_SCORERS[name]
        self.samples: deque[int] = deque(maxlen=WINDOW + REFIT)
        self.since_refit = 0
        self.hour = NEVER
        self.model: AnomalyDetector = self.stock.make()

    def _input(self, count: int) -> tuple[Any, ...]:
        # Scorers of a target take the count itself; trees need a bounded feature.
        return (None, float(count)) if self.stock.supervised else ({"count": math.log1p(count)},)

    def roll(self, hour: int, recent: RecentCounts) -> None:
        """Learn every hour before `hour`."""
        if self.hour == NEVER:
            self.hour = hour
        for h in range(max(self.hour, hour - REFIT), hour):
            count = recent.total(0, h * HOUR, (h + 1) * HOUR)
            self.samples.append(count)
            self.since_refit += 1
            if self.since_refit >= REFIT:
                self._refit(0)
            else:
                self.model.learn_one(*self._input(count))
        self.hour = max(self.hour, hour)

    def _refit(self, newer: int) -> None:
        self.model = self.stock.make()
        self.since_refit = 0
        kept = list(self.samples)
        for count in kept[max(0, len(kept) - newer - WINDOW) : len(kept) - newer]:
            self.model.learn_one(*self._input(count))

    def read(self, end: int, recent: RecentCounts) -> Reading:
        """Return the scaled score of the hour that ends before minute `end`."""
        observed = recent.total(0, end - HOUR, end)
        if len(self.samples) < REFIT:
            return NOTHING
        mean = sum(self.samples) / len(self.samples)
        if observed <= mean:
            return Reading(0.0, HOUR, observed, mean)
        score = float(self.model.score_one(*self._input(observed)))
        return Reading(self.watch_score * score / self.stock.threshold, HOUR, observed, mean)

    def state(self) -> list[Any]:
        """Return what was learned."""
        return [self.name, self.hour, self.since_refit, list(self.samples)]

    def restore(self, state: list[Any]) -> None:
        """Take back what `state` gave."""
        _, self.hour, newer, samples = state
        self.samples.extend(samples)
        self._refit(newer)
        for count in samples[len(samples) - newer :]:
            self.model.learn_one(*self._input(count))
        self.since_refit = newer
