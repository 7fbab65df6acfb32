"""Gauges of the brands that a process watches: what their detectors see, and what is told of their incidents."""

from collections.abc import Iterable
from datetime import datetime

from detectors.criteria.readings import Readings
from detectors.minutes import HOUR_MINUTES
from detectors.severity import CRITERIA, SEVERITIES, Severity
from streams.metrics import families as m
from streams.metrics.label_cap import OTHER, clean_label
from streams.metrics.registry import Metrics
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentEvent

MAX_TERMS = 120
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


class BrandGauges:
    """Keep the gauges of the brands that one process watches.

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

    def update_from(self, watch: BrandWatch) -> None:
        """Set the gauges of a brand as its detectors see it at its watermark."""
        if watch.opened is None:
            return
        metrics, brand, minute = self.metrics, watch.brand, watch.opened
        incident = watch.detector.incident
        self._set_severity(brand, incident.severity)
        if not incident.open and metrics.brands.label(brand) == OTHER:
            return  # nothing of it would be shown
        found = watch.detector.readings(minute)
        for name, signal in (("volume", found.volume), ("negatives", found.negatives)):
            metrics.set(m.SCORE, signal.score, brand, name)
            metrics.set(m.OBSERVED, signal.observed, brand, name)
            metrics.set(m.EXPECTED, signal.expected, brand, name)
            metrics.set(m.USUAL_MAX, signal.usual_max, brand, name)
        metrics.set(m.AUTHORS, found.negative_authors, brand, "negative")
        metrics.set(m.AUTHORS, max(0, found.authors - found.negative_authors), brand, "other")
        widest = {"negative": 0, "other": 0}
        for rollup in watch.recent.rollups(minute - HOUR_MINUTES, minute):
            for post in rollup.posts:
                tone = "negative" if post.negativity >= 1000 * self.negative_at else "other"
                widest[tone] = max(widest[tone], post.reach)
        for tone, people in widest.items():
            metrics.set(m.REACH, people, brand, tone)
        metrics.set(m.WATERMARK, minute * 60, brand)
        if incident.open:
            metrics.set(m.SINCE, incident.since * 60, brand)
            if "coordinated" in found.criteria:
                self._held.setdefault(brand, set()).add("coordinated")
                metrics.set(m.CRITERION, 1, brand, "coordinated")
            if brand not in self._told:
                self._tell_of_restored(watch, found, minute)

    def severity_matches(self, watch: BrandWatch) -> bool:
        """Tell whether the severity shown of a brand is that of its detectors."""
        return self._severity.get(watch.brand, 0) == watch.detector.incident.severity

    def record_event(self, event: IncidentEvent, seconds: float | None = None, mention_id: str | None = None) -> None:
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
        self._set_severity(brand, Severity.of(event.severity))
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

    def _tell_of_restored(self, watch: BrandWatch, found: Readings, minute: int) -> None:
        """Tell an incident that opened in another process by what its detectors see in the last hour."""
        lead = found.negatives if "negative_growth" in found.criteria else found.volume
        window = watch.recent.window(minute - HOUR_MINUTES, minute)
        mentions = sum(n for n, _ in window.networks.values())
        networks = sorted(window.networks.items(), key=lambda item: (-item[1][0], item[0]))
        self._tell(
            watch.brand,
            criteria=found.criteria,
            observed=lead.observed,
            expected=lead.expected,
            window_s=HOUR_MINUTES * 60,
            negatives=found.negatives.observed,
            copies=found.copies,
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
