"""The criteria of an incident: which of them hold for a brand, and how grave that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from detectors.criteria.aftermath import Aftermath
from detectors.criteria.coordination import Coordination
from detectors.criteria.copies import Copies
from detectors.criteria.fresh_voices import COPIES, FRESH, NEGATIVE
from detectors.criteria.negative_growth import NegativeGrowth
from detectors.criteria.reach import Reach
from detectors.criteria.readings import Readings, last_hour
from detectors.criteria.surge import HOUR, Reading, Surge
from detectors.severity import Severity
from detectors.statistics.counts import RecentCounts

if TYPE_CHECKING:
    from detectors.criteria.fresh_voices import FreshCounts
    from detectors.criteria.river_scorers import RiverSurge
    from detectors.incident import IncidentState
    from detectors.observation import Observation
    from detectors.settings import DetectorSettings

__all__ = ["DAY", "Criteria", "Judgement"]

DAY = 1440
SIX_HOURS = 6 * HOUR
# An incident goes on while a score is at most this much under the watch score.
RELEASE = 2.0


class Judgement(NamedTuple):
    """The level asked for, the criteria that hold, the leading one's figures, and the posts that reach far."""

    level: Severity
    criteria: tuple[str, ...]
    lead: Reading
    posts: tuple[str, ...]


