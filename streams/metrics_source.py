"""Where the metrics get their values: a scored batch, a brand's watch, an incident event."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from detectors.brand import COPIES, FRESH, NEGATIVE
from detectors.burst import HOUR, NEVER, highest_usual
from detectors.incident import SEVERITIES
from streams import metrics as m
from streams.brand_watch import BrandWatch
from streams.deadletters import DeadLetter
from streams.incident_event import CRITERIA, IncidentEvent
from streams.label_cap import OTHER, clean_label
from streams.metrics import Metrics
from streams.rollup import Counts, Rollup
from streams.scorer import Batch
from streams.source_clock import NETWORK

MAX_TERMS = 120
SIX_HOURS = 6 * HOUR
_ACTIONS = (
    ("official", "official"),
    ("answer", "answers"),
    ("deletion", "deletions"),
    ("block", "blocks"),
    ("scheduled", "scheduled"),
)
_WHILE_OPEN = (
    m.SINCE,
    m.CRITERION,
    m.INFO,
    m.INCIDENT_OBSERVED,
    m.INCIDENT_EXPECTED,
    m.INCIDENT_WINDOW,
    m.INCIDENT_NEGATIVES,
    m.INCIDENT_COPIES,
    m.INCIDENT_REACH,
)


class Signal(NamedTuple):
    """One signal of a brand at a moment: its score, and the last hour's authors against what is usual."""

    score: float
    observed: int
    expected: float
    usual_max: float


def readings(watch: BrandWatch, minute: int) -> dict[str, Signal]:
    """Read what a brand's detectors see, without changing them.

    Parameters
    ----------
    watch
        The brand's.
    minute
        Now, in minutes since the epoch.

    Examples
    --------
    >>> from streams.config import Config
    >>> readings(BrandWatch("Acme", Config()), 100)["volume"].observed
    0
    """
    detector = watch.detector
    growth, volume, recent = detector.growth, detector.growth.volume, detector.recent
    start = minute - HOUR
    usual = volume.expected(start, minute) if volume.hour != NEVER else 0.0
    uncertain = 1.0 / volume.baseline.shape
    spread = volume.dispersions[volume.spans.index(HOUR)].value + uncertain
    negative_spread = growth.dispersions[growth.spans.index(HOUR)].value + uncertain
    negatives = usual * growth.share
    return {
        "volume": Signal(
            volume.read(minute).score, recent.total(FRESH, start, minute), usual, highest_usual(usual, spread)
        ),
        "negatives": Signal(
            growth.read(minute).score,
            recent.total(NEGATIVE, start, minute),
            negatives,
            highest_usual(negatives, negative_spread),
        ),
    }


def count_batch(metrics: Metrics, batch: Batch) -> None:
    """Count what a scorer made of a batch."""
    count_scored(metrics, batch.messages, batch.letters)
    count_rollups(metrics, batch.rollups)


def count_scored(metrics: Metrics, messages: int, letters: Iterable[DeadLetter]) -> None:
    """Count messages that a scorer took in, and those among them that it could not read."""
    metrics.inc(m.MESSAGES, "scorer", by=messages)
    for letter in letters:
        metrics.inc(m.DEAD_LETTERS, letter.reason)


def count_rollups(metrics: Metrics, rollups: Iterable[Rollup]) -> None:
    """Count the mentions that rollups sum up, and note how far their networks were heard."""
    newest: dict[tuple[m.Family, str], int] = {}
    for rollup in rollups:
        _count_rollup(metrics, rollup)
        for family in _heard(rollup):
            key = family, rollup.network
            newest[key] = max(newest.get(key, 0), rollup.newest)
    for (family, network), ms in newest.items():
        metrics.raise_to(family, ms / 1000, network)


def _heard(rollup: Rollup) -> list[m.Family]:
    # Late mentions and duplicates alone tell nothing new of a source; badbuzz's own heartbeats are no source's.
    if not rollup.newest or rollup.network == NETWORK:
        return []
    spoken = rollup.counts != Counts()
    return [m.SOURCE_HEARD, m.SOURCE_MENTION if spoken else m.SOURCE_HEARTBEAT]


