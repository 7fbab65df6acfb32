"""Gauges of the brands that a process watches: their detectors' readings and their open incidents."""

from collections.abc import Iterable
from datetime import datetime

from detectors.minutes import HOUR_MINUTES
from detectors.severity import CRITERIA, SEVERITIES, Severity
from streams.metrics import families as m
from streams.metrics.desk_gauges import DeskGauges
from streams.metrics.label_cap import OTHER, clean_label
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentEvent
from streams.watching.incident_summary import figures
from streams.watching.quotation import quotations
from streams.watching.watch_event import WatchEvent

MAX_TERMS_CHARS = 120
INFO_TERMS = 5
_INCIDENT_GAUGES = (
    m.SINCE,
    m.CRITERION,
    m.INFO,
    m.POST_INFO,
    m.INCIDENT_OBSERVED,
    m.INCIDENT_EXPECTED,
    m.INCIDENT_WINDOW,
    m.INCIDENT_NEGATIVES,
    m.INCIDENT_COPIES,
    m.INCIDENT_REACH,
)


class BrandGauges:
    """Set the gauges of the brands that one process watches.

    A brand's readings are set by `update_from`, its incident's figures by `record_event`, and by `update_from` where
    another process published the event; they are removed when the incident closes. Of brands whose names are one label
    once they are cleaned, the gauges are those of the most severe.

    Parameters
    ----------
    metrics
        The registry.
    config
        Negativity from which a post counts as negative, language, zone, and which authors are named.
    """

    def __init__(self, metrics: Metrics, config: Config | None = None) -> None:
        self.metrics = metrics
        self.config = Config() if config is None else config
        self._desks = DeskGauges(metrics, self.config)
        self._severity: dict[str, int] = {}
        # Criteria that have held during the open incident, by brand.
        self._criteria: dict[str, set[str]] = {}
        # Brands whose names are one label once they are cleaned.
        self._by_label: dict[str, set[str]] = {}
        self._other_exported = False
        for severity in SEVERITIES:
            if severity != "calm":
                metrics.set(m.OPEN, 0, severity)

    def update_from(self, watch: BrandWatch) -> None:
        """Set the gauges of a brand to its detectors' readings at its watermark."""
        if watch.opened is None:
            return
        metrics, brand, minute = self.metrics, watch.brand, watch.opened
        self._set_severity(brand, watch.severity)
        if watch.incident is None and metrics.brands.label(brand) == OTHER:
            return  # beyond the label limit: its gauges would not be set
        if not self._leads(brand):
            return
        readings = watch.readings(minute)
        for name, signal in (("volume", readings.volume), ("negatives", readings.negatives)):
            metrics.set(m.SCORE, signal.score, brand, name)
            metrics.set(m.OBSERVED, signal.observed, brand, name)
            metrics.set(m.EXPECTED, signal.expected, brand, name)
            metrics.set(m.USUAL_MAX, signal.usual_max, brand, name)
        metrics.set(m.AUTHORS, readings.negative_authors, brand, "negative")
        metrics.set(m.AUTHORS, max(0, readings.authors - readings.negative_authors), brand, "other")
        max_reach = {"negative": 0, "other": 0}
        for rollup in watch.recent.rollups(minute - HOUR_MINUTES, minute):
            for post in rollup.posts:
                tone = "negative" if post.negativity >= 1000 * self.config.negative_at else "other"
                max_reach[tone] = max(max_reach[tone], post.reach)
        for tone, reached in max_reach.items():
            metrics.set(m.REACH, reached, brand, tone)
        metrics.set(m.WATERMARK, minute * 60, brand)
        self._desks.update_from(watch)
        if watch.last_event is not None:
            copied = {"coordinated"}.intersection(readings.criteria)
            self._set_incident(watch.last_event, watch.criteria | copied)

    def severity_matches(self, watch: BrandWatch) -> bool:
        """Return whether the exported severity of a brand is that of its detectors."""
        return self._severity.get(watch.brand, 0) == watch.severity

    def record_event(self, event: WatchEvent, seconds: float | None = None, mention_id: str | None = None) -> None:
        """Count an incident event, and set the gauges that its figures or those of a desk event are for.

        Parameters
        ----------
        event
            The event, as published.
        seconds
            Latency of the event, from the start of the minute that changed the incident, if known.
        mention_id
            Id of one of the incident's posts: the exemplar of the latency.
        """
        metrics, brand = self.metrics, event.brand
        if not isinstance(event, IncidentEvent):
            self._desks.record_event(event)
            return
        metrics.inc(m.INCIDENT_EVENTS, event.severity)
        if seconds is not None:
            metrics.observe(m.LATENCY, seconds, event.severity, exemplar=mention_id)
        self._set_severity(brand, Severity.of(event.severity))
        if event.severity == "calm":
            return
        if self._leads(brand):
            self._set_incident(event, event.criteria)

    def _set_incident(self, event: IncidentEvent, criteria: Iterable[str]) -> None:
        """Set the figures of an open incident to those of its latest event."""
        metrics, config, brand = self.metrics, self.config, event.brand
        so_far = self._criteria.setdefault(brand, set())
        so_far.update(criteria)
        for criterion in CRITERIA:
            metrics.set(m.CRITERION, float(criterion in so_far), brand, criterion)
        metrics.set(m.SINCE, datetime.fromisoformat(event.since).timestamp(), brand)
        metrics.set(m.INCIDENT_OBSERVED, event.observed, brand)
        metrics.set(m.INCIDENT_EXPECTED, event.expected, brand)
        metrics.set(m.INCIDENT_WINDOW, event.window_minutes * 60, brand)
        metrics.set(m.INCIDENT_NEGATIVES, event.negatives, brand)
        metrics.set(m.INCIDENT_COPIES, event.copies, brand)
        metrics.set(m.INCIDENT_REACH, max((post.reach for post in event.posts), default=0), brand)
        network, share = next(iter(event.networks.items()), ("", 0.0))
        terms = clean_label(", ".join(term.term for term in event.terms[:INFO_TERMS]), MAX_TERMS_CHARS)
        for family in (m.INFO, m.POST_INFO):
            metrics.remove(family, brand=brand)
        metrics.set(m.INFO, 1, brand, network, config.words.percent(share), terms, figures(event, config))
        for rank, quoted in enumerate(quotations(brand, event.posts, config), start=1):
            metrics.set(m.POST_INFO, 1, brand, str(rank), *quoted)

    def _leads(self, brand: str) -> bool:
        """Return whether a brand is the most severe of those that share its label, the first by name among equals."""
        sharing = self._by_label.get(clean_label(brand), {brand})
        return brand == min(sharing, key=lambda name: (-self._severity.get(name, 0), name))

    def forget(self, brand: str) -> None:
        """Remove the series of a brand whose partition moved to another worker."""
        self._set_severity(brand, 0)
        self._severity.pop(brand, None)
        sharing = self._by_label[clean_label(brand)]
        sharing.discard(brand)
        if not sharing:
            del self._by_label[clean_label(brand)]
        self._desks.forget(brand)
        self.metrics.forget("brand", brand)

    def _set_severity(self, brand: str, severity: int) -> None:
        before = self._severity.get(brand, 0)
        metrics, brands, led = self.metrics, self.metrics.brands, self._leads(brand)
        if severity and not brands.admits(brand):
            brands.label(brand, urgent=True)
        self._severity[brand] = severity
        sharing = self._by_label.setdefault(clean_label(brand), set())
        sharing.add(brand)
        metrics.set(m.SEVERITY, max(self._severity[name] for name in sharing), brand)
        if severity == before:
            return
        if not severity:
            self._criteria.pop(brand, None)
            for family in _INCIDENT_GAUGES if led else ():
                metrics.remove(family, brand=brand)
            if brands.in_reserve(brand):
                metrics.forget("brand", brand)
        open_severities = {name: severity for name, severity in self._severity.items() if severity}
        for rank, label in enumerate(SEVERITIES[1:], start=1):
            metrics.set(m.OPEN, sum(severity == rank for severity in open_severities.values()), label)
        # A brand may be named like the label for the rest: one series, of the more severe.
        beyond_limit = [
            severity for name, severity in open_severities.items() if name == OTHER or not brands.admits(name)
        ]
        if beyond_limit or self._other_exported:
            self._other_exported = True
            metrics.set(m.SEVERITY, max(beyond_limit, default=0), OTHER)
