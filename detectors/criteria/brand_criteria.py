"""The criteria of one brand over one store of recent counts, learned and judged together."""

from collections.abc import Iterable
from typing import Any

from detectors.anomaly.negative_growth import NegativeGrowth
from detectors.anomaly.reading import NO_READING, Reading
from detectors.anomaly.surge import Surge
from detectors.copied_texts import Verdict
from detectors.criteria.aftermath import Aftermath
from detectors.criteria.coordination import Coordination
from detectors.criteria.criterion import Criterion, Holding
from detectors.criteria.critical import CRITICAL_MINUTES, CriticalRule
from detectors.criteria.judgement import NOTHING_HOLDS, Judgement, combine
from detectors.criteria.negative_growth import NegativeGrowthCriterion
from detectors.criteria.reach import Reach
from detectors.criteria.readings import Readings
from detectors.criteria.surge import SurgeCriterion
from detectors.fresh_voices import FRESH, HIDDEN, NEGATIVE, FreshCounts
from detectors.incident import IncidentState
from detectors.minutes import DAY_MINUTES, HOUR_MINUTES
from detectors.observation import Observation
from detectors.settings import DetectorSettings
from detectors.severity import NEGATIVE_GROWTH, SURGE
from detectors.statistics.counts import RecentCounts
from detectors.statistics.local_hours import UTC_HOURS, LocalHours

__all__ = ["RECENT_MINUTES", "Criteria"]

RECENT_MINUTES = DAY_MINUTES + HOUR_MINUTES
"""Minutes for which counts are remembered: the longest window, and the open hour."""

# Windows of the past are judged again, where mentions came late, at ends so far apart: as an open incident is.
_LATE_STEP_MINUTES = 5


