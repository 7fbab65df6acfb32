"""Gauges of the brands that a process watches: their detectors' readings and their open incidents."""

from collections.abc import Iterable
from datetime import datetime

from detectors.criteria.readings import Readings
from detectors.criteria.surge import HOUR
from detectors.severity import CRITERIA, SEVERITIES, Severity
from streams.event_time import MINUTE_MS, rfc3339
from streams.metrics import families as m
from streams.metrics.label_cap import OTHER, clean_label
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_builder import most_telling
from streams.watching.incident_event import IncidentEvent, ShownPost
from streams.watching.incident_summary import people, where_since
from streams.watching.quotation import quotations

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

    A brand's readings are set by `update_from`, its incident's figures by `record_event`; they are removed when the
    incident closes.

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
        self._severity: dict[str, int] = {}
        # Criteria that have held during the open incident, by brand.
        self._criteria: dict[str, set[str]] = {}
        # Brands whose incident's figures are those of an event of this process.
        self._with_event: set[str] = set()
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
        readings = watch.readings(minute)
        for name, signal in (("volume", readings.volume), ("negatives", readings.negatives)):
            metrics.set(m.SCORE, signal.score, brand, name)
            metrics.set(m.OBSERVED, signal.observed, brand, name)
            metrics.set(m.EXPECTED, signal.expected, brand, name)
            metrics.set(m.USUAL_MAX, signal.usual_max, brand, name)
        metrics.set(m.AUTHORS, readings.negative_authors, brand, "negative")
        metrics.set(m.AUTHORS, max(0, readings.authors - readings.negative_authors), brand, "other")
        max_reach = {"negative": 0, "other": 0}
        for rollup in watch.recent.rollups(minute - HOUR, minute):
            for post in rollup.posts:
                tone = "negative" if post.negativity >= 1000 * self.config.negative_at else "other"
                max_reach[tone] = max(max_reach[tone], post.reach)
        for tone, reached in max_reach.items():
            metrics.set(m.REACH, reached, brand, tone)
        metrics.set(m.WATERMARK, minute * 60, brand)
        if watch.incident is not None:
            metrics.set(m.SINCE, watch.incident.since * 60, brand)
            if "coordinated" in readings.criteria:
                self._criteria.setdefault(brand, set()).add("coordinated")
                metrics.set(m.CRITERION, 1, brand, "coordinated")
            if brand not in self._with_event:
                self._set_restored_incident(watch, readings, minute)

    def severity_matches(self, watch: BrandWatch) -> bool:
        """Return whether the exported severity of a brand is that of its detectors."""
        return self._severity.get(watch.brand, 0) == watch.severity

    def record_event(self, event: IncidentEvent, seconds: float | None = None, mention_id: str | None = None) -> None:
        """Count an incident event and set the incident's gauges to its figures.

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
        metrics.inc(m.INCIDENT_EVENTS, event.severity)
        if seconds is not None:
            metrics.observe(m.LATENCY, seconds, event.severity, exemplar=mention_id)
        self._set_severity(brand, Severity.of(event.severity))
        if event.severity == "calm":
            return
        self._with_event.add(brand)
        self._set_incident(
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
            figures=event.figures,
            posts=event.posts,
        )
        metrics.set(m.SINCE, datetime.fromisoformat(event.since).timestamp(), brand)

    def _set_restored_incident(self, watch: BrandWatch, readings: Readings, minute: int) -> None:
        """Set the gauges of an incident whose events another process published, from the last hour's readings."""
        lead = readings.negatives if "negative_growth" in readings.criteria else readings.volume
        window = watch.recent.window(minute - HOUR, minute)
        mentions = sum(n for n, _ in window.networks.values())
        by_size = sorted(window.networks.items(), key=lambda item: (-item[1][0], item[0]))
        networks = {network: n / mentions for network, (n, _) in by_size}
        negative = "negative_growth" in readings.criteria
        count = people(self.config.words, lead.observed, lead.expected, HOUR, negative=negative)
        since = watch.incident.since if watch.incident else minute
        where = where_since(networks, rfc3339(since * MINUTE_MS), rfc3339(minute * MINUTE_MS), self.config)
        self._set_incident(
            watch.brand,
            criteria=readings.criteria,
            observed=lead.observed,
            expected=lead.expected,
            window_s=HOUR * 60,
            negatives=readings.negatives.observed,
            copies=readings.copies,
            reach=max((post.reach for _, post in window.posts), default=0),
            networks=networks,
            terms=[term for term, _ in watch.spreading(minute)],
            figures="; ".join([count, *where]),
            posts=most_telling(window.posts, self.config),
        )

    def _set_incident(
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
        figures: str,
        posts: list[ShownPost],
    ) -> None:
        metrics = self.metrics
        so_far = self._criteria.setdefault(brand, set())
        so_far.update(criteria)
        for criterion in CRITERIA:
            metrics.set(m.CRITERION, float(criterion in so_far), brand, criterion)
        metrics.set(m.INCIDENT_OBSERVED, observed, brand)
        metrics.set(m.INCIDENT_EXPECTED, expected, brand)
        metrics.set(m.INCIDENT_WINDOW, window_s, brand)
        metrics.set(m.INCIDENT_NEGATIVES, negatives, brand)
        metrics.set(m.INCIDENT_COPIES, copies, brand)
        metrics.set(m.INCIDENT_REACH, reach, brand)
        network, share = next(iter(networks.items()), ("", 0.0))
        for family in (m.INFO, m.POST_INFO):
            metrics.remove(family, brand=brand)
        spreading = clean_label(", ".join(terms[:INFO_TERMS]), MAX_TERMS_CHARS)
        metrics.set(m.INFO, 1, brand, network, self.config.words.percent(share), spreading, figures)
        for rank, quoted in enumerate(quotations(brand, posts, self.config), start=1):
            metrics.set(m.POST_INFO, 1, brand, str(rank), *quoted)

    def forget(self, brand: str) -> None:
        """Remove the series of a brand whose partition moved to another worker."""
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
            self._criteria.pop(brand, None)
            self._with_event.discard(brand)
            for family in _INCIDENT_GAUGES:
                metrics.remove(family, brand=brand)
            if brands.in_reserve(brand):
                metrics.forget("brand", brand)
        open_severities = {name: severity for name, severity in self._severity.items() if severity}
        for rank, label in enumerate(SEVERITIES[1:], start=1):
            metrics.set(m.OPEN, sum(severity == rank for severity in open_severities.values()), label)
        beyond_limit = [severity for name, severity in open_severities.items() if not brands.admits(name)]
        if beyond_limit or self._other_exported:
            self._other_exported = True
            metrics.set(m.SEVERITY, max(beyond_limit, default=0), OTHER)
