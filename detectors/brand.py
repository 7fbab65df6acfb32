"""Everything that watches one brand: its detectors put together, minute by minute of event time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from detectors.aftermath import Aftermath
from detectors.burst import HOUR, NEVER, Burst, Reading
from detectors.change import Change
from detectors.coordination import Coordination
from detectors.copies import Copies
from detectors.counts import RecentCounts
from detectors.freshness import COPIES, FRESH, NEGATIVE, Freshness
from detectors.growth import NegativeGrowth
from detectors.incident import CALM, CRITICAL, SEVERITIES, WARNING, WATCH, Incident
from detectors.reach import Reach
from detectors.readings import Readings, last_hour
from detectors.settings import DetectorSettings

if TYPE_CHECKING:
    from detectors.observation import Observation
    from detectors.stock import StockSurge

__all__ = ["BrandDetector"]

VERSION = 1
STEP = 5
# An incident goes on while a score is at most this much under the watch score.
RELEASE = 2.0
DAY = 1440


class _Found(NamedTuple):
    """The level asked for, the criteria that hold, the leading one's figures, and the posts that reach far."""

    level: int
    criteria: tuple[str, ...]
    lead: Reading
    posts: tuple[str, ...]


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
        self.settings = s = DetectorSettings() if settings is None else settings
        self.freshness = Freshness()
        self.growth = NegativeGrowth(volume=Burst(learning_hours=s.learning_hours), excess_share=s.excess_share)
        self.copies = Copies(least=s.copies_least, share=s.copies_share)
        self.coordination = Coordination(self.copies, hours=s.coordinated_hours)
        self.reach = Reach(least=s.reach_least, factor=s.reach_factor)
        self.incident = Incident(quiet_hold=s.quiet_hold)
        self.aftermath = Aftermath(hours=s.aftermath_hours)
        self.stock = None if s.volume == "burst" else _stock_surge(s)
        self.recent = RecentCounts(fields=5, horizon=DAY + HOUR)
        self.growth.count_in(self.recent)
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
        hour = minute // HOUR
        if minute < self.now:
            raise ValueError(f"minute {minute} is not after {self.now - 1}: minutes must be strictly increasing")
        changes = self.advance(minute)
        if hour != self.coordination.hour:
            self.coordination.roll(hour, self.recent, calm=not self.incident.open)
        counts = self.freshness.take(minute, observation.voices, observation.scale)
        if hour != self.growth.volume.hour:
            self.growth.roll(hour)
        if self.stock is not None:
            self.stock.roll(hour, self.recent)
        self.growth.volume.hear(minute)
        self.recent.add(minute, (*counts, observation.mentions))
        self.reach.learn(observation)
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
        volume, incident = self.growth.volume, self.incident
        if volume.learning((end - 1) // HOUR):
            return
        found = self._criteria(end)
        if incident.open or found.level > CALM:
            alive = bool(found.posts) or (incident.open and self._alive(end))
            coordinated = "coordinated" in found.criteria
            if incident.update(end, found.level, alive) or (coordinated and incident.lower(WATCH)):
                if not incident.open:
                    incident.warned_since = -1
                    found = found._replace(criteria=())
                changes.append(self._change(end, found))
        if incident.open:
            self.aftermath.reach(end, self.recent, ((FRESH, volume.spans), (NEGATIVE, self.growth.spans)))
        elif self.aftermath.peaks:
            self.aftermath.pass_by(end - incident.closed_at)

    def _criteria(self, end: int) -> _Found:
        s = self.settings
        surge, negative = self._read(end)
        surges = surge.score >= s.watch_score and surge.observed >= s.watch_authors and self._exceeds(FRESH, surge)
        grows = (
            negative.score >= s.warning_score
            and negative.observed >= s.warning_authors
            and self._exceeds(NEGATIVE, negative)
        )
        posts = self.reach.significant(end) if self.reach.posts else []
        coordinated = self.coordination.holds(end, self.recent)
        if not (surges or grows or posts or coordinated):
            return _Found(CALM, (), surge, ())
        criteria = [
            name for name, holds in (("surge", surges), ("negative_growth", grows), ("reach", bool(posts))) if holds
        ]
        level = WARNING if grows or posts else WATCH if surges else CALM
        if level == WARNING and self._critical(end, negative if grows else None, bool(posts)):
            level = CRITICAL
        if coordinated:
            criteria.append("coordinated")
            level = min(level, WATCH)
        return _Found(level, tuple(criteria), negative if grows else surge, tuple(posts))

    def _read(self, end: int) -> tuple[Reading, Reading]:
        """Read both scores, and again with the fewest people an alert takes where fewer than those lead."""
        s, growth = self.settings, self.growth
        volume = growth.volume
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

    def _critical(self, end: int, negative: Reading | None, reaches: bool) -> bool:
        s, incident = self.settings, self.incident
        if incident.warned_since < 0:
            incident.warned_since = end
        if negative is None:
            return False
        return reaches or (
            end - incident.warned_since >= s.critical_hold
            and negative.score >= s.warning_score + s.critical_margin
            and self._widespread(end)
        )

    def _alive(self, end: int) -> bool:
        """Whether an open incident goes on: hours, not the whole day, for a burst that is over must end."""
        release = self.settings.watch_score - RELEASE
        growth = self.growth
        return growth.volume.read(end).score >= release or growth.read(end, longest=6 * HOUR).score >= release

    def _widespread(self, end: int) -> bool:
        """Whether many distinct people are negative over more than a moment: a crowd, not a few loud ones."""
        start = end - 6 * HOUR
        fresh, negatives, _, voices, _ = self.recent.totals(start, end)
        s = self.settings
        if negatives < s.critical_authors or not self.copies.crowded(fresh, voices, s.crowd_share):
            return False
        slots = sum(self.recent.total(NEGATIVE, at, at + 10) > 0 for at in range(start, end, 10))
        return slots >= 3

    def _exceeds(self, field: int, reading: Reading) -> bool:
        """Whether a reading is more than the aftermath of the last incident; an open one has none."""
        return self.incident.open or self.aftermath.exceeded(field, reading)

    def _change(self, end: int, found: _Found) -> Change:
        incident, lead = self.incident, found.lead
        window = lead.window or HOUR
        fresh, negatives, copies, _, mentions = self.recent.totals(end - window, end)
        return Change(
            minute=end,
            severity=SEVERITIES[incident.severity],
            previous=SEVERITIES[incident.previous],
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
            authors=recent.total(FRESH, end - 6 * HOUR, end),
            negative_authors=recent.total(NEGATIVE, end - 6 * HOUR, end),
            copies=recent.total(COPIES, end - HOUR, end),
            criteria=tuple(name for name, held in holds.items() if held),
        )

    def expected(self, start: int, end: int) -> float:
        """Return how many voices are usual between two minutes."""
        return self.growth.volume.expected(start, end)

    # -- memory -----------------------------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """Return what was learned, as plain numbers, strings and lists of at most 16 KB; see also `recent_rows`."""
        return {
            "version": VERSION,
            "now": self.now,
            "growth": self.growth.state(),
            "copies": self.coordination.state(),
            "reach": self.reach.state(),
            "incident": self.incident.state(),
            "stock": None if self.stock is None else self.stock.state(),
            "peaks": self.aftermath.state(),
        }

    def recent_rows(self) -> dict[int, list[Any]]:
        """Return the last day's minutes: fresh voices, negatives, copies, voices, mentions, then authors and texts.

        A minute's row never changes once it is there, so a store can write each with `recent_row` as it closes and
        drop it after `DAY + HOUR` minutes.
        """
        oldest = self.growth.volume.now - DAY - HOUR
        return {minute: self.recent_row(minute) for minute in self.recent.minutes if minute >= oldest}

    def recent_row(self, minute: int) -> list[Any]:
        """Return the row of one minute, as `recent_rows` does."""
        return [*self.recent.totals(minute, minute + 1), self.freshness.row(minute)]

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
            *counts, voices = rows[minute]
            brand.freshness.refill(minute, voices)
            brand.recent.add(minute, counts)
        brand.now = state["now"]
        brand.growth.restore(state["growth"])
        brand.coordination.restore(state["copies"])
        brand.reach.restore(state["reach"])
        brand.incident.restore(state["incident"])
        if brand.stock is not None and state["stock"] is not None:
            brand.stock.restore(state["stock"])
        brand.aftermath.restore(state["peaks"])
        return brand


def _stock_surge(settings: DetectorSettings) -> StockSurge:
    # River's detectors take a second to import, and few ask for them.
    from detectors.stock import StockSurge  # noqa: PLC0415

    return StockSurge(settings.volume, settings.watch_score)