class Criteria:
    """The criteria of one brand over one store of recent counts, learned and judged together.

    Parameters
    ----------
    settings
        Thresholds.
    local_hours
        The clock that the shape of a day follows.

    Attributes
    ----------
    criteria
        All of them, in the order in which they are named.
    recent
        Counts of the last day's minutes, the fields of `FreshCounts`.

    Examples
    --------
    >>> criteria = Criteria(DetectorSettings())
    >>> criteria.learn(Observation(0, 1, 0, []), FreshCounts(1, 0, 0, 1), calm=True)
    >>> criteria.learn(Observation(7 * 1440, 25, 25, []), FreshCounts(25, 25, 0, 25), calm=True)
    >>> criteria.judge(7 * 1440 + 1, IncidentState(quiet_hold=180)).criteria
    ('surge', 'negative_growth')
    """

    def __init__(self, settings: DetectorSettings, local_hours: LocalHours = UTC_HOURS) -> None:
        self.settings = s = settings
        self.recent = RecentCounts(fields=len(FreshCounts._fields), horizon=RECENT_MINUTES)
        self._volume = Surge(learning_hours=s.learning_hours, local_hours=local_hours)
        growth = NegativeGrowth(volume=self._volume, excess_share=s.excess_share)
        growth.read_counts_from(self.recent)
        self._surge = SurgeCriterion(s, self._volume, self.recent)
        self._coordination = Coordination(
            self.recent,
            least=s.copies_least,
            share=s.copies_share,
            coverage=self._volume.coverage,
        )
        self._reach = Reach(least=s.reach_least, factor=s.reach_factor)
        self.criteria: tuple[Criterion, ...] = (
            self._surge,
            NegativeGrowthCriterion(s, growth),
            self._reach,
            self._coordination,
        )
        self._windows = [window for criterion in self.criteria for window in criterion.windows]
        self._aftermath = Aftermath(hours=s.aftermath_hours)
        self._critical = CriticalRule(s, growth, self._coordination)

    def learn(self, observation: Observation, counts: FreshCounts, *, calm: bool) -> None:
        """Learn a closed minute, later than every one before, and the hours before it.

        Parameters
        ----------
        observation
            The minute.
        counts
            Counts of its voices.
        calm
            Whether there is no incident: what happens during one is not usual.
        """
        self._volume.assess_silence(observation.minute // HOUR_MINUTES)
        for criterion in self.criteria:
            criterion.learn(observation, calm=calm)
        self.recent.add(observation.minute, counts)

    def learn_late(self, came: int, observation: Observation, counts: FreshCounts) -> None:
        """Add an older minute that came in the newest one: windows see it where it was, no hour is learned again."""
        self._reach.learn(observation._replace(minute=came), calm=True)
        self.recent.insert(observation.minute, counts)

    def verdict(self, end: int) -> Verdict:
        """Return what partial copies are taken for before a minute."""
        # The first hours never alert, and a voice left out of them would be missing in what is usual.
        return Verdict.OWN if self.learning(end) else self._coordination.verdict(end)

    def shown(self, end: int) -> list[tuple[int, FreshCounts]]:
        """Return what changes in the counts of the last hours' minutes where partial copies are a crowd's own words."""
        recent, start = self.recent, end - CRITICAL_MINUTES
        if not recent.total(HIDDEN, start, end) or self.verdict(end) is not Verdict.OWN:
            return []
        minutes = [minute for minute in recent.minutes if start <= minute < end]
        hidden = [(minute, self.counts(minute, minute + 1)) for minute in minutes]
        return [
            (minute, FreshCounts(c.hidden, c.hidden_negatives, 0, 0, 0, -c.hidden, -c.hidden_negatives))
            for minute, c in hidden
            if c.hidden
        ]

    def correct(self, minute: int, counts: FreshCounts) -> None:
        """Correct the counts of a minute whose voices turned out to be copies, or to be none."""
        self.recent.insert(minute, counts)

    def cover(self, hour: int) -> None:
        """Register that a source looked in an hour, mentions or not: see `Coverage`."""
        self._volume.coverage.cover(hour)

    def learning(self, end: int) -> bool:
        """Return whether the minute before `end` belongs to the first hours, which never alert."""
        return self._volume.learning((end - 1) // HOUR_MINUTES)

    def judge(self, end: int, incident: IncidentState, late_from: int | None = None) -> Judgement:
        """Return what holds before minute `end`, which never decreases.

        Parameters
        ----------
        end
            Minutes since the epoch.
        incident
            The brand's; it notes since when a warning holds.
        late_from
            Oldest minute to which late mentions were added just now, if any: what held in a window since then holds.
        """
        holdings = {}
        for criterion in self.criteria:
            holding = self._holding(criterion, end, incident)
            if holding is None and late_from is not None and criterion.windows:
                holding = self._held(criterion, late_from, end, incident)
            if holding is not None:
                holdings[criterion.name] = holding
        return combine(end, incident, holdings, self._critical) if holdings else NOTHING_HOLDS

    def _holding(self, criterion: Criterion, end: int, incident: IncidentState) -> Holding | None:
        holding = criterion.holds(end)
        if holding is None or holding.reading is None or incident.open:
            return holding
        return holding if self._aftermath.exceeded(criterion.windows, holding.reading) else None

    def _held(self, criterion: Criterion, first: int, end: int, incident: IncidentState) -> Holding | None:
        """Return what a criterion asked for in the highest-scoring window since minute `first`, counted up to now."""
        best: Holding | None = None
        reading, start = NO_READING, end
        for at in range(end - _LATE_STEP_MINUTES, first, -_LATE_STEP_MINUTES):
            holding = None if self.learning(at) else self._holding(criterion, at, incident)
            if holding is None or holding.reading is None or holding.reading.score <= reading.score:
                continue
            best, reading, start = holding, holding.reading, at - holding.reading.window
        if best is None:
            return None
        observed = self.recent.total(criterion.windows[0][0], start, end)
        expected = reading.expected * self.expected(start, end) / self.expected(start, start + reading.window)
        return best._replace(reading=Reading(reading.score, end - start, observed, expected))

    def lead(self, end: int, judgement: Judgement) -> Reading:
        """Return the reading that a change of severity is reported with: the surge's where no criterion leads."""
        return self._surge.reading(end) if judgement.lead is None else judgement.lead

    def elevated(self, end: int) -> bool:
        """Return whether an open incident goes on: some criterion is still near its threshold."""
        return any(criterion.elevated(end) for criterion in self.criteria)

    def remember(self, end: int, incident: IncidentState) -> None:
        """Record the peaks of an open incident, or expire those of a past one."""
        if incident.open:
            self._aftermath.record(end, self.recent, self._windows)
        elif self._aftermath.peaks:
            self._aftermath.expire(end - incident.closed_at)

    def readings(self, end: int) -> Readings:
        """Return what is measured before minute `end`; nothing is learned."""
        recent, start = self.recent, end - 6 * HOUR_MINUTES
        signals = {criterion.name: criterion.signal(end) for criterion in self.criteria}
        return Readings(
            signals[SURGE],
            signals[NEGATIVE_GROWTH],
            authors=recent.total(FRESH, start, end),
            negative_authors=recent.total(NEGATIVE, start, end),
            copies=self._coordination.copies_between(end - HOUR_MINUTES, end),
            criteria=tuple(name for name, signal in signals.items() if signal.reached),
            learning_until=self._volume.learning_until * HOUR_MINUTES,
        )

    def copies(self, start: int, end: int) -> int:
        """Return the copies between two minutes."""
        return self._coordination.copies_between(start, end)

    def expected(self, start: int, end: int) -> float:
        """Return how many fresh voices are usual between two minutes."""
        return self._volume.expected(start, end)

    def counts(self, start: int, end: int) -> FreshCounts:
        """Return the recent counts from minute `start` to before minute `end`."""
        return FreshCounts(*self.recent.totals(start, end))

    def recent_minutes(self) -> list[int]:
        """Return the minutes whose counts a window may still need, oldest first."""
        oldest = self._volume.now - RECENT_MINUTES
        return [minute for minute in self.recent.minutes if minute >= oldest]

    def restore_counts(self, minute: int, counts: Iterable[int]) -> None:
        """Restore the recent counts of a minute, as `counts` returned them; minutes in their order."""
        self.recent.add(minute, counts)

    def restore_late(self, minute: int, counts: Iterable[int]) -> None:
        """Restore late counts of a minute, after those of the minute in which they came."""
        self.recent.insert(minute, counts)

    def state(self) -> dict[str, Any]:
        """Return what was learned, without the recent counts."""
        states = {criterion.name: criterion.state() for criterion in self.criteria}
        return {"criteria": states, "aftermath": self._aftermath.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned, after the recent counts were restored by `restore_counts`."""
        for criterion in self.criteria:
            # A criterion that is newer than the state starts unlearned.
            if criterion.name in state["criteria"]:
                criterion.restore(state["criteria"][criterion.name])
        self._aftermath.restore(state["aftermath"])