def _count_rollup(metrics: Metrics, rollup: Rollup) -> None:
    counts, brand, network = rollup.counts, rollup.brand, rollup.network
    if counts.mentions:
        by_tone = sorted(rollup.posts, key=lambda post: post.negativity)
        mildest, angriest = (by_tone[0].id, by_tone[-1].id) if by_tone else (None, None)
        others = counts.mentions - counts.negatives
        if counts.negatives:
            metrics.inc(m.MENTIONS, brand, network, "negative", by=counts.negatives, exemplar=angriest)
        if others:
            metrics.inc(m.MENTIONS, brand, network, "other", by=others, exemplar=mildest)
    if counts.complaints:
        metrics.inc(m.COMPLAINTS, brand, by=counts.complaints)
    for action, field in _ACTIONS:
        if done := getattr(counts, field):
            metrics.inc(m.ACTIONS, brand, action, by=done)
    for fate, number in (("kept", counts.late), ("dropped", counts.too_late)):
        if number:
            metrics.inc(m.LATE, fate, by=number)
    if counts.duplicates:
        metrics.inc(m.DUPLICATES, by=counts.duplicates)


class WatchMetrics:
    """Keep the metrics of the brands that one process watches.

    Parameters
    ----------
    metrics
        Where to set them.
    negative_at
        Negativity from which a publication counts as negative.
    """

    def __init__(self, metrics: Metrics, negative_at: float = 0.5) -> None:
        self.metrics = metrics
        self.negative_at = negative_at
        self._severity: dict[str, int] = {}
        self._held: dict[str, set[str]] = {}
        self._told: set[str] = set()
        self._others_shown = False
        for severity in SEVERITIES:
            if severity != "calm":
                metrics.set(m.OPEN, 0, severity)

    def look(self, watch: BrandWatch) -> None:
        """Set the gauges of a brand as its detectors see it at its watermark."""
        if watch.opened is None:
            return
        metrics, brand, minute = self.metrics, watch.brand, watch.opened
        incident = watch.detector.incident
        self._set_severity(brand, incident.severity)
        if not incident.open and metrics.brands.label(brand) == OTHER:
            return  # nothing of it would be shown
        found = readings(watch, minute)
        for name, signal in found.items():
            metrics.set(m.SCORE, signal.score, brand, name)
            metrics.set(m.OBSERVED, signal.observed, brand, name)
            metrics.set(m.EXPECTED, signal.expected, brand, name)
            metrics.set(m.USUAL_MAX, signal.usual_max, brand, name)
        recent = watch.detector.recent
        fresh, negatives = (recent.total(field, minute - SIX_HOURS, minute) for field in (FRESH, NEGATIVE))
        metrics.set(m.AUTHORS, negatives, brand, "negative")
        metrics.set(m.AUTHORS, max(0, fresh - negatives), brand, "other")
        widest = {"negative": 0, "other": 0}
        for rollup in watch.context.rollups(minute - HOUR, minute):
            for post in rollup.posts:
                tone = "negative" if post.negativity >= 1000 * self.negative_at else "other"
                widest[tone] = max(widest[tone], post.reach)
        for tone, people in widest.items():
            metrics.set(m.REACH, people, brand, tone)
        metrics.set(m.WATERMARK, minute * 60, brand)
        if incident.open:
            metrics.set(m.SINCE, incident.since * 60, brand)
            if minute < watch.detector.coordinated_until:
                self._held.setdefault(brand, set()).add("coordinated")
                metrics.set(m.CRITERION, 1, brand, "coordinated")
            if brand not in self._told:
                self._tell_of_restored(watch, found, minute)

    def told(self, event: IncidentEvent, seconds: float | None = None, mention_id: str | None = None) -> None:
        """Take in an incident event.

        Parameters
        ----------
        event
            As published.
        seconds
            From the start of the minute that changed the incident to now, where that is known.
        mention_id
            Of a publication that carries it.
        """
        metrics, brand = self.metrics, event.brand
        metrics.inc(m.CHANGES, event.severity)
        if seconds is not None:
            metrics.observe(m.LATENCY, seconds, event.severity, exemplar=mention_id)
        self._set_severity(brand, SEVERITIES.index(event.severity))
        if event.severity == "calm":
            return
        self._told.add(brand)
        self._tell(
            brand,
            criteria=event.criteria,
            observed=event.observed,
            expected=event.expected,
            window_s=event.window_minutes * 60,
            negatives=event.negatives,
            copies=event.copies,
            reach=max((post.reach for post in event.posts), default=0),
            networks=event.networks,
            terms=[term.term for term in event.terms],
        )
        metrics.set(m.SINCE, datetime.fromisoformat(event.since).timestamp(), brand)

    def _tell_of_restored(self, watch: BrandWatch, found: dict[str, Signal], minute: int) -> None:
        """Tell an incident that opened in another process by what its detectors see in the last hour."""
        settings, detector = watch.detector.settings, watch.detector
        grows = found["negatives"].score >= settings.warning_score
        holding = {
            "surge": found["volume"].score >= settings.watch_score,
            "negative_growth": grows,
            "reach": bool(detector.reach.significant(minute)),
        }
        lead = found["negatives" if grows else "volume"]
        window = watch.context.window(minute - HOUR, minute)
        mentions = sum(n for n, _ in window.networks.values())
        networks = sorted(window.networks.items(), key=lambda item: (-item[1][0], item[0]))
        self._tell(
            watch.brand,
            criteria=[name for name, holds in holding.items() if holds],
            observed=lead.observed,
            expected=lead.expected,
            window_s=HOUR * 60,
            negatives=found["negatives"].observed,
            copies=detector.recent.total(COPIES, minute - HOUR, minute),
            reach=max((post.reach for _, post in window.posts), default=0),
            networks={network: n / mentions for network, (n, _) in networks},
            terms=[term for term, _ in watch.spreading(minute)],
        )

    def _tell(
        self,
        brand: str,
        *,
        criteria: Iterable[str],
        observed: float,
        expected: float,
        window_s: int,
        negatives: int,
        copies: int,
        reach: int,
        networks: dict[str, float],
        terms: list[str],
    ) -> None:
        metrics = self.metrics
        held = self._held.setdefault(brand, set())
        held.update(criteria)
        for criterion in CRITERIA:
            metrics.set(m.CRITERION, float(criterion in held), brand, criterion)
        metrics.set(m.INCIDENT_OBSERVED, observed, brand)
        metrics.set(m.INCIDENT_EXPECTED, expected, brand)
        metrics.set(m.INCIDENT_WINDOW, window_s, brand)
        metrics.set(m.INCIDENT_NEGATIVES, negatives, brand)
        metrics.set(m.INCIDENT_COPIES, copies, brand)
        metrics.set(m.INCIDENT_REACH, reach, brand)
        network, share = next(iter(networks.items()), ("", 0.0))
        metrics.remove(m.INFO, brand=brand)
        metrics.set(m.INFO, 1, brand, network, f"{share:.0%}", clean_label(", ".join(terms[:5]), MAX_TERMS))

    def forget(self, brand: str) -> None:
        """Remove a brand that is watched elsewhere from now on."""
        self._set_severity(brand, 0)
        self._severity.pop(brand, None)
        self.metrics.forget("brand", brand)

    def _set_severity(self, brand: str, severity: int) -> None:
        before = self._severity.get(brand, 0)
        metrics, brands = self.metrics, self.metrics.brands
        if severity and not brands.admits(brand):
            brands.label(brand, urgent=True)
        self._severity[brand] = severity
        metrics.set(m.SEVERITY, severity, brand)
        if severity == before:
            return
        if not severity:
            self._held.pop(brand, None)
            self._told.discard(brand)
            for family in _WHILE_OPEN:
                metrics.remove(family, brand=brand)
            if brands.in_reserve(brand):
                metrics.forget("brand", brand)
        open_ones = [(name, rank) for name, rank in self._severity.items() if rank]
        for rank, name in enumerate(SEVERITIES[1:], start=1):
            metrics.set(m.OPEN, sum(found == rank for _, found in open_ones), name)
        beyond = [rank for name, rank in open_ones if not brands.admits(name)]
        if beyond or self._others_shown:
            self._others_shown = True
            metrics.set(m.SEVERITY, max(beyond, default=0), OTHER)
