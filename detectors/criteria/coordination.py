"""Criterion: coordination, a flood of copies of the same texts, which is a campaign and not a crowd."""

import math

from detectors.anomaly.reading import Reading
from detectors.copied_texts import Verdict
from detectors.coverage import Coverage
from detectors.criteria.criterion import Holding
from detectors.criteria.partial_copies import WINDOW_MINUTES, PartialCopies
from detectors.criteria.readings import Signal
from detectors.fresh_voices import COPIES, PARTIAL, VOICES, FreshCounts
from detectors.minutes import HOUR_MINUTES, NEVER
from detectors.observation import Observation
from detectors.severity import COORDINATED, Severity
from detectors.statistics.counts import RecentCounts, tail_surprisal

__all__ = ["Coordination"]

# Dispersion of copies about the brand's own share of them.
_DISPERSION = 0.3


class Coordination:
    """Detect a coordinated flood by its copies: many, a share of the voices, and more than this brand's own share.

    It asks for a watch and holds nothing down: copies are no voices, so what is severer is carried by the others alone.

    Parameters
    ----------
    recent
        Recent counts of the brand.
    least
        Fewest copies in six hours.
    share
        Least share of copies among the voices of six hours.
    memory
        Hours after which an hour weighs 1/e in the brand's own share of copies.
    score
        -log10 of the chance that the brand's own share gives as many.
    coverage
        Knows the coverage gaps, in which nothing is forgotten.

    Examples
    --------
    >>> recent = RecentCounts(fields=7, horizon=1500)
    >>> coordination = Coordination(recent)
    >>> recent.add(100, (10, 10, 30, 40, 0, 0, 0))
    >>> holding = coordination.holds(101)
    >>> holding.severity, holding.reading.observed
    (<Severity.WATCH: 1>, 30)
    """

    name = COORDINATED
    windows: tuple[tuple[int, int], ...] = ((COPIES, WINDOW_MINUTES),)

    PRIOR_COPIES, PRIOR_FRESH, PRIOR_VOICES = 0.5, 22.5, 25.0

    def __init__(
        self,
        recent: RecentCounts,
        *,
        least: int = 8,
        share: float = 0.1,
        memory: float = 336.0,
        score: float = 3.0,
        coverage: Coverage | None = None,
    ) -> None:
        self.recent = recent
        self.least = least
        self.share = share
        self.memory = memory
        self.score = score
        self.coverage = Coverage() if coverage is None else coverage
        self.copies = 0.0
        self.fresh = 0.0
        self.voices = 0.0
        self.partial = PartialCopies(recent)
        self.hour = NEVER
        self.until = NEVER

    @property
    def usual(self) -> float:
        """Share of copies usual for this brand."""
        return (self.PRIOR_COPIES + self.copies) / (self.PRIOR_VOICES + self.voices)

    @property
    def usual_fresh(self) -> float:
        """Share of fresh voices among those of their own usual for this brand."""
        return (self.PRIOR_FRESH + self.fresh) / (self.PRIOR_VOICES + self.voices - self.copies)

    @property
    def known(self) -> float:
        """How well the brand's voices are known, 0 to 1: the weight of what was learned beside what is assumed."""
        return self.voices / (self.PRIOR_VOICES + self.voices)

    def learn(self, observation: Observation, *, calm: bool) -> None:
        """Close the last hour with mentions; it is usual unless it was flooded or there is an incident."""
        hour = observation.minute // HOUR_MINUTES
        if hour == self.hour:
            return
        if self.hour != NEVER:
            start = self.hour * HOUR_MINUTES
            if start >= self.until and calm:
                counts = FreshCounts(*self.recent.totals(start, start + HOUR_MINUTES))
                self.learn_hour(counts, hour - self.hour - self.coverage.gap_hours(self.hour, hour))
        self.hour = hour

    def learn_hour(self, counts: FreshCounts, hours: float) -> None:
        """Learn one hour's counts, `hours` hours after the last one."""
        fade = math.exp(-hours / self.memory)
        self.copies = self.copies * fade + counts.copies
        self.fresh = self.fresh * fade + counts.fresh
        self.voices = self.voices * fade + counts.voices
        self.partial.learn_hour(counts, fade)

    def verdict(self, end: int) -> Verdict:
        """Return what partial copies are taken for before a minute."""
        return self.partial.verdict(end, self.usual)

    def copies_between(self, start: int, end: int) -> int:
        """Return the copies of the minutes from `start` to before `end`, partial ones where they are copies too."""
        copies = self.recent.total(COPIES, start, end)
        partial = self.recent.total(PARTIAL, start, end)
        return copies + partial if partial and self.verdict(end) is Verdict.COPIES else copies

    def holds(self, end: int) -> Holding | None:
        """Return what a flood asks for: watch."""
        copies, partial, voices = self.recent.sum_fields((COPIES, PARTIAL, VOICES), end - WINDOW_MINUTES, end)
        # Most minutes have few copies of any kind.
        if copies + partial < self.least:
            return None
        if partial and self.verdict(end) is Verdict.COPIES:
            copies += partial
        reading = self.flooded(copies, voices)
        if reading is None:
            return None
        self.until = end
        return Holding(Severity.WATCH, reading)

    def flooded(self, copies: int, voices: int) -> Reading | None:
        """Return the reading of a window whose copies are a flood; None where they are none."""
        if copies < self.least or copies < self.share * voices:
            return None
        expected = self.usual * voices
        score = tail_surprisal(copies, expected, _DISPERSION)
        return Reading(score, WINDOW_MINUTES, copies, expected) if score >= self.score else None

    def crowded(self, counts: FreshCounts, share: float) -> bool:
        """Return whether a window's own voices are a crowd: as fresh as `share` times this brand's usually are."""
        own = counts.voices - counts.copies - counts.hidden
        return counts.fresh >= share * self.usual_fresh * own

    def elevated(self, end: int) -> bool:
        """Return whether it holds."""
        return end <= self.until

    def signal(self, end: int) -> Signal:
        """Return whether it holds."""
        return Signal(end <= self.until)

    def state(self) -> list[float]:
        """Return what was learned as plain numbers."""
        return [self.copies, self.fresh, self.voices, *self.partial.state(), self.hour, self.until]

    def restore(self, state: list[float]) -> None:
        """Restore what `state` returned."""
        self.copies, self.fresh, self.voices = state[:3]
        self.partial.restore(state[3:5])
        self.hour, self.until = map(int, state[5:])
