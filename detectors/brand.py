"""Everything that watches one brand: its detectors put together, minute by minute of event time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detectors.change import Change
from detectors.criteria.fresh_voices import NEGATIVE, FreshVoices
from detectors.criteria.judgement import DAY, SIX_HOURS, Criteria, Judgement
from detectors.criteria.surge import HOUR, NEVER
from detectors.incident import IncidentState
from detectors.settings import DetectorSettings
from detectors.severity import Severity

if TYPE_CHECKING:
    from detectors.criteria.readings import Readings
    from detectors.observation import Observation

__all__ = ["BrandDetector"]

VERSION = 1
STEP = 5


class BrandDetector:
    """Watch one brand: learn its closed minutes and tell when its severity changes.

    Parameters
    ----------
    settings
        Thresholds; the defaults are meant for every brand.

    Attributes
    ----------
    now
        Minute up to which all is closed.
    incident
        The open one, or the last.

    Examples
    --------
    >>> from detectors.observation import Observation, Voice
    >>> d = BrandDetector()
    >>> for minute in range(0, 7 * 1440, 60):
    ...     assert d.observe(Observation(minute, 1, 0, [Voice(minute + 1, 0, 0, False, 0)])) == []
    >>> crowd = [Voice(10**6 + i, 0, 0, True, 0) for i in range(25)]
    >>> [change.severity for change in d.observe(Observation(7 * 1440, 25, 25, crowd))]
    ['warning']
    >>> [change.severity for change in d.advance(9 * 1440)]
    ['calm']
    """

    def __init__(self, settings: DetectorSettings | None = None) -> None:
        self.freshness = FreshVoices()
        self.criteria = Criteria(DetectorSettings() if settings is None else settings)
        self.incident = IncidentState(quiet_hold=self.criteria.settings.quiet_hold)
        self.now = NEVER

    # -- time -------------------------------------------------------------------------------------------------------
    def observe(self, observation: Observation) -> list[Change]:
        """Learn and score a closed minute, later than every one before; return what changed up to its end.

        Raises
        ------
        ValueError
            If the minute is not later than those before.
        """
        minute = observation.minute
        if minute < self.now:
            raise ValueError(f"minute {minute} is not after {self.now - 1}: minutes must be strictly increasing")
        changes = self.advance(minute)
        counts = self.freshness.take(minute, observation.voices, observation.scale)
        self.criteria.learn(observation, counts, calm=not self.incident.open)
        self.now = minute + 1
        self._decide(self.now, changes)
        return changes

    def advance(self, minute: int) -> list[Change]:
        """Close every minute before `minute`, in which nothing (more) was said; return what changed."""
        changes: list[Change] = []
        # Only an open incident can change in silence; it is looked at on a grid of event time.
        while self.incident.open:
            step = (self.now // STEP + 1) * STEP
            if step > minute:
                break
            self.now = step
            self._decide(step, changes)
        self.now = max(self.now, minute)
        return changes

    # -- decisions --------------------------------------------------------------------------------------------------
    def _decide(self, end: int, changes: list[Change]) -> None:
        criteria, incident = self.criteria, self.incident
        if criteria.volume.learning((end - 1) // HOUR):
            return
        found = criteria.judge(end, incident)
        if incident.open or found.level > Severity.CALM:
            alive = bool(found.posts) or (incident.open and criteria.still_elevated(end))
            coordinated = "coordinated" in found.criteria
            if incident.update(end, found.level, alive) or (coordinated and incident.lower(Severity.WATCH)):
                if not incident.open:
                    incident.warned_since = -1
                    found = found._replace(criteria=())
                changes.append(self._change(end, found))
        criteria.remember(end, incident)

    def _change(self, end: int, found: Judgement) -> Change:
        incident, lead = self.incident, found.lead
        window = lead.window or HOUR
        fresh, negatives, copies, _, mentions = self.criteria.recent.totals(end - window, end)
        return Change(
            minute=end,
            severity=incident.severity.label,
            previous=incident.previous.label,
            criteria=found.criteria,
            since=incident.since,
            observed=lead.observed,
            expected=lead.expected,
            factor=lead.observed / lead.expected if lead.expected >= 0.1 else None,
            score=lead.score,
            window=window,
            authors=fresh,
            negatives=negatives,
            copies=copies,
            mentions=mentions,
            posts=found.posts,
            warned=0 if incident.warned_since < 0 else end - incident.warned_since,
            crowd=self.criteria.recent.total(NEGATIVE, end - SIX_HOURS, end),
        )

    # -- for those who show it --------------------------------------------------------------------------------------
    def readings(self, end: int) -> Readings:
        """Return what the detectors see before a minute; nothing is learned.

        Parameters
        ----------
        end
            Minutes since the epoch: the windows end before it.

        Examples
        --------
        >>> BrandDetector().readings(100).criteria
        ()
        """
        return self.criteria.readings(end)

    def expected(self, start: int, end: int) -> float:
        """Return how many voices are usual between two minutes."""
        return self.criteria.volume.expected(start, end)

    # -- memory -----------------------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Return what was learned, as plain numbers, strings and lists of at most 16 KB; see also `recent_rows`."""
        return {
            "version": VERSION,
            "now": self.now,
            "incident": self.incident.state(),
            **self.criteria.state(),
        }

    def recent_rows(self) -> dict[int, list[Any]]:
        """Return the last day's minutes: fresh voices, negatives, copies, voices, mentions, then authors and texts.

        A minute's row never changes once it is there, so a store can write each with `recent_row` as it closes and
        drop it after `DAY + HOUR` minutes.
        """
        oldest = self.criteria.volume.now - DAY - HOUR
        return {minute: self.recent_row(minute) for minute in self.criteria.recent.minutes if minute >= oldest}

    def recent_row(self, minute: int) -> list[Any]:
        """Return the row of one minute, as `recent_rows` does."""
        return [*self.criteria.recent.totals(minute, minute + 1), *self.freshness.row(minute)]

    @classmethod
    def restore(
        cls, settings: DetectorSettings | None, state: dict[str, Any], rows: dict[int, list[Any]]
    ) -> BrandDetector:
        """Return a detector that goes on exactly where `state` and `recent_rows` were taken.

        Raises
        ------
        ValueError
            If the state was written by another version.
        """
        if state.get("version") != VERSION:
            raise ValueError(f"state has version {state.get('version')!r}, expected {VERSION}")
        brand = cls(settings)
        for minute in sorted(rows):
            *counts, heard, told = rows[minute]
            brand.freshness.refill(minute, heard, told)
            brand.criteria.recent.add(minute, counts)
        brand.now = state["now"]
        brand.incident.restore(state["incident"])
        brand.criteria.restore(state)
        return brand
