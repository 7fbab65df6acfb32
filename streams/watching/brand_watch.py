"""The watch over one brand: rollups in, incident events out.

Merges rollups into one-minute buckets, closes a bucket when the watermark passes its end, lets the detectors see it,
and says what changed. A pure function of the rollups: the Faust watcher and the in-process pipeline run this same
code.
"""

from heapq import nsmallest

import msgspec

from detectors.brand import BrandDetector
from detectors.change import Change
from detectors.observation import Observation, Post
from detectors.trending import Sample, TrendingTerms
from streams.event_time import MINUTE_MS, closing_ms, oldest_open_minute
from streams.mentions.text import extract_terms, post_key
from streams.scoring.rollup import HASHES, MAX_VOICES, Rollup, merge
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent, IncidentKey, incident_event
from streams.watching.recent_minutes import ClosedMinute, RecentMinutes

# Merging many at once is cheaper than one by one. A busy brand's must not all be left to the close, nor all be kept:
# so many publications wait.
MERGE_AT = 64
# Of so many publications the terms are read: those with the smallest hashes, a sample of all that was said.
MAX_READ = 512


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
        Start of the oldest bucket that is still open, in minutes since the epoch.
    newest
        Newest event time of each partition, in milliseconds since the epoch.
    buckets
        Open buckets: minute, then network, then what came for it, to be merged.
    closed
        Minutes closed since the last snapshot that hold something.
    hour
        Hour of the newest closed minute, in hours since the epoch: those before it are in the background of terms.
    incident
        The open one.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts
    >>> watch = BrandWatch("Acme", Config())
    >>> watch.apply(Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))
    []
    >>> watch.opened
    99
    """

    def __init__(self, brand: str, config: Config) -> None:
        self.brand = brand
        self.config = config
        self.detector = BrandDetector(config.settings(brand))
        self.trending = TrendingTerms(extract_terms)
        self.recent = RecentMinutes()
        self.opened: int | None = None
        self.incident: IncidentKey | None = None
        self._leave_out = frozenset(name.lower() for name in (brand, *config.brand(brand).names))
        self.closed: list[int] = []
        self.hour = 0
        self.newest: dict[int, int] = {}
        self.buckets: dict[int, dict[str, list[Rollup]]] = {}

    @property
    def due_ms(self) -> int:
        """Event time before which nothing heard closes a bucket, in milliseconds since the epoch."""
        return 0 if self.opened is None else closing_ms(self.opened * MINUTE_MS, self.config.lateness_ms)

    def apply(self, rollup: Rollup, partition: int = 0) -> list[IncidentEvent]:
        """Take one rollup of this brand and close what its watermark closes.

        Parameters
        ----------
        rollup
            Those of one partition come in its order.
        partition
            The partition of `mentions` it was made from: the watermark is the least over those seen.

        Returns
        -------
        list of IncidentEvent
            What changed, in event time's order.
        """
        if self.opened is not None and rollup.minute < self.opened:
            rollup = msgspec.structs.replace(rollup, minute=self.opened)
        bucket = self.buckets.get(rollup.minute)
        if bucket is None:
            bucket = self.buckets[rollup.minute] = {}
        parts = bucket.setdefault(rollup.network, [])
        parts.append(rollup)
        if len(parts) * (1 + len(rollup.posts)) >= MERGE_AT:
            self._merge_open()
        return self.hear(rollup.newest, partition)

    def hear(self, newest_ms: int, partition: int = 0) -> list[IncidentEvent]:
        """Move event time on, as a heartbeat does, and close what that closes.

        Parameters
        ----------
        newest_ms
            Milliseconds since the epoch.
        partition
            Where it was heard.
        """
        known = self.newest.get(partition)
        if known is not None and newest_ms <= known:
            return []
        self.newest[partition] = newest_ms
        opened = oldest_open_minute(min(self.newest.values()), self.config.lateness_ms)
        return self._close(opened) if self.opened is None or opened > self.opened else []

    def spreading(self, minute: int, since: int | None = None) -> list[tuple[str, int]]:
        """Give the terms that spread and how many sampled mentions say them, best first.

        Parameters
        ----------
        minute
            Now, in minutes since the epoch.
        since
            From when on; default an hour ago.
        """
        rollups = self.recent.rollups(minute - 60 if since is None else since, minute)
        posts = [post for rollup in rollups for post in rollup.posts]
        if len(posts) > MAX_READ:
            posts = nsmallest(MAX_READ, posts)
        return self.trending.top([post.text for post in posts], leave_out=self._leave_out)

    def _merge_open(self) -> None:
        for bucket in self.buckets.values():
            for network, parts in bucket.items():
                bucket[network] = [merge(*parts)]

    def _close(self, opened: int) -> list[IncidentEvent]:
        events: list[IncidentEvent] = []
        for minute in sorted([m for m in self.buckets if m < opened]):
            events.extend(self._close_bucket(minute, self.buckets.pop(minute)))
        if self.incident is not None:
            events += self._events(self.detector.advance(opened))
        self.opened = opened
        return events

    def _close_bucket(self, minute: int, bucket: dict[str, list[Rollup]]) -> list[IncidentEvent]:
        # What happened in quiet time, which only an open incident notices, happened before this minute is known.
        events = [] if self.incident is None else self._events(self.detector.advance(minute))
        if minute // 60 > self.hour:
            self._learn_terms(minute // 60)
        rollups = [merge(*bucket[network]) for network in sorted(bucket)]
        # Only the detectors need the authors, and only now.
        told = [msgspec.structs.replace(rollup, voices=()) for rollup in rollups]
        self.recent.add(ClosedMinute(minute, told))
        self.closed.append(minute)
        seen = observation(minute, rollups, self.config.reach_negative_at)
        if seen.mentions:
            changes = self.detector.observe(seen)
            if changes:
                events += self._events(changes)
        return events

    def _learn_terms(self, hour: int) -> None:
        """Let what was said in the last hour heard join the background."""
        first = self.hour * 60
        posts = [post for rollup in self.recent.rollups(first, first + 60) for post in rollup.posts]
        if posts:
            self.trending.learn_one(self.hour // 24, [Sample(post.identity, post.text) for post in posts])
        self.hour = hour

    def _events(self, changes: list[Change]) -> list[IncidentEvent]:
        events = []
        for change in changes:
            if self.incident is None:
                self.incident = IncidentKey(self.brand, change.minute, change.since)
            terms = self.spreading(change.minute, self.recent.since(change))
            events.append(incident_event(self.incident, change, self.recent, terms, self.config))
            if change.severity == "calm":
                self.incident = None
        return events


def observation(minute: int, rollups: list[Rollup], reach_negative_at: float) -> Observation:
    """Give what the detectors see of a minute: the networks' rollups made one.

    Where a network's authors are a sketch, all networks are cut at the least of the sketches' thresholds, so that
    what is left is one uniform sample of all authors.

    Examples
    --------
    >>> from detectors.observation import Voice
    >>> from streams.scoring.rollup import Counts
    >>> a = Rollup("Acme", "forum", 1, 0, Counts(mentions=2, negatives=1), (Voice(5, 0, 0, True, 1),))
    >>> b = Rollup("Acme", "twitter", 1, 0, Counts(mentions=1), (Voice(3, 0, 0, False, 9),))
    >>> seen = observation(1, [a, b], 0.7)
    >>> seen.mentions, [voice.author for voice in seen.voices], seen.scale
    (3, [3, 5], 1.0)
    """
    voices = rollups[0].voices
    scale = 1.0
    if len(rollups) > 1:
        voices = tuple(sorted([voice for rollup in rollups for voice in rollup.voices]))
    full = [rollup.voices[-1].author for rollup in rollups if len(rollup.voices) >= MAX_VOICES]
    if full:
        threshold = min(full)
        voices = tuple([voice for voice in voices if voice.author < threshold])
        scale = HASHES / threshold
    return Observation(
        minute,
        sum([rollup.counts.mentions for rollup in rollups]),
        sum([rollup.counts.negatives for rollup in rollups]),
        voices,
        scale,
        [
            Post(
                post.id,
                post_key(rollup.network, post.id),
                post.reach,
                post.reposts,
                post.negativity >= 1000 * reach_negative_at,
            )
            for rollup in rollups
            for post in rollup.posts
            if post.reach or post.reposts
        ],
    )
