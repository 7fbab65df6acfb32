"""River's stock anomaly detectors as detectors of a surge: to compare with, and to choose in the configuration."""

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from river import anomaly, base

from detectors.anomaly.reading import NO_READING, Reading
from detectors.coverage import Coverage
from detectors.minutes import HOUR_MINUTES, NEVER
from detectors.statistics.counts import RecentCounts

__all__ = ["RIVER_SCORERS", "RiverScorer", "RiverSurge"]

WINDOW_HOURS = 14 * 24
REFIT_HOURS = 24


class RiverScorer(NamedTuple):
    """One of river's detectors.

    Parameters
    ----------
    make
        Makes a new one.
    threshold
        Its usual threshold.
    supervised
        Whether it scores a target instead of features.
    """

    make: Callable[..., Any]
    threshold: float
    supervised: bool


RIVER_SCORERS: dict[str, RiverScorer] = {
    # Without a window of its own: a rolling variance can fall under zero, and the score fails on its root.
    "gaussian": RiverScorer(
        partial(anomaly.GaussianScorer, window_size=None, grace_period=REFIT_HOURS), 0.9999, supervised=True
    ),
    "half_space_trees": RiverScorer(
        partial(anomaly.HalfSpaceTrees, n_trees=10, height=8, window_size=48, limits={"count": (0.0, 10.0)}, seed=1),
        0.9,
        supervised=False,
    ),
}
"""River's detectors by their names in `detectors.settings.SURGE_DETECTORS`."""


class RiverSurge:
    """Score the last hour's count with one of river's detectors, learned once an hour.

    A score is scaled so that the detector's usual threshold becomes `watch_score`; a count at or under the mean of the
    last two weeks is no surge (river's scorers call a drop in mentions an anomaly). Silences are learned as at most a
    day of zeros. The detector is fitted again to the last 336 hours once a day, so that it can be restored from plain
    numbers.

    Parameters
    ----------
    name
        A key of `RIVER_SCORERS`.
    watch_score
        What its usual threshold is scaled to.

    Examples
    --------
    >>> from detectors.statistics.counts import RecentCounts
    >>> from detectors.coverage import Coverage
    >>> surge, recent = RiverSurge("gaussian", watch_score=4.0), RecentCounts(1, 1500)
    >>> for hour in range(200):
    ...     surge.close_hours_before(hour, recent, Coverage())
    ...     recent.add(hour * 60 + 59, [hour % 3 + 1])
    >>> surge.read(200 * 60, recent).score < 4.0
    True
    >>> recent.add(200 * 60, [30])
    >>> surge.read(200 * 60 + 1, recent).score > 4.0
    True
    """

    def __init__(self, name: str, watch_score: float) -> None:
        self.name = name
        self.watch_score = watch_score
        self.scorer = RIVER_SCORERS[name]
        self.samples: deque[int] = deque(maxlen=WINDOW_HOURS + REFIT_HOURS)
        self.since_refit = 0
        self.hour = NEVER
        self.model: base.AnomalyDetector = self.scorer.make()

    def _input(self, count: int) -> tuple[Any, ...]:
        # Scorers of a target get the count itself; trees need a bounded feature.
        return (None, float(count)) if self.scorer.supervised else ({"count": math.log1p(count)},)

    def close_hours_before(self, hour: int, recent: RecentCounts, coverage: Coverage) -> None:
        """Learn every hour before `hour` that is in no coverage gap."""
        if self.hour == NEVER:
            self.hour = hour
        for closed in range(max(self.hour, hour - REFIT_HOURS), hour):
            if coverage.gap_end(closed) > closed:
                continue
            count = recent.total(0, closed * HOUR_MINUTES, (closed + 1) * HOUR_MINUTES)
            self.samples.append(count)
            self.since_refit += 1
            if self.since_refit >= REFIT_HOURS:
                self._refit(0)
            else:
                self.model.learn_one(*self._input(count))
        self.hour = max(self.hour, hour)

    def _refit(self, newer: int) -> None:
        """Fit a new model to the window of samples that ends before the `newer` last ones."""
        self.model = self.scorer.make()
        self.since_refit = 0
        samples = list(self.samples)
        end = len(samples) - newer
        for count in samples[max(0, end - WINDOW_HOURS) : end]:
            self.model.learn_one(*self._input(count))

    def read(self, end: int, recent: RecentCounts) -> Reading:
        """Return the scaled score of the hour that ends before minute `end`."""
        observed = recent.total(0, end - HOUR_MINUTES, end)
        if len(self.samples) < REFIT_HOURS:
            return NO_READING
        mean = sum(self.samples) / len(self.samples)
        if observed <= mean:
            return Reading(0.0, HOUR_MINUTES, observed, mean)
        score = float(self.model.score_one(*self._input(observed)))
        return Reading(self.watch_score * score / self.scorer.threshold, HOUR_MINUTES, observed, mean)

    def state(self) -> list[Any]:
        """Return what was learned as plain numbers."""
        return [self.name, self.hour, self.since_refit, list(self.samples)]

    def restore(self, state: list[Any]) -> None:
        """Restore what `state` returned."""
        _, self.hour, newer, samples = state
        self.samples.extend(samples)
        self._refit(newer)
        for count in samples[len(samples) - newer :]:
            self.model.learn_one(*self._input(count))
        self.since_refit = newer
