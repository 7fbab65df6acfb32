"""Criterion: a surge of mentions, more distinct people speak of a brand than is usual at this hour."""

from typing import Any

from detectors.anomaly.reading import Reading
from detectors.anomaly.surge import Surge
from detectors.criteria.criterion import Holding
from detectors.criteria.readings import Signal
from detectors.fresh_voices import FRESH
from detectors.minutes import HOUR_MINUTES, NEVER
from detectors.observation import Observation
from detectors.settings import NEGATIVE_BINOMIAL, DetectorSettings
from detectors.severity import SURGE, Severity
from detectors.statistics.counts import RecentCounts, highest_usual

__all__ = ["RELEASE", "SurgeCriterion"]

# An incident goes on while a score is at most this much under the watch score.
RELEASE = 2.0


class SurgeCriterion:
    """Hold where the score of fresh voices reaches `watch_score` with at least `watch_authors` of them.

    The score is that of `Surge`, or of one of river's detectors where the settings name one. The hours of `volume` are
    closed by `NegativeGrowthCriterion`, together with its own: both protect one baseline.

    Parameters
    ----------
    settings
        Thresholds, and the name of the detector.
    volume
        The detector of fresh voices, which reads its counts from `recent`.
    recent
        Recent counts of the brand.
    """

    name = SURGE

    def __init__(self, settings: DetectorSettings, volume: Surge, recent: RecentCounts) -> None:
        self.settings = settings
        self.volume = volume
        self.recent = recent
        self.windows = tuple((FRESH, span) for span in volume.spans)
        self.river = None
        if settings.surge_detector != NEGATIVE_BINOMIAL:
            # River's detectors need a second to import, and are rarely chosen.
            from detectors.anomaly.river_scorers import RiverSurge  # noqa: PLC0415

            self.river = RiverSurge(settings.surge_detector, settings.watch_score)

    def learn(self, observation: Observation, *, calm: bool) -> None:
        """Close the hours of river's detector, where one is used."""
        if self.river is not None:
            self.river.close_hours_before(observation.minute // HOUR_MINUTES, self.recent, self.volume.coverage)

    def holds(self, end: int) -> Holding | None:
        """Return what a surge asks for: watch."""
        s = self.settings
        reading = self.volume.read(end)
        self.volume.note_reading(reading)
        if self.river is not None or reading.score >= s.watch_score:
            reading = self._select(end, reading)
            if reading.score >= s.watch_score and reading.observed >= s.watch_authors:
                return Holding(Severity.WATCH, reading)
        return None

    def reading(self, end: int) -> Reading:
        """Return the reading that the criterion judges by; nothing is learned."""
        return self._select(end, self.volume.read(end))

    def _select(self, end: int, reading: Reading) -> Reading:
        s = self.settings
        if self.river is not None:
            return self.river.read(end, self.recent)
        # The highest score may rest on too few people where another window has enough of them.
        if reading.score >= s.watch_score and reading.observed < s.watch_authors:
            return self.volume.read(end, least=s.watch_authors)
        return reading

    def elevated(self, end: int) -> bool:
        """Return whether the score is still near the threshold."""
        return self.volume.read(end).score >= self.settings.watch_score - RELEASE

    def signal(self, end: int) -> Signal:
        """Return the score, and the fresh voices of the last hour."""
        volume, start = self.volume, end - HOUR_MINUTES
        score = volume.read(end).score
        usual = volume.expected(start, end) if volume.hour != NEVER else 0.0
        return Signal(
            score >= self.settings.watch_score,
            score,
            self.recent.total(FRESH, start, end),
            usual,
            highest_usual(usual, volume.hour_spread()),
        )

    def state(self) -> dict[str, Any]:
        """Return what was learned of the volume and by river's detector, where one is used."""
        return {"volume": self.volume.state(), "river": None if self.river is None else self.river.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned; another detector than then starts without memory."""
        self.volume.restore(state["volume"])
        if self.river is not None and state["river"] is not None:
            self.river.restore(state["river"])
