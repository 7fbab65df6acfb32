"""The watch of one brand: merges rollups into one-minute buckets, scores closed minutes, returns incident events.

A bucket closes when the watermark passes its end. Everything here is a pure function of the rollups: the Faust watcher
and the in-process pipeline run this same code.
"""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from detectors.brand import BrandDetector
from detectors.change import Change
from detectors.criteria.readings import Readings
from detectors.severity import Severity
from streams.event_time import HOUR_MS, MINUTE_MS, closing_ms, oldest_open_minute
from streams.mentions.brand_terms import BrandTerms
from streams.mentions.heartbeat import IDLE_NETWORK
from streams.scoring.rollup import Counts, Rollup
from streams.settings.config import Config
from streams.watching.desk_watch import DeskWatch
from streams.watching.incident_builder import build_incident_event
from streams.watching.incident_event import IncidentEvent, IncidentKey
from streams.watching.minute_observation import observations
from streams.watching.open_buckets import OpenBuckets
from streams.watching.partition_times import PartitionTimes
from streams.watching.recent_minutes import ClosedMinute, RecentMinutes
from streams.watching.rows.watch_state import MinuteState, TermSamples, WatchState
from streams.watching.warm_up import warm_up
from streams.watching.watch_event import WatchEvent

_NONE = Counts()

MinuteObserver = Callable[["BrandWatch", int, str], None]


