"""Detection for one brand: its closed minutes in, changes of severity out, in event time."""

from collections.abc import Sequence
from typing import Any, Self

from detectors.change import Change
from detectors.criteria.brand_criteria import RECENT_MINUTES, Criteria
from detectors.criteria.critical import CRITICAL_MINUTES
from detectors.criteria.judgement import Judgement
from detectors.criteria.readings import Readings
from detectors.errors import StateError
from detectors.fresh_voices import NEGATIVE, FreshCounts, FreshVoices
from detectors.incident import IncidentState
from detectors.late_counts import LateCounts
from detectors.minutes import HOUR_MINUTES, NEVER
from detectors.observation import Observation
from detectors.settings import DetectorSettings
from detectors.severity import COORDINATED
from detectors.statistics.local_hours import UTC_HOURS, LocalHours

__all__ = ["RECENT_MINUTES", "BrandDetector"]

VERSION = 4
STEP_MINUTES = 5


class BrandDetector:
    """Learn the closed minutes of one brand and return each change of its severity.

    Parameters
    ----------
    settings
        Thresholds; the defaults are meant for every brand.
    local_hours
        The clock that the shape of a day follows; default UTC.

    Attributes
    ----------
    now
        Minute before which all minutes are closed.
    incident
        The open one, or the last.

    Examples
    --------
    >>> from detectors.observation import Observation, Voice
    >>> d = BrandDetector()
    >>> for minute in range(0, 7 * 1440, 60):
    ...     assert d.observe(Observation(minute, 1, 0, [Voice(minute + 1, b"", 0, False, 0)])) == []
    >>> crowd = [Voice(10**6 + i, b"", 0, True, 0) for i in range(25)]
    >>> [change.severity for change in d.observe(Observation(7 * 1440, 25, 25, crowd))]
    ['warning']
    >>> [change.severity for change in d.advance(9 * 1440)]
    ['calm']
    """

    def __init__(self, settings: DetectorSettings | None = None, local_hours: LocalHours = UTC_HOURS) -> None:
        settings = DetectorSettings() if settings is None else settings
        self.incident = IncidentState(quiet_hold=settings.quiet_hold)
        self.now = NEVER
        self._fresh_voices = FreshVoices()
        self._late = LateCounts(horizon=RECENT_MINUTES)
        self._criteria = Criteria(settings, local_hours)

    def observe(self, observation: Observation, late: Sequence[Observation] = ()) -> list[Change]:
        """Learn and score a closed minute, later than every one before; return the changes up to its end.

        Parameters
        ----------
        observation
            The minute.
        late
            Older minutes, of which these mentions came in this one only: they count where they were made.

        Raises
        ------
        ValueError
            If the minute is not later than those before.
        """
        minute = observation.minute
        if minute < self.now:
            raise ValueError(f"minute {minute} is not after {self.now - 1}: minutes must be strictly increasing")
        changes = self.advance(minute)
        counts = self._count(minute, observation)
        self._criteria.learn(observation, counts, calm=not self.incident.open)
        for older in late:
            self._observe_late(minute, older)
        self._correct(minute)
        self.now = minute + 1
        self._decide(self.now, changes, min((older.minute for older in late), default=None))
        return changes

    def _count(self, minute: int, observation: Observation) -> FreshCounts:
        partial = self._criteria.verdict(minute)
        return self._fresh_voices.count(minute, observation.voices, observation.scale, partial=partial)

    def _observe_late(self, minute: int, older: Observation) -> None:
        # Voices are remembered where they came: a minute's row in a store never changes.
        counts = self._count(minute, older)
        self._late.add(minute, older.minute, counts)
        self._criteria.learn_late(minute, older, counts)

    def _correct(self, minute: int) -> None:
        """Correct the counts of earlier minutes by what is known of their texts now; they are stored as late ones."""
        for first, withdrawn in self._fresh_voices.drain_withdrawn():
            self._late.add(minute, first, withdrawn)
            self._criteria.correct(first, withdrawn)
            self.incident.doubt(first)
        for hidden, counts in self._criteria.shown(minute + 1):
            self._late.add(minute, hidden, counts)
            self._criteria.correct(hidden, counts)

    def cover(self, hour: int) -> None:
        """Register that a source looked in an hour (since the epoch): silence in it is quiet, not a coverage gap."""
        self._criteria.cover(hour)

    def advance(self, minute: int) -> list[Change]:
        """Close every minute before `minute` as one without (further) mentions; return the changes."""
        changes: list[Change] = []
        # Only an open incident can change without mentions; it is judged on a grid of event time.
        while self.incident.open:
            step = (self.now // STEP_MINUTES + 1) * STEP_MINUTES
            if step > minute:
                break
            self.now = step
            self._decide(step, changes)
        self.now = max(self.now, minute)
        return changes

    def _decide(self, end: int, changes: list[Change], late_from: int | None = None) -> None:
        criteria, incident = self._criteria, self.incident
        if criteria.learning(end):
            return
        judgement = criteria.judge(end, incident, late_from)
        if incident.open or judgement.severity:
            active = incident.open and criteria.elevated(end)
            changed = incident.update(end, judgement.severity, active=active)
            if incident.open and COORDINATED in judgement.criteria:
                # A flood that begins in an open incident is reported though the severity is as it was.
                begins = incident.flood(end)
                changed = changed or incident.settle(judgement.severity) or begins
            if changed:
                if not incident.open:
                    incident.warned_since = -1
                    judgement = judgement._replace(criteria=())
                changes.append(self._change(end, judgement))
        criteria.remember(end, incident)

    def _change(self, end: int, judgement: Judgement) -> Change:
        incident, lead = self.incident, self._criteria.lead(end, judgement)
        window = lead.window or HOUR_MINUTES
        counts = self._criteria.counts(end - window, end)
        return Change(
            minute=end,
            severity=incident.severity.label,
            previous=incident.previous.label,
            criteria=judgement.criteria,
            since=incident.since,
            observed=lead.observed,
            expected=lead.expected,
            factor=lead.observed / lead.expected if lead.expected >= 0.1 else None,
            score=lead.score,
            window=window,
            authors=counts.fresh,
            negatives=counts.negatives,
            copies=self._criteria.copies(end - window, end),
            posts=judgement.posts,
            reached=judgement.reached,
            warned=0 if incident.warned_since < 0 else end - incident.warned_since,
            crowd=self._criteria.recent.total(NEGATIVE, end - CRITICAL_MINUTES, end),
        )

    def readings(self, end: int) -> Readings:
        """Return what the detectors measure before a minute; nothing is learned.

        Parameters
        ----------
        end
            Minutes since the epoch: the windows end before it.

        Examples
        --------
        >>> BrandDetector().readings(100).criteria
        ()
        """
        return self._criteria.readings(end)

    def expected(self, start: int, end: int) -> float:
        """Return how many fresh voices are usual between two minutes."""
        return self._criteria.expected(start, end)

    def state(self) -> dict[str, Any]:
        """Return what was learned, as plain numbers, strings and lists of at most 16 KB; see also `recent_rows`."""
        return {
            "version": VERSION,
            "now": self.now,
            "incident": self.incident.state(),
            **self._criteria.state(),
        }

    def recent_rows(self) -> dict[int, list[Any]]:
        """Return the last day's minutes: their counts, author ids, texts and sets of copies, and what came late.

        A minute's row never changes once its minute is closed, so a store can write each with `recent_row` and drop it
        after `RECENT_MINUTES`.
        """
        return {minute: self.recent_row(minute) for minute in self._criteria.recent_minutes()}

    def recent_row(self, minute: int) -> list[Any]:
        """Return the row of one minute, as `recent_rows` does."""
        counts = zip(self._criteria.counts(minute, minute + 1), self._late.of(minute), strict=True)
        return [*(count - late for count, late in counts), *self._fresh_voices.row(minute), self._late.row(minute)]

    @classmethod
    def restore(
        cls,
        settings: DetectorSettings | None,
        state: dict[str, Any],
        rows: dict[int, list[Any]],
        local_hours: LocalHours = UTC_HOURS,
    ) -> Self:
        """Return a detector that continues exactly where `state` and `recent_rows` were read.

        Raises
        ------
        StateError
            If the state was written by another version.
        """
        if state.get("version") != VERSION:
            raise StateError(
                f"detector state: expected version {VERSION}, got {state.get('version')!r}; restore it with the "
                "version of badbuzz that wrote it, or start without it"
            )
        detector = cls(settings, local_hours)
        for minute in sorted(rows):
            *counts, author_ids, texts, sets, late = rows[minute]
            detector._fresh_voices.restore_row(minute, author_ids, texts, sets)
            detector._criteria.restore_counts(minute, counts)
            for made, *late_counts in late:
                detector._late.add(minute, made, late_counts)
                detector._criteria.restore_late(made, late_counts)
        detector.now = state["now"]
        detector.incident.restore(state["incident"])
        detector._criteria.restore(state)
        return detector
