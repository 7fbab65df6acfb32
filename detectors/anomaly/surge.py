"""Surge of mentions: counts over several windows against a learned baseline, scored by a negative binomial tail."""

import math
from bisect import bisect_left
from collections.abc import Hashable
from typing import Any

from river.base import AnomalyDetector

from detectors.anomaly.reading import NO_READING, Reading
from detectors.coverage import Coverage
from detectors.minutes import DAY_MINUTES, HOUR_MINUTES, NEVER
from detectors.statistics.baseline import Baseline
from detectors.statistics.counts import RecentCounts, highest_usual, tail_surprisal
from detectors.statistics.local_hours import UTC_HOURS, LocalHours
from detectors.statistics.windows import HOUR_DISPERSION, multiple_testing_penalty, window_dispersion

__all__ = ["Surge"]


class Surge(AnomalyDetector):
    """Score how unlikely the counts of the last minutes and hours are, given what is usual at this hour.

    The score is -log10 of a negative binomial's upper tail, the highest over the spans: one-sided, so that silence is
    no surge, and right for counts of one or two, where a Gaussian is not. An hour enters the baseline with at most its
    mean + 3 standard deviations + 1, and not at all while scores are high, for at most `protection` hours: a surge is
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
        Hours from the first count on which are learned as they are: a feed that starts is no surge.
    memory
        Hours after which an hour weighs 1/e in the rate.
    least
        Fewest counts in a span that are scored at all.
    time
        Name of the feature that holds the minute (whole minutes since the epoch); without it, a minute passes a call.
    count
        Name of the feature that holds the count; without it, every call is one count.
    local_hours
        The clock that the shape of a day follows; default UTC.

    Examples
    --------
    >>> surge = Surge(spans=(15, 60))
    >>> for minute in range(0, 14 * 1440, 10):
    ...     surge.learn_one({"t": minute, "count": 1})
    >>> surge.score_one({"t": 14 * 1440, "count": 1}) < 1
    True
    >>> surge.score_one({"t": 14 * 1440, "count": 40}) > 3.5
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
        local_hours: LocalHours | None = None,
    ) -> None:
        self.local_hours = local_hours
        self.spans = spans
        self.threshold = threshold
        self.protection = protection
        self.learning_hours = learning_hours
        self.memory = memory
        self.least = least
        self.time = time
        self.count = count
        self.baseline = Baseline(memory=memory, local_hours=local_hours or UTC_HOURS)
        self.coverage = Coverage()
        self.dispersions = [window_dispersion(span) for span in spans]
        self._longest_first = [
            (span, dispersion, multiple_testing_penalty(span))
            for span, dispersion in sorted(zip(spans, self.dispersions, strict=True), key=lambda pair: -pair[0])
        ]
        self.recent = RecentCounts(fields=1, horizon=max(*spans, 2 * HOUR_MINUTES) + HOUR_MINUTES)
        self.now = NEVER
        self.first_hour = NEVER
        self.hour = NEVER
        self.elevated = False
        self.protected = 0

    def read_input(self, x: dict[Hashable, Any]) -> tuple[int, int]:
        """Return the minute and the count of an input."""
        minute = int(x.get(self.time, self.now + 1 if self.now != NEVER else 0))
        return max(minute, self.now), max(0, round(x.get(self.count, 1)))

    def learn_one(self, x: dict[Hashable, Any]) -> None:
        """Learn the count of one minute; times that do not rise count for the newest minute."""
        minute, count = self.read_input(x)
        self.assess_silence(minute // HOUR_MINUTES)
        self.close_hours_before(minute // HOUR_MINUTES)
        self.note_minute(minute)
        self.recent.add(minute, (count,))
        self.note_reading(self.read(minute + 1))

    def score_one(self, x: dict[Hashable, Any]) -> float:
        """Return the score as it would be with this count; nothing is learned."""
        minute, count = self.read_input(x)
        return self.read(minute + 1, extra=count).score

    def note_minute(self, minute: int) -> None:
        """Register the newest minute with counts; the owner of `recent` adds these."""
        if self.first_hour == NEVER:
            self.first_hour = self.hour = minute // HOUR_MINUTES
        self.now = minute

    def note_reading(self, reading: Reading) -> None:
        """Mark the current hour as elevated if a score, this detector's or another's, reaches the threshold."""
        if reading.score >= self.threshold:
            self.elevated = True

    def learning(self, hour: int) -> bool:
        """Return whether an hour belongs to the first hours, which are learned and never alert."""
        return hour < self.first_hour + self.learning_hours

    def expected(self, start: int, end: int) -> float:
        """Return the count expected between two minutes."""
        return self.baseline.expected(start, end)

    def hour_spread(self) -> float:
        """Return the dispersion of an hour's count, the uncertainty of its rate included."""
        return self.dispersions[self.spans.index(HOUR_MINUTES)].value + 1.0 / self.baseline.shape

    def read(self, end: int, extra: int = 0, least: int = 0, longest: int = DAY_MINUTES) -> Reading:
        """Return the highest score over the spans up to `longest` that end before `end`, of at least `least` counts."""
        best = NO_READING
        floor = least if least > self.least else self.least
        baseline, minutes, sums = self.baseline, self.recent.minutes, self.recent.sums[0]
        total = sums[bisect_left(minutes, end)] + extra
        for span, dispersion, penalty in self._longest_first:
            observed = total - sums[bisect_left(minutes, end - span)]
            if observed < floor:
                break  # shorter spans hold no more
            if span > longest:
                continue
            expected = baseline.expected(end - span, end)
            if observed <= expected:
                continue
            score = tail_surprisal(observed, expected, dispersion.value + 1.0 / baseline.shape) - penalty
            if score >= best.score:
                best = Reading(score, span, observed, expected)
        return best

    def assess_silence(self, hour: int) -> None:
        """Find the coverage gaps in the silence before an hour with counts; called before its hours are closed."""
        first = self.now // HOUR_MINUTES + 1
        if self.hour == NEVER or hour <= first:
            self.coverage.assess(hour, hour, score=0.0)
            return
        days = (hour - first) / 24
        a_day = self.baseline.expected(first * HOUR_MINUTES, hour * HOUR_MINUTES) / days
        spread = self._longest_first[0][1].value + 1.0 / self.baseline.shape
        # Days vary independently of each other: the chance of no count in each of them, to the power of their number.
        self.coverage.assess(first, hour, score=days * math.log10(1.0 + spread * a_day) / spread)

    def close_hours_before(self, hour: int) -> None:
        """Close and learn every hour before `hour`, long silences in closed form."""
        if self.hour == NEVER:
            return
        while self.hour < hour:
            start = self.hour * HOUR_MINUTES
            if self.skip_gap():
                continue
            if start >= self.now + self.recent.horizon:
                self.skip_silence(hour)
                return
            if start > self.now:
                self.note_reading(self.read(start + HOUR_MINUTES))
            self.close_hour()

    def skip_silence(self, hour: int) -> None:
        """Learn the empty hours before `hour` at once; no recent count lies in any of their windows."""
        while self.hour < hour:
            if not self.skip_gap():
                end = self.coverage.next_gap(self.hour, hour)
                self.baseline.learn_quiet(self.hour, end - self.hour)
                self.hour = end
        self.protected = 0

    def skip_gap(self) -> bool:
        """Leave out the oldest open hours if they are in a coverage gap; return whether they are."""
        end = self.coverage.gap_end(self.hour)
        if end == self.hour:
            return False
        if self.learning(self.hour):
            self.first_hour += end - self.hour
        self.baseline.skip(end)
        self.coverage.resumed = end
        self.elevated = False
        self.hour = end
        return True

    def close_hour(self) -> float:
        """Learn the oldest open hour unless it is protected; return the count learned, -1 if none was."""
        hour, elevated = self.hour, self.elevated
        self.elevated = False
        self.hour += 1
        start, end = hour * HOUR_MINUTES, self.hour * HOUR_MINUTES
        recent, baseline = self.recent, self.baseline
        minutes, sums = recent.minutes, recent.sums[0]
        total = sums[bisect_left(minutes, end)]
        count = float(total - sums[bisect_left(minutes, start)])
        if self.learning(hour):
            baseline.learn(hour, count)
            return count
        if elevated and self.protected < self.protection:
            self.protected += 1
            return -1.0
        if not elevated:
            self.protected = 0
        expected = baseline.expected_hours(self.hour, 1)
        uncertain = 1.0 / baseline.shape
        observed_from = self.coverage.resumed * HOUR_MINUTES
        for span, dispersion, _ in self._longest_first:
            if end - span < observed_from:
                continue  # the feed was away for a part of this window
            if span > HOUR_MINUTES:
                observed = total - sums[bisect_left(minutes, end - span)]
                dispersion.learn_window(observed, self.usual_before(end, span), uncertain)
            elif count:
                usual = expected * span / HOUR_MINUTES
                parts = [recent.total(0, at - span, at) for at in range(start + span, end + 1, span)]
                dispersion.learn([dispersion.capped(part, usual, uncertain) for part in parts], usual)
            else:
                dispersion.learn_empty(HOUR_MINUTES // span, expected * span / HOUR_MINUTES)
        capped = min(count, highest_usual(expected, HOUR_DISPERSION + uncertain)) if count else count
        baseline.learn(hour, capped)
        return capped

    def usual_before(self, end: int, span: int) -> float:
        """Return the count expected in the `span` minutes before the full hour `end`."""
        if span % HOUR_MINUTES or span > DAY_MINUTES:
            return self.baseline.expected(end - span, end)
        return self.baseline.expected_hours(end // HOUR_MINUTES, span // HOUR_MINUTES)

    def state(self) -> dict[str, Any]:
        """Return what was learned as plain numbers, without the recent counts."""
        return {
            "baseline": self.baseline.state(),
            "dispersions": [dispersion.state() for dispersion in self.dispersions],
            "coverage": self.coverage.state(),
            "clock": [self.now, self.first_hour, self.hour, int(self.elevated), self.protected],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned; the caller restores the recent counts."""
        self.baseline.restore(state["baseline"])
        self.coverage.restore(state["coverage"])
        for dispersion, learned in zip(self.dispersions, state["dispersions"], strict=True):
            dispersion.restore(learned)
        self.now, self.first_hour, self.hour, elevated, self.protected = state["clock"]
        self.elevated = bool(elevated)