class BrandWatch:
    """Watch one brand on all its networks.

    Parameters
    ----------
    brand
        Its key.
    config
        Lateness, thresholds, names.

    Attributes
    ----------
    opened
        Start of the oldest open bucket, in minutes since the epoch; `None` before the first rollup.
    incident
        Identity of the open incident.
    times
        Event time on each partition.
    last_event
        The latest event of the open incident.
    criteria
        Those that held at any event of the open incident.
    recent
        The closed minutes of the last hours.
    terms, desk
        The terms that spread, and the watch of how the brand answers.
    on_minute
        Called at the end of each closed minute with a subject, with the watch, that end, and the subject before it.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts
    >>> watch = BrandWatch("Acme", Config())
    >>> watch.apply(Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))
    []
    >>> watch.opened, watch.severity.label
    (99, 'calm')
    """

    def __init__(self, brand: str, config: Config) -> None:
        self.brand = brand
        self.config = config
        self.opened: int | None = None
        self.incident: IncidentKey | None = None
        self.times = PartitionTimes()
        self.last_event: IncidentEvent | None = None
        self.criteria: frozenset[str] = frozenset()
        self.recent = RecentMinutes()
        self.terms = BrandTerms((brand, *config.brand(brand).names))
        self.desk = DeskWatch(brand, config)
        self.on_minute: MinuteObserver | None = None
        self._detector = BrandDetector(config.settings(brand), config.local_hours)
        self._buckets = OpenBuckets()
        self._undrained: list[int] = []  # minutes closed since the last `drain_closed_minutes`

    # -- readings ---------------------------------------------------------------------------------------------------
    @property
    def severity(self) -> Severity:
        """Severity of the open incident, calm where there is none."""
        return self._detector.incident.severity

    @property
    def subject(self) -> str:
        """Id of the open case's incident, or of the open incident without a case; empty where there is neither."""
        case = self.desk.desk.context.case
        return case.incident if case is not None else self.incident.id if self.incident is not None else ""

    @property
    def due_ms(self) -> int:
        """Event time that closes the oldest open bucket, in milliseconds since the epoch; 0 before the first rollup."""
        return 0 if self.opened is None else closing_ms(self.opened * MINUTE_MS, self.config.lateness_ms)

    @property
    def closing_ms(self) -> int | None:
        """Event time that closes the oldest bucket with a rollup, in milliseconds; `None` where there is none."""
        oldest = self._buckets.oldest
        return None if oldest is None else closing_ms(oldest * MINUTE_MS, self.config.lateness_ms)

    def readings(self, end: int) -> Readings:
        """Return what the detectors read in the windows that end before a minute; nothing is learned."""
        return self._detector.readings(end)

    def expected(self, start: int, end: int) -> float:
        """Return how many voices are usual between two minutes."""
        return self._detector.expected(start, end)

    def spreading(self, minute: int, since: int | None = None) -> list[tuple[str, int]]:
        """Return the terms that spread and how many sampled mentions use them, best first.

        Parameters
        ----------
        minute
            End of the span, in minutes since the epoch.
        since
            Its start; default an hour earlier.
        """
        return self.terms.spreading(self.recent.publications(minute - 60 if since is None else since, minute))

    # -- event time -------------------------------------------------------------------------------------------------
    def apply(self, rollup: Rollup, partition: int = 0) -> list[WatchEvent]:
        """Add a rollup of this brand to its bucket, and close the buckets that its event time closes.

        Parameters
        ----------
        rollup
            Those of one partition come in its order.
        partition
            The partition of `mentions` it was made from: the watermark is the minimum over the partitions seen.

        Returns
        -------
        list of WatchEvent
            The changes of the incident and of how the brand answers.
        """
        if rollup.learned is not None:
            return warm_up(self, rollup.learned)
        if rollup.network == IDLE_NETWORK:
            return self.advance_to(rollup.newest, partition, idle=True)
        if rollup.newest and rollup.counts == _NONE and rollup.desk is None:
            self.times.has_source_heartbeats = True
        if rollup.covered:
            self._detector.cover(rollup.newest // HOUR_MS)
        self._buckets.add(rollup, self.opened)
        return self.advance_to(rollup.newest, partition)

    def advance_to(self, newest_ms: int, partition: int = 0, idle: bool = False) -> list[WatchEvent]:
        """Advance the event time of a partition, as a heartbeat does, and close the buckets that it closes.

        Parameters
        ----------
        newest_ms
            Milliseconds since the epoch.
        partition
            The partition of `mentions` in which this event time was seen.
        idle
            It was seen in an idle heartbeat.
        """
        if not self.times.advance(newest_ms, partition, idle):
            return []
        opened = oldest_open_minute(self.times.event_time, self.config.lateness_ms)
        return self._close(opened) if self.opened is None or opened > self.opened else []

    def _close(self, opened: int) -> list[WatchEvent]:
        events: list[WatchEvent] = []
        passed = opened if self.opened is None else self.opened
        for minute, rollups in self._buckets.pop_before(opened):
            # First advance through the silent minutes before this one: an open incident may have closed in them.
            events += self._advance(passed, minute)
            subject = self.subject
            events += self._close_bucket(minute, rollups)
            passed = minute + 1
            if subject or self.subject:
                events += self._end_minute(passed, subject)
        events += self._advance(passed, opened)
        self.opened = opened
        return events

    def _advance(self, passed: int, until: int) -> list[WatchEvent]:
        """Advance through silent minutes: one by one where each is observed, else at once."""
        events: list[WatchEvent] = []
        while passed < until:
            subject = self.subject
            passed = passed + 1 if subject and self.on_minute else until
            events += self._end_minute(passed, subject)
        return events

    def _end_minute(self, end: int, subject: str) -> list[WatchEvent]:
        events = [] if self.incident is None else self._events(self._detector.advance(end))
        events += self.desk.advance(end) if self.desk.is_due(end) else []
        if self.on_minute and (subject or self.subject):
            self.on_minute(self, end, subject)
        return events

    def _close_bucket(self, minute: int, rollups: list[Rollup]) -> list[WatchEvent]:
        events: list[WatchEvent] = []
        # The authors are for the detectors alone, and the desk part for the desk, which read them now.
        self.recent.add(ClosedMinute(minute, [replace(rollup, voices=(), desk=None) for rollup in rollups]))
        self._undrained.append(minute)
        observed, late = observations(minute, rollups, self.config.reach_negative_at)
        spoken = observed.mentions or observed.posts or late
        events = self._events(self._detector.observe(observed, late)) if spoken else []
        return [*events, *self.desk.observe(minute, rollups)]

    def _events(self, changes: list[Change]) -> list[WatchEvent]:
        events: list[WatchEvent] = []
        for change in changes:
            if self.incident is None:
                self.incident = IncidentKey(self.brand, change.minute, change.since)
            terms = self.spreading(change.minute, self.recent.since(change))
            event = build_incident_event(self.incident, change, self.recent, terms, self.config)
            events += [*self.desk.follow(self.incident, change, terms), event]
            if change.severity == "calm":
                self.incident, self.last_event, self.criteria = None, None, frozenset()
            else:
                self.last_event, self.criteria = event, self.criteria.union(event.criteria)
        return events

    # -- snapshot ---------------------------------------------------------------------------------------------------
    def state(self) -> WatchState:
        """Return what was learned, the event time and the open incident."""
        last_event = None if self.last_event is None else self.last_event.to_json()
        return WatchState(
            self.opened,
            self.terms.hour,
            sorted(self.times.newest.items()),
            sorted(self.times.idle_since.items()),
            self.times.has_source_heartbeats,
            self.incident,
            self._detector.state(),
            last_event,
            sorted(self.criteria),
        )

    def open_rollups(self) -> list[Rollup]:
        """Return the rollups of the open buckets, by minute and network."""
        return self._buckets.rollups()

    def term_samples(self) -> TermSamples:
        """Return the background of the terms: it changes with its hour."""
        return self.terms.state()

    def drain_closed_minutes(self, oldest: int) -> list[MinuteState]:
        """Return the minutes closed since the last call, each of them once, in order.

        Parameters
        ----------
        oldest
            Earlier minutes are left out: nobody needs them any more.
        """
        minutes = [minute for minute in self._undrained if minute >= oldest]
        self._undrained.clear()
        rollups = {row.minute: row.rollups for row in self.recent.closed_since(minutes[0])} if minutes else {}
        return [MinuteState(m, self._detector.recent_row(m), rollups.get(m, [])) for m in minutes]

    def restore(
        self, state: WatchState, minutes: Iterable[MinuteState], open_rollups: Iterable[Rollup], terms: TermSamples
    ) -> None:
        """Continue exactly where a watch of the same brand was when its state was read.

        Parameters
        ----------
        state, open_rollups, terms
            As returned by `state`, `open_rollups` and `term_samples`.
        minutes
            The closed minutes of a day, in order.

        Raises
        ------
        ValueError
            The state of the detectors was written by another version.
        """
        rows = {row.minute: row.detectors for row in minutes if row.detectors}
        self._detector = BrandDetector.restore(
            self.config.settings(self.brand), state.detectors, rows, self.config.local_hours
        )
        self.opened, self.terms.hour, self.incident = state.opened, state.terms_hour, state.incident
        self.times.newest, self.times.idle_since = dict(state.newest), dict(state.idle_since)
        self.times.has_source_heartbeats = state.has_source_heartbeats
        self.last_event = None if state.last_event is None else IncidentEvent.from_json(state.last_event)
        self.criteria = frozenset(state.criteria)
        for row in minutes:
            self.recent.add(ClosedMinute(row.minute, row.rollups))
        for rollup in open_rollups:
            self._buckets.add(rollup)
        self.terms.restore(terms)
