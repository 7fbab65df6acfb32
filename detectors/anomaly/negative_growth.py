"""Negative growth: more distinct people are negative than is usual for the brand at this hour."""

import math
from bisect import bisect_left
from collections.abc import Hashable
from typing import Any, NamedTuple

from river.base import AnomalyDetector
from scipy.special import betainc

from detectors.anomaly.reading import NO_READING, Reading
from detectors.anomaly.surge import Surge
from detectors.minutes import DAY_MINUTES, HOUR_MINUTES, NEVER
from detectors.statistics.counts import RecentCounts, tail_surprisal
from detectors.statistics.windows import multiple_testing_penalty, window_dispersion

__all__ = ["NegativeGrowth", "tone_shift_surprisal"]

# Score from which a long span is a surge of its own.
SURGE_SCORE = 1.0
# A span inside a positive surge scores only where its tone differs from that surge's this surely.
TONE_SHIFT_SCORE = 3.5


class _PositiveSurge(NamedTuple):
    """A span with more voices than usual, too few of them negative: voices, negative ones, usual voices, dispersion."""

    voices: int
    negatives: int
    usual: float
    spread: float

    @property
    def significant(self) -> bool:
        return tail_surprisal(self.voices, self.usual, self.spread) >= SURGE_SCORE


class NegativeGrowth(AnomalyDetector):
    """Score how unlikely the number of negative voices is, where the excess of voices is negative too.

    What is expected is the volume's baseline times the brand's usual share of negatives. A surge carries negatives
    along with it, so a span counts only where at least `excess_share` of the voices beyond the expected ones are
    negative, and where a longer span around it is a positive surge, only where its tone differs from that surge's
    beyond chance: without the gate positive surges page as crises.

    Parameters
    ----------
    volume
        The surge detector of all voices; this one teaches it and closes its hours.
    spans
        Windows in minutes.
    excess_share
        Least share of negatives in the excess, 0 to 1.
    share_memory
        Hours after which an hour weighs 1/e in the usual share; default the volume's memory: then positive voices raise
        the rate by as much as they lower the share, and joy does not raise what is expected of complaints.
    share_prior, share_weight
        The share assumed at first, and how many voices it weighs.
    negatives
        Name of the feature that holds the number of negative voices.

    Examples
    --------
    >>> growth = NegativeGrowth()
    >>> for minute in range(0, 14 * 1440, 20):
    ...     growth.learn_one({"t": minute, "count": 1, "negatives": int(minute % 100 == 0)})
    >>> praise = {"t": 14 * 1440, "count": 40, "negatives": 6}
    >>> anger = {"t": 14 * 1440, "count": 40, "negatives": 30}
    >>> growth.volume.score_one(praise) > 3.5, growth.score_one(praise), growth.score_one(anger) > 3.5
    (True, 0.0, True)
    """

    SPANS = (60, 360, 1440)

    def __init__(
        self,
        *,
        volume: Surge | None = None,
        spans: tuple[int, ...] = SPANS,
        excess_share: float = 0.4,
        share_memory: float | None = None,
        share_prior: float = 0.2,
        share_weight: float = 10.0,
        negatives: str = "negatives",
    ) -> None:
        self.volume = Surge() if volume is None else volume
        self.spans = spans
        self.excess_share = excess_share
        self.share_memory = share_memory
        self.share_prior = share_prior
        self.share_weight = share_weight
        self.negatives = negatives
        self.dispersions = [window_dispersion(span) for span in spans]
        self._longest_first = [
            (span, dispersion, multiple_testing_penalty(span))
            for span, dispersion in zip(reversed(spans), reversed(self.dispersions), strict=True)
        ]
        horizon = max(*spans, *self.volume.spans, 2 * HOUR_MINUTES) + HOUR_MINUTES
        self.read_counts_from(RecentCounts(fields=2, horizon=horizon))
        self._decay = math.exp(-1.0 / (share_memory or self.volume.memory))
        self.negative_voices = 0.0
        self.all_voices = 0.0

    @property
    def share(self) -> float:
        """Usual share of negatives."""
        return (self.share_prior * self.share_weight + self.negative_voices) / (self.share_weight + self.all_voices)

    def _read_input(self, x: dict[Hashable, Any]) -> tuple[int, int, int]:
        minute, count = self.volume.read_input(x)
        return minute, count, min(count, max(0, round(x.get(self.negatives, 0))))

    def learn_one(self, x: dict[Hashable, Any]) -> None:
        """Learn one minute's voices and negative voices."""
        minute, count, negatives = self._read_input(x)
        self.volume.assess_silence(minute // HOUR_MINUTES)
        self.start_minute(minute)
        self.recent.add(minute, (count, negatives))
        self.volume.note_reading(self.volume.read(minute + 1))
        self.volume.note_reading(self.read(minute + 1))

    def score_one(self, x: dict[Hashable, Any]) -> float:
        """Return the score as it would be with this minute; nothing is learned."""
        minute, count, negatives = self._read_input(x)
        return self.read(minute + 1, extra=(count, negatives)).score

    def read_counts_from(self, recent: RecentCounts) -> None:
        """Read counts, the volume's too, from a store: voices in its first field, negative ones in its second.

        Its owner calls `start_minute` before adding the counts of a minute to it.
        """
        self.recent = self.volume.recent = recent

    def start_minute(self, minute: int) -> None:
        """Close the hours before a minute, and register it with the volume."""
        if minute // HOUR_MINUTES != self.volume.hour:
            self.close_hours_before(minute // HOUR_MINUTES)
        self.volume.note_minute(minute)

    def hour_spread(self) -> float:
        """Return the dispersion of an hour's negatives, the uncertainty of its rate included."""
        return self.dispersions[self.spans.index(HOUR_MINUTES)].value + 1.0 / self.volume.baseline.shape

    def read(self, end: int, extra: tuple[int, int] = (0, 0), least: int = 0, longest: int = DAY_MINUTES) -> Reading:
        """Return the highest score over the spans up to `longest` that pass the gate, of at least `least` negatives."""
        best = NO_READING
        volume, minutes = self.volume, self.recent.minutes
        floor = least if least > volume.least else volume.least
        count_sums, negative_sums = self.recent.sums[0], self.recent.sums[1]
        last = bisect_left(minutes, end)
        share = uncertain = 0.0
        around: list[_PositiveSurge] = []
        # Longest first: a short span inside a positive surge must differ from it beyond chance.
        for span, dispersion, penalty in self._longest_first:
            first = bisect_left(minutes, end - span)
            negatives = negative_sums[last] - negative_sums[first] + extra[1]
            if negatives < volume.least:
                break  # shorter spans hold no more
            count = count_sums[last] - count_sums[first] + extra[0]
            if not share:
                share = self.share
                uncertain = self._uncertainty(share)
            usual = volume.baseline.expected(end - span, end)
            expected = usual * share
            spread = dispersion.value + uncertain
            if negatives - expected < self.excess_share * (count - usual):
                if count > usual:
                    around.append(_PositiveSurge(count, negatives, usual, spread))
                continue
            if negatives < floor or negatives <= expected or span > longest:
                continue
            if around and self._shares_tone(negatives, count, around, share):
                continue
            score = tail_surprisal(negatives, expected, spread) - penalty
            if score > best.score:
                best = Reading(score, span, negatives, expected)
        return best

    def _uncertainty(self, share: float) -> float:
        """Return the squared relative uncertainty of the expected negatives: that of the rate and of the share."""
        return 1.0 / self.volume.baseline.shape + (1.0 - share) / (share * (self.share_weight + self.all_voices))

    def _shares_tone(self, negatives: int, count: int, around: list[_PositiveSurge], share: float) -> bool:
        """Return whether the shortest significant surge around a span explains the span's negatives."""
        surge = next((surge for surge in reversed(around) if surge.significant), None)
        return surge is not None and (
            tone_shift_surprisal(negatives, count, (surge.voices, surge.negatives), share) < TONE_SHIFT_SCORE
        )

    def close_hours_before(self, hour: int) -> None:
        """Close and learn every hour before `hour`, the volume's too, long silences in closed form."""
        volume = self.volume
        if volume.hour == NEVER:
            return
        while volume.hour < hour:
            start = volume.hour * HOUR_MINUTES
            if volume.skip_gap():
                continue
            if start >= volume.now + self.recent.horizon:
                fade = self._decay ** (hour - volume.hour - volume.coverage.gap_hours(volume.hour, hour))
                self.negative_voices *= fade
                self.all_voices *= fade
                volume.skip_silence(hour)
                return
            if start > volume.now:
                volume.note_reading(volume.read(start + HOUR_MINUTES))
                volume.note_reading(self.read(start + HOUR_MINUTES))
            self._close_hour()

    def _close_hour(self) -> None:
        volume, recent = self.volume, self.recent
        hour = volume.hour
        start, end = hour * HOUR_MINUTES, (hour + 1) * HOUR_MINUTES
        learning = volume.learning(hour)
        share = self.share
        usual_of = [] if learning else [volume.usual_before(end, span) for span, _, _ in self._longest_first]
        learned = volume.close_hour()
        self.negative_voices *= self._decay
        self.all_voices *= self._decay
        if learned < 0:
            return
        minutes, sums = recent.minutes, recent.sums[1]
        total = sums[bisect_left(minutes, end)]
        if learned:
            # A capped hour weighs no more in the share than in the rate.
            self.all_voices += learned
            self.negative_voices += (total - sums[bisect_left(minutes, start)]) * learned / recent.total(0, start, end)
        if learning:
            return
        uncertain = 1.0 / volume.baseline.shape
        observed_from = volume.coverage.resumed * HOUR_MINUTES
        for (span, dispersion, _), usual in zip(self._longest_first, usual_of, strict=True):
            if end - span < observed_from:
                continue  # the feed was away for a part of this window
            dispersion.learn_window(total - sums[bisect_left(minutes, end - span)], usual * share, uncertain)

    def state(self) -> dict[str, Any]:
        """Return what was learned as plain numbers, without the recent counts and the volume's state."""
        return {
            "dispersions": [dispersion.state() for dispersion in self.dispersions],
            "share": [self.negative_voices, self.all_voices],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned; the caller restores the recent counts and the volume."""
        for dispersion, learned in zip(self.dispersions, state["dispersions"], strict=True):
            dispersion.restore(learned)
        self.negative_voices, self.all_voices = state["share"]


def tone_shift_surprisal(negatives: int, count: int, around: tuple[int, int], share: float) -> float:
    """Return -log10 of the chance that a part of a surge has so many negatives by the tone of the rest of it.

    Parameters
    ----------
    negatives, count
        Negative voices and voices of the part.
    around
        Voices and negative voices of the whole surge.
    share
        The brand's usual share of negatives, which weighs as much as ten voices.

    Examples
    --------
    >>> tone_shift_surprisal(5, 7, (128, 24), 0.12) < 3.5 < tone_shift_surprisal(20, 25, (150, 30), 0.12)
    True
    """
    others, others_negative = around[0] - count, around[1] - negatives
    tone = (10.0 * share + others_negative) / (10.0 + others)
    return -math.log10(max(1e-300, float(betainc(negatives, count - negatives + 1, tone))))
