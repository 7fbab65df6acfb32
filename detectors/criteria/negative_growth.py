"""Negative growth: distinct people turn negative beyond what is usual for the brand at this hour."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from river.base import AnomalyDetector
from scipy.special import betainc

from detectors.criteria.surge import (
    DISPERSION_WEIGHT,
    HOUR,
    NEVER,
    NOTHING,
    Reading,
    Surge,
    multiple_testing_penalty,
    prior_dispersion,
)
from detectors.statistics.counts import Dispersion, RecentCounts, tail_surprisal

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["NegativeGrowth", "tone_shift_surprisal"]

# Score from which a span is a surge of its own, whose tone its shorter spans share unless they differ this surely.
SURGING = 1.0
TURNED = 3.5


class _PositiveSurge(NamedTuple):
    """A span with more voices than usual, too few of them negative: voices, negative ones, usual voices, dispersion."""

    voices: int
    negatives: int
    usual: float
    spread: float

    @property
    def surges(self) -> bool:
        return tail_surprisal(self.voices, self.usual, self.spread) >= SURGING


class NegativeGrowth(AnomalyDetector):
    """Score how unlikely the number of negative voices is, where the excess of voices is negative too.

    What is expected is the volume's baseline times the brand's usual share of negatives. A surge carries negatives
    along with it, so a span counts only where at least `excess_share` of the voices beyond the expected ones are
    negative, and where a longer span around it is a surge of joy, only where its tone differs from that surge's beyond
    chance: without the gate surges of joy page as crises.

    Parameters
    ----------
    volume
        The burst detector of all voices, taught along with this one.
    spans
        Windows in minutes.
    excess_share
        Least share of negatives in the excess, 0 to 1.
    share_memory
        Hours after which an hour weighs 1/e in the usual share.
    share_prior, share_weight
        The share to believe at first, and for how many voices.
    negatives
        Name of the feature that holds the number of negative voices.

    Examples
    --------
    >>> growth = NegativeGrowth()
    >>> for minute in range(0, 14 * 1440, 20):
    ...     growth.learn_one({"t": minute, "count": 1, "negatives": int(minute % 100 == 0)})
    >>> joy = {"t": 14 * 1440, "count": 40, "negatives": 6}
    >>> anger = {"t": 14 * 1440, "count": 40, "negatives": 30}
    >>> growth.volume.score_one(joy) > 3.5, growth.score_one(joy), growth.score_one(anger) > 3.5
    (True, 0.0, True)
    """

    SPANS = (60, 360, 1440)

    def __init__(
        self,
        *,
        volume: Surge | None = None,
        spans: tuple[int, ...] = SPANS,
        excess_share: float = 0.4,
        share_memory: float = 336.0,
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
        self.dispersions = [
            Dispersion(prior=prior_dispersion(span), weight=DISPERSION_WEIGHT, memory=336.0, every=min(1.0, 60 / span))
            for span in spans
        ]
        self._longest_first = [
            (span, dispersion, multiple_testing_penalty(span))
            for span, dispersion in zip(reversed(spans), reversed(self.dispersions), strict=True)
        ]
        self.count_in(RecentCounts(fields=2, horizon=max(*spans, *self.volume.spans, 2 * HOUR) + HOUR))
        self._decay = math.exp(-1.0 / share_memory)
        self.negative_voices = 0.0
        self.all_voices = 0.0

    @property
    def share(self) -> float:
        """Usual share of negatives."""
        return (self.share_prior * self.share_weight + self.negative_voices) / (self.share_weight + self.all_voices)

    # -- river's interface ------------------------------------------------------------------------------------------
    def _read_input(self, x: dict[Hashable, Any]) -> tuple[int, int, int]:
        minute, count = self.volume.read_input(x)
        return minute, count, min(count, max(0, round(x.get(self.negatives, 0))))

    def learn_one(self, x: dict[Hashable, Any]) -> None:
        """Take in one minute's voices and negative voices."""
        minute, count, negatives = self._read_input(x)
        self.roll(minute // HOUR)
        self.add(minute, count, negatives)
        self.volume.note(self.volume.read(minute + 1))
        self.volume.note(self.read(minute + 1))

    def score_one(self, x: dict[Hashable, Any]) -> float:
        """Return the score as it would be with this minute; nothing is learned."""
        minute, count, negatives = self._read_input(x)
        return self.read(minute + 1, extra=(count, negatives)).score

    # -- for a composition ------------------------------------------------------------------------------------------
    def count_in(self, recent: RecentCounts) -> None:
        """Read counts, the volume's too, in a store: voices in its first field, negative ones in its second.

        Who fills the store calls `volume.hear` for each minute in the place of `add`.
        """
        self.recent = self.volume.recent = recent

    def add(self, minute: int, count: int, negatives: int) -> None:
        """Count without closing hours or scoring."""
        self.volume.hear(minute)
        self.recent.add(minute, (count, negatives))

    def read(self, end: int, extra: tuple[int, int] = (0, 0), least: int = 0, longest: int = 1440) -> Reading:
        """Return the highest score over the spans up to `longest` that pass the gate, of at least `least` negatives."""
        best = NOTHING
        volume, recent = self.volume, self.recent
        floor = least if least > volume.least else volume.least
        count_sums, negative_sums = recent.sums[0], recent.sums[1]
        last = recent.before(end)
        share = uncertain = 0.0
        louder: list[_PositiveSurge] = []
        # Longest first: a short span inside a surge of joy must differ from it beyond chance.
        for span, dispersion, looked in self._longest_first:
            first = recent.before(end - span)
            negatives = negative_sums[last] - negative_sums[first] + extra[1]
            if negatives < volume.least:
                break  # shorter spans hold no more
            count = count_sums[last] - count_sums[first] + extra[0]
            if not share:
                share = self.share
                uncertain = 1.0 / volume.baseline.shape + (1.0 - share) / (
                    share * (self.share_weight + self.all_voices)
                )
            usual = volume.baseline.expected(end - span, end)
            expected = usual * share
            spread = dispersion.value + uncertain
            if negatives - expected < self.excess_share * (count - usual):
                if count > usual:
                    louder.append(_PositiveSurge(count, negatives, usual, spread))
                continue
            if negatives < floor or negatives <= expected or span > longest:
                continue
            joy = next((around for around in reversed(louder) if around.surges), None)
            if joy is not None and tone_shift_surprisal(negatives, count, (joy.voices, joy.negatives), share) < TURNED:
                continue
            score = tail_surprisal(negatives, expected, spread) - looked
            if score > best.score:
                best = Reading(score, span, negatives, expected)
        return best

    def roll(self, hour: int) -> None:
        """Close and learn every hour before `hour`, long silences in closed form."""
        volume = self.volume
        if volume.hour == NEVER:
            return
        while volume.hour < hour:
            start = volume.hour * HOUR
            if start >= volume.now + self.recent.horizon:
                fade = self._decay ** (hour - volume.hour)
                self.negative_voices *= fade
                self.all_voices *= fade
                volume.roll(hour)
                return
            if start > volume.now:
                volume.note(volume.read(start + HOUR))
                volume.note(self.read(start + HOUR))
            self._close_hour()

    def _close_hour(self) -> None:
        volume, recent = self.volume, self.recent
        hour = volume.hour
        start, end = hour * HOUR, (hour + 1) * HOUR
        learning = volume.learning(hour)
        share = self.share
        usual_of = [] if learning else [volume.usual_before(end, span) for span, _, _ in self._longest_first]
        learned = volume.close_hour(volume.hot)
        self.negative_voices *= self._decay
        self.all_voices *= self._decay
        if learned < 0:
            return
        sums = recent.sums[1]
        upto = sums[recent.before(end)]
        if learned:
            # A capped hour weighs no more in the share than in the rate.
            self.all_voices += learned
            self.negative_voices += (upto - sums[recent.before(start)]) * learned / recent.total(0, start, end)
        if learning:
            return
        uncertain = 1.0 / volume.baseline.shape
        for (span, dispersion, _), usual in zip(self._longest_first, usual_of, strict=True):
            dispersion.learn_window(upto - sums[recent.before(end - span)], usual * share, uncertain)

    # -- memory -----------------------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Return what was learned, recent counts left out."""
        return {
            "volume": self.volume.state(),
            "dispersions": [d.state() for d in self.dispersions],
            "share": [self.negative_voices, self.all_voices],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave; recent counts are added by the caller."""
        self.volume.restore(state["volume"])
        for dispersion, kept in zip(self.dispersions, state["dispersions"], strict=True):
            dispersion.restore(kept)
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
        The brand's usual share of negatives, believed like ten voices.

    Examples
    --------
    >>> tone_shift_surprisal(5, 7, (128, 24), 0.12) < 3.5 < tone_shift_surprisal(20, 25, (150, 30), 0.12)
    True
    """
    others, others_negative = around[0] - count, around[1] - negatives
    tone = (10.0 * share + others_negative) / (10.0 + others)
    return -math.log10(max(1e-300, float(betainc(negatives, count - negatives + 1, tone))))
