"""Criterion: negative growth, more distinct people are negative than is usual for the brand at this hour."""

from typing import Any

from detectors.anomaly.negative_growth import NegativeGrowth
from detectors.criteria.criterion import Holding
from detectors.criteria.readings import Signal
from detectors.criteria.surge import RELEASE
from detectors.fresh_voices import NEGATIVE
from detectors.minutes import HOUR_MINUTES, NEVER
from detectors.observation import Observation
from detectors.settings import DetectorSettings
from detectors.severity import NEGATIVE_GROWTH, Severity
from detectors.statistics.counts import highest_usual

__all__ = ["NegativeGrowthCriterion"]

# A window of a whole day would keep an incident open long after its last mention.
_ELEVATED_MINUTES = 6 * HOUR_MINUTES


class NegativeGrowthCriterion:
    """Hold where the score of fresh negative voices reaches `warning_score` with at least `warning_authors` of them.

    Parameters
    ----------
    settings
        Thresholds.
    growth
        The detector of negative growth; its hours and those of its volume are closed here.
    """

    name = NEGATIVE_GROWTH

    def __init__(self, settings: DetectorSettings, growth: NegativeGrowth) -> None:
        self.settings = settings
        self.growth = growth
        self.windows = tuple((NEGATIVE, span) for span in growth.spans)

    def learn(self, observation: Observation, *, calm: bool) -> None:
        """Close the hours before the minute; the detector itself leaves incidents out of its baseline."""
        self.growth.start_minute(observation.minute)

    def holds(self, end: int) -> Holding | None:
        """Return what a growth asks for: warning."""
        s = self.settings
        reading = self.growth.read(end)
        self.growth.volume.note_reading(reading)
        # The highest score may rest on too few people where another window has enough of them.
        if reading.score >= s.warning_score and reading.observed < s.warning_authors:
            reading = self.growth.read(end, least=s.warning_authors)
        if reading.score >= s.warning_score and reading.observed >= s.warning_authors:
            return Holding(Severity.WARNING, reading)
        return None

    def elevated(self, end: int) -> bool:
        """Return whether the score over the last six hours is still near the threshold of a surge."""
        reading = self.growth.read(end, longest=_ELEVATED_MINUTES)
        return reading.score >= self.settings.watch_score - RELEASE

    def signal(self, end: int) -> Signal:
        """Return the score, and the fresh negative voices of the last hour."""
        growth, start = self.growth, end - HOUR_MINUTES
        score = growth.read(end).score
        usual = growth.volume.expected(start, end) * growth.share if growth.volume.hour != NEVER else 0.0
        return Signal(
            score >= self.settings.warning_score,
            score,
            growth.recent.total(NEGATIVE, start, end),
            usual,
            highest_usual(usual, growth.hour_spread()),
        )

    def state(self) -> dict[str, Any]:
        """Return what was learned of the negatives; that of the volume is in the surge's state."""
        return self.growth.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned."""
        self.growth.restore(state)
