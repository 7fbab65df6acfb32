"""Criterion: coordination, a flood of copies of the same texts, which is a campaign and not a crowd."""

import math

from detectors.coverage import Coverage
from detectors.criteria.criterion import Holding
from detectors.criteria.readings import Signal
from detectors.fresh_voices import COPIES, VOICES
from detectors.minutes import HOUR_MINUTES, NEVER
from detectors.observation import Observation
from detectors.severity import COORDINATED, Severity
from detectors.statistics.counts import RecentCounts, tail_surprisal

__all__ = ["Coordination"]

WINDOW_MINUTES = 6 * HOUR_MINUTES
# Dispersion of copies about the brand's own share of them.
_DISPERSION = 0.3


class Coordination:
    """Detect a coordinated flood by its share of copies, beyond this brand's own share, and hold for hours after it.

    While it holds, no incident is severer than watch.

    Parameters
    ----------
    recent
        Recent counts of the brand.
    least
        Fewest copies in six hours.
    share
        Least share of copies among the voices of six hours.
    hours
        Hours after a flood for which it holds.
    memory
        Hours after which an hour weighs 1/e in the brand's own share of copies.
    score
        -log10 of the chance that the brand's own share gives as many.
    coverage
        Knows the coverage gaps, in which nothing is forgotten.

    Examples
    --------
    >>> recent = RecentCounts(fields=4, horizon=1500)
    >>> coordination = Coordination(recent, hours=24)
    >>> recent.add(100, (10, 10, 30, 40))
    >>> coordination.holds(101).ceiling, coordination.until
    (<Severity.WATCH: 1>, 1541)
    """

    name = COORDINATED
    windows: tuple[tuple[int, int], ...] = ()

    PRIOR_COPIES, PRIOR_FRESH, PRIOR_VOICES = 0.5, 22.5, 25.0

    def __init__(
        self,
        recent: RecentCounts,
        *,
        least: int = 4,
        share: float = 0.1,
        hours: int = 24,
        memory: float = 336.0,
        score: float = 3.0,
        coverage: Coverage | None = None,
    ) -> None:
        self.recent = recent
        self.least = least
        self.share = share
        self.hours = hours
        self.memory = memory
        self.score = score
        self.coverage = Coverage() if coverage is None else coverage
        self.copies = 0.0
        self.fresh = 0.0
        self.voices = 0.0
        self.hour = NEVER
        self.until = NEVER

    @property
    def usual(self) -> float:
        """Share of copies usual for this brand."""
        return (self.PRIOR_COPIES + self.copies) / (self.PRIOR_VOICES + self.voices)

    @property
    def usual_fresh(self) -> float:
        """Share of fresh voices usual for this brand."""
        return (self.PRIOR_FRESH + self.fresh) / (self.PRIOR_VOICES + self.voices)

    def learn(self, observation: Observation, *, calm: bool) -> None:
        """Close the last hour with mentions; it is usual unless it was flooded or there is an incident."""
        hour = observation.minute // HOUR_MINUTES
        if hour == self.hour:
            return
        if self.hour != NEVER:
            start = self.hour * HOUR_MINUTES
            if start >= self.until and calm:
                fresh, _, copies, voices = self.recent.totals(start, start + HOUR_MINUTES)
                self.learn_hour(copies, fresh, voices, hour - self.hour - self.coverage.gap_hours(self.hour, hour))
        self.hour = hour

    def learn_hour(self, copies: float, fresh: float, voices: float, hours: float) -> None:
        """Learn one hour's counts, `hours` hours after the last one."""
        fade = math.exp(-hours / self.memory)
        self.copies = self.copies * fade + copies
        self.fresh = self.fresh * fade + fresh
        self.voices = self.voices * fade + voices

    def holds(self, end: int) -> Holding | None:
        """Return the ceiling that a flood sets: watch. It asks for no severity itself."""
        start = end - WINDOW_MINUTES
        copies = self.recent.total(COPIES, start, end)
        if copies >= self.least and self.flooded(copies, self.recent.total(VOICES, start, end)):
            self.until = end + self.hours * HOUR_MINUTES
        return _FLOODED if end < self.until else None

    def flooded(self, copies: int, voices: int) -> bool:
        """Return whether a window's copies are a flood."""
        if copies < self.least or copies < self.share * voices:
            return False
        return tail_surprisal(copies, self.usual * voices, _DISPERSION) >= self.score

    def crowded(self, fresh: int, voices: int, share: float) -> bool:
        """Return whether a window's voices are a crowd: at least `share` times as fresh as this brand's usually are."""
        return fresh >= share * self.usual_fresh * voices

    def elevated(self, end: int) -> bool:
        """Return False: a flood alone keeps no incident open."""
        return False

    def signal(self, end: int) -> Signal:
        """Return whether a flood was seen in the last hours."""
        return Signal(end < self.until)

    def state(self) -> list[float]:
        """Return what was learned as plain numbers."""
        return [self.copies, self.fresh, self.voices, self.hour, self.until]

    def restore(self, state: list[float]) -> None:
        """Restore what `state` returned."""
        self.copies, self.fresh, self.voices = state[:3]
        self.hour, self.until = map(int, state[3:])


_FLOODED = Holding(Severity.CALM, ceiling=Severity.WATCH)