class Criteria:
    """Learn what is usual of a brand, and judge what is heard of it.

    Parameters
    ----------
    settings
        Thresholds.

    Attributes
    ----------
    recent
        Counts of the last day's minutes: fresh voices, negatives, copies, voices, mentions.

    Examples
    --------
    >>> from detectors.criteria.fresh_voices import FreshCounts
    >>> from detectors.incident import IncidentState
    >>> from detectors.observation import Observation
    >>> from detectors.settings import DetectorSettings
    >>> criteria = Criteria(DetectorSettings())
    >>> criteria.learn(Observation(0, 1, 0, []), FreshCounts(1, 0, 0, 1), calm=True)
    >>> criteria.learn(Observation(7 * 1440, 25, 25, []), FreshCounts(25, 25, 0, 25), calm=True)
    >>> criteria.judge(7 * 1440 + 1, IncidentState()).criteria
    ('surge', 'negative_growth')
    """

    def __init__(self, settings: DetectorSettings) -> None:
        self.settings = s = settings
        self.recent = RecentCounts(fields=5, horizon=DAY + HOUR)
        self.volume = Surge(learning_hours=s.learning_hours)
        self.growth = NegativeGrowth(volume=self.volume, excess_share=s.excess_share)
        self.growth.count_in(self.recent)
        self.stock = None if s.volume == "burst" else _river_surge(s)
        self.reach = Reach(least=s.reach_least, factor=s.reach_factor)
        self.copies = Copies(least=s.copies_least, share=s.copies_share)
        self.coordination = Coordination(self.copies, hours=s.coordinated_hours)
        self.aftermath = Aftermath(hours=s.aftermath_hours)

    def learn(self, observation: Observation, counts: FreshCounts, *, calm: bool) -> None:
        """Learn a closed minute, later than every one before, and the hours before it.

        Parameters
        ----------
        observation
            The minute.
        counts
            What its voices come to.
        calm
            Whether there is no incident: what is said in one is not usual.
        """
        minute = observation.minute
        hour = minute // HOUR
        if hour != self.coordination.hour:
            self.coordination.roll(hour, self.recent, calm=calm)
        if hour != self.volume.hour:
            self.growth.roll(hour)
        if self.stock is not None:
            self.stock.roll(hour, self.recent)
        self.volume.hear(minute)
        self.recent.add(minute, (*counts, observation.mentions))
        self.reach.learn(observation)

    def judge(self, end: int, incident: IncidentState) -> Judgement:
        """Return what holds before minute `end`; no earlier one may be asked after it.

        Parameters
        ----------
        end
            Minutes since the epoch.
        incident
            The brand's: since when it is warned of is noted in it.
        """
        s = self.settings
        surge, negative = self._read(end)
        surges = (
            surge.score >= s.watch_score
            and surge.observed >= s.watch_authors
            and (incident.open or self.aftermath.exceeded(FRESH, surge))
        )
        grows = (
            negative.score >= s.warning_score
            and negative.observed >= s.warning_authors
            and (incident.open or self.aftermath.exceeded(NEGATIVE, negative))
        )
        posts = self.reach.significant(end) if self.reach.posts else []
        coordinated = self.coordination.holds(end, self.recent)
        if not (surges or grows or posts or coordinated):
            return Judgement(Severity.CALM, (), surge, ())
        criteria = [
            name for name, holds in (("surge", surges), ("negative_growth", grows), ("reach", bool(posts))) if holds
        ]
        level = Severity.WARNING if grows or posts else Severity.WATCH if surges else Severity.CALM
        if level == Severity.WARNING:
            warned = end - incident.warn(end)
            if grows and (posts or self._critical(end, negative, warned)):
                level = Severity.CRITICAL
        if coordinated:
            criteria.append("coordinated")
            level = min(level, Severity.WATCH)
        return Judgement(level, tuple(criteria), negative if grows else surge, tuple(posts))

    def still_elevated(self, end: int) -> bool:
        """Whether what opened an incident goes on: hours, not the whole day, for a burst that is over must end."""
        release = self.settings.watch_score - RELEASE
        return self.volume.read(end).score >= release or self.growth.read(end, longest=SIX_HOURS).score >= release

    def remember(self, end: int, incident: IncidentState) -> None:
        """Remember what an incident has reached, or in the end forget it."""
        if incident.open:
            self.aftermath.reach(end, self.recent, ((FRESH, self.volume.spans), (NEGATIVE, self.growth.spans)))
        elif self.aftermath.peaks:
            self.aftermath.expire(end - incident.closed_at)

    def readings(self, end: int) -> Readings:
        """Return what is seen before minute `end`, for those who show it; nothing is learned."""
        s, recent = self.settings, self.recent
        volume, negatives = last_hour(self.growth, end)
        holds = {
            "surge": volume.score >= s.watch_score,
            "negative_growth": negatives.score >= s.warning_score,
            "reach": bool(self.reach.significant(end)),
            "coordinated": end < self.coordination.until,
        }
        return Readings(
            volume,
            negatives,
            authors=recent.total(FRESH, end - SIX_HOURS, end),
            negative_authors=recent.total(NEGATIVE, end - SIX_HOURS, end),
            copies=recent.total(COPIES, end - HOUR, end),
            criteria=tuple(name for name, held in holds.items() if held),
        )

    def _read(self, end: int) -> tuple[Reading, Reading]:
        """Read both scores, and again with the fewest people an alert takes where fewer than those lead."""
        s, volume, growth = self.settings, self.volume, self.growth
        surge, negative = volume.read(end), growth.read(end)
        volume.note(surge)
        volume.note(negative)
        if self.stock is not None:
            surge = self.stock.read(end, self.recent)
        elif surge.score >= s.watch_score and surge.observed < s.watch_authors:
            surge = volume.read(end, least=s.watch_authors)
        if negative.score >= s.warning_score and negative.observed < s.warning_authors:
            negative = growth.read(end, least=s.warning_authors)
        return surge, negative

    def _critical(self, end: int, negative: Reading, warned: int) -> bool:
        """Whether a growth is critical, warned of for so many minutes: a crowd over more than a moment."""
        s, recent = self.settings, self.recent
        if warned < s.critical_hold or negative.score < s.warning_score + s.critical_margin:
            return False
        start = end - SIX_HOURS
        fresh, negatives, _, voices, _ = recent.totals(start, end)
        # A few loud ones are no crowd.
        if negatives < s.critical_authors or not self.copies.crowded(fresh, voices, s.crowd_share):
            return False
        slots = sum(recent.total(NEGATIVE, at, at + 10) > 0 for at in range(start, end, 10))
        return slots >= 3

    # -- memory -----------------------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Return what was learned, recent counts left out."""
        return {
            "growth": self.growth.state(),
            "copies": self.coordination.state(),
            "reach": self.reach.state(),
            "stock": None if self.stock is None else self.stock.state(),
            "peaks": self.aftermath.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave; recent counts are added by the caller."""
        self.growth.restore(state["growth"])
        self.coordination.restore(state["copies"])
        self.reach.restore(state["reach"])
        if self.stock is not None and state["stock"] is not None:
            self.stock.restore(state["stock"])
        self.aftermath.restore(state["peaks"])


def _river_surge(settings: DetectorSettings) -> RiverSurge:
    # River's detectors take a second to import, and few ask for them.
    from detectors.criteria.river_scorers import RiverSurge  # noqa: PLC0415

    return RiverSurge(settings.volume, settings.watch_score)
