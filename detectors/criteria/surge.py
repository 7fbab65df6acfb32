"""Surge of volume: counts over several spans against a learned baseline, by a negative binomial tail."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from river.base import AnomalyDetector

from detectors.statistics.baseline import Baseline
from detectors.statistics.counts import Dispersion, RecentCounts, highest_usual, tail_surprisal

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Reading", "Surge", "highest_usual"]

HOUR = 60
DAY = 1440
NEVER = -(10**9)
# Squared expected counts for which the prior dispersion is believed.
DISPERSION_WEIGHT = 50.0


class Reading(NamedTuple):
    """What one detector saw at one moment: the score, and the counts and the window that lead to it."""

    score: float
    window: int
    observed: int
    expected: float


NOTHING = Reading(0.0, 0, 0, 0.0)


class Surge(AnomalyDetector):
    """Score how unlikely the counts of the last minutes and hours are, given what is usual at this hour.

    The score is -log10 of a negative binomial's upper tail, the highest over the spans: one-sided, so that silence is
    no burst, and right for counts of one or two, where a Gaussian is not. An hour enters the baseline with at most its
    mean + 3 standard deviations + 1, and not at all while scores are high, for at most `protection` hours: a burst is
    not learned, a new normal is.

    Parameters
    ----------
    spans
        Windows in minutes, shortest first: a quarter hour sees a shock, six hours a slow burn.
    threshold
        Score from which on the baseline is protected.
    protection
        Most hours in a row for which the baseline is protected.
    learning_hours
        Hours from the first count on which are learned as they are: a feed that starts is no burst.
    memory
        Hours after which an hour weighs 1/e in the rate.
    least
        Fewest counts in a span that are scored at all.
    time
        Name of the feature that holds the minute (whole minutes since the epoch); without it, a minute passes a call.
    count
        Name of the feature that holds the count; without it, every call is one count.

    Examples
    --------
    >>> burst = Surge(spans=(15, 60))
    >>> for minute in range(0, 14 * 1440, 10):
    ...     burst.learn_one({"t": minute, "count": 1})
    >>> burst.score_one({"t": 14 * 1440, "count": 1}) < 1
    True
    >>> burst.score_one({"t": 14 * 1440, "count": 40}) > 3.5
    True
    """

    SPANS = (15, 60, 360)

    def __init__(
        self,
        *,
        spans: tuple[int, ...] = SPANS,
        threshold: float = 3.5,
        protection: int = 48,
        learning_hours: int = 24,
        memory: float = 168.0,
        least: int = 3,
        time: str = "t",
        count: str = "count",
    ) -> None:
        self.spans = spans
        self.threshold = threshold
        self.protection = protection
        self.learning_hours = learning_hours
        self.memory = memory
        self.least = least
        self.time = time
        self.count = count
        self.baseline = Baseline(memory=memory)
        # A longer window evens out more of what makes counts vary: the prior falls with its length.
        self.dispersions = [
            Dispersion(
                prior=prior_dispersion(span),
                weight=DISPERSION_WEIGHT,
                memory=336.0,
                every=min(1.0, 60 / span),
            )
            for span in spans
        ]
        self._longest_first = [
            (span, dispersion, multiple_testing_penalty(span))
            for span, dispersion in sorted(zip(spans, self.dispersions, strict=True), key=lambda pair: -pair[0])
        ]
        self.recent = RecentCounts(fields=1, horizon=max(*spans, 2 * HOUR) + HOUR)
        self.now = NEVER
        self.first_hour = NEVER
        self.hour = NEVER
        self.hot = False
        self.protected = 0

    # -- river's interface ------------------------------------------------------------------------------------------
    def read_input(self, x: dict[Hashable, Any]) -> tuple[int, int]:
        """Return the minute and the count of an input."""
        minute = int(x.get(self.time, self.now + 1 if self.now != NEVER else 0))
        return max(minute, self.now), max(0, round(x.get(self.count, 1)))

    def learn_one(self, x: dict[Hashable, Any]) -> None:
        """Take in the count of one minute; times that do not rise count for the newest minute."""
        minute, count = self.read_input(x)
        self.roll(minute // HOUR)
        self.add(minute, count)
        self.note(self.read(minute + 1))

    def score_one(self, x: dict[Hashable, Any]) -> float:
        """Return the score as it would be with this count; nothing is learned."""
        minute, count = self.read_input(x)
        return self.read(minute + 1, extra=count).score

    # -- for a composition ------------------------------------------------------------------------------------------
    def add(self, minute: int, count: int) -> None:
        """Count without closing hours or scoring."""
        self.hear(minute)
        self.recent.add(minute, (count,))

    def hear(self, minute: int) -> None:
        """Take note of a minute whose count is added to `recent` by who owns it."""
        if self.first_hour == NEVER:
            self.first_hour = self.hour = minute // HOUR
        self.now = minute

    def note(self, reading: Reading) -> None:
        """Remember that scores are high in this hour."""
        if reading.score >= self.threshold:
            self.hot = True

    def learning(self, hour: int) -> bool:
        """Whether an hour belongs to the first hours, which are learned and never alert."""
        return hour < self.first_hour + self.learning_hours

    def expected(self, start: int, end: int) -> float:
        """Return the count expected between two minutes."""
        return self.baseline.expected(start, end)

    def read(self, end: int, extra: int = 0, least: int = 0, longest: int = 1440) -> Reading:
        """Return the highest score over the spans up to `longest` that end before `end`, of at least `least` counts."""
        best = NOTHING
        floor = least if least > self.least else self.least
        recent, baseline = self.recent, self.baseline
        sums = recent.sums[0]
        upto = sums[recent.before(end)] + extra
        for span, dispersion, looked in self._longest_first:
            observed = upto - sums[recent.before(end - span)]
            if observed < floor:
                break  # shorter spans hold no more
            if span > longest:
                continue
            expected = baseline.expected(end - span, end)
            if observed <= expected:
                continue
            score = tail_surprisal(observed, expected, dispersion.value + 1.0 / baseline.shape) - looked
            if score >= best.score:
                best = Reading(score, span, observed, expected)
        return best

    def roll(self, hour: int) -> None:
        """Close and learn every hour before `hour`, long silences in closed form."""
        if self.hour == NEVER:
            return
        while self.hour < hour:
            start = self.hour * HOUR
            if start >= self.now + self.recent.horizon:
                self.baseline.learn_quiet(self.hour, hour - self.hour)
                self.protected = 0
                self.hour = hour
                return
            if start > self.now:
                self.note(self.read(start + HOUR))
            self.close_hour(self.hot)

    def close_hour(self, high: bool) -> float:
        """Learn the oldest open hour unless it is protected; return the count learned, -1 if none was."""
        hour, self.hot = self.hour, False
        self.hour += 1
        start, end = hour * HOUR, self.hour * HOUR
        recent, baseline = self.recent, self.baseline
        sums = recent.sums[0]
        upto = sums[recent.before(end)]
        count = float(upto - sums[recent.before(start)])
        if self.learning(hour):
            baseline.learn(hour, count)
            return count
        if high and self.protected < self.protection:
            self.protected += 1
            return -1.0
        if not high:
            self.protected = 0
        expected = baseline.expected_hours(self.hour, 1)
        uncertain = 1.0 / baseline.shape
        for span, dispersion, _ in self._longest_first:
            if span > HOUR:
                seen = upto - sums[recent.before(end - span)]
                dispersion.learn_window(seen, self.usual_before(end, span), uncertain)
            elif count:
                usual = expected * span / HOUR
                parts = [recent.total(0, at - span, at) for at in range(start + span, end + 1, span)]
                dispersion.learn([dispersion.capped(part, usual, uncertain) for part in parts], usual)
            else:
                dispersion.learn_empty(HOUR // span, expected * span / HOUR)
        capped = min(count, highest_usual(expected, HOUR_DISPERSION + uncertain)) if count else count
        baseline.learn(hour, capped)
        return capped

    def usual_before(self, end: int, span: int) -> float:
        """Return the count expected in the `span` minutes before the full hour `end`."""
        if span % HOUR or span > DAY:
            return self.baseline.expected(end - span, end)
        return self.baseline.expected_hours(end // HOUR, span // HOUR)

    # -- memory -----------------------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Return what was learned, recent counts left out."""
        return {
            "baseline": self.baseline.state(),
            "dispersions": [d.state() for d in self.dispersions],
            "clock": [self.now, self.first_hour, self.hour, int(self.hot), self.protected],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave; recent counts are added by the caller."""
        self.baseline.restore(state["baseline"])
        for dispersion, kept in zip(self.dispersions, state["dispersions"], strict=True):
            dispersion.restore(kept)
        self.now, self.first_hour, self.hour, hot, self.protected = state["clock"]
        self.hot = bool(hot)


def prior_dispersion(span: int) -> float:
    """Return what to believe of a span's dispersion at first: 0.3 at 15 minutes, less over longer spans.

    Examples
    --------
    >>> [round(prior_dispersion(span), 2) for span in (15, 60, 360, 1440)]
    [0.3, 0.18, 0.09, 0.06]
    """
    return 0.3 * math.pow(15.0 / span, 0.37)


HOUR_DISPERSION = prior_dispersion(HOUR)


def multiple_testing_penalty(span: int) -> float:
    """Return what a short span's score loses because it is looked at more often than an hour, as a power of ten.

    Examples
    --------
    >>> round(multiple_testing_penalty(15), 1), multiple_testing_penalty(360)
    (0.6, 0.0)
    """
    return max(0.0, math.log10(HOUR / span))
