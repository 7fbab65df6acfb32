"""Every metric of badbuzz, declared once: the page, docs/metrics.md and the dashboards are made from it."""

import platform
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import Literal, NamedTuple

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.samples import Sample

from detectors.incident import SEVERITIES
from streams.label_cap import OTHER, LabelCap, LabelLimits, clean_label
from streams.mention import REASONS

# A creation time beside each counter would double the page, and Prometheus has no use for it.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

DAY_S = 86_400.0


class Family(NamedTuple):
    """One metric: its name, type, labels and meaning; `buckets` are a histogram's upper bounds."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()


MENTIONS = Family(
    "badbuzz_mentions_total",
    "counter",
    ("brand", "network", "tone"),
    "Mentions scored, the brand's own left out; tone is negative or other.",
)
ACTIONS = Family(
    "badbuzz_brand_actions_total",
    "counter",
    ("brand", "action"),
    "What the brand did: official mentions, answers (official replies), deletions, blocks, scheduled publications.",
)
COMPLAINTS = Family("badbuzz_complaints_total", "counter", ("brand",), "Negative mentions, reposts left out.")
AUTHORS = Family(
    "badbuzz_distinct_authors",
    "gauge",
    ("brand", "tone"),
    "Distinct authors of the last 6 hours, each counted when first heard in hours; tone is negative or other.",
)
SCORE = Family(
    "badbuzz_anomaly_score",
    "gauge",
    ("brand", "signal"),
    "-log10 of how likely the count is by chance, the highest over the windows; signal is volume or negatives.",
)
OBSERVED = Family(
    "badbuzz_anomaly_observed", "gauge", ("brand", "signal"), "Distinct authors in the last hour; signal as above."
)
EXPECTED = Family(
    "badbuzz_anomaly_expected", "gauge", ("brand", "signal"), "Authors expected in the last hour; signal as above."
)
USUAL_MAX = Family(
    "badbuzz_anomaly_usual_max",
    "gauge",
    ("brand", "signal"),
    "Upper edge of what is usual in an hour: expected plus three standard deviations plus one.",
)
REACH = Family(
    "badbuzz_widest_reach_people",
    "gauge",
    ("brand", "tone"),
    "People reached by the publication of the last hour that reaches most; tone is negative or other.",
)
SEVERITY = Family(
    "badbuzz_incident_severity",
    "gauge",
    ("brand",),
    "0 calm, 1 watch, 2 warning, 3 critical; brand other: the worst of the brands beyond the limit.",
)
SINCE = Family(
    "badbuzz_incident_since_timestamp_seconds", "gauge", ("brand",), "When the open incident began (event time)."
)
CRITERION = Family(
    "badbuzz_incident_criterion",
    "gauge",
    ("brand", "criterion"),
    "1 where a criterion (surge, negative_growth, reach, coordinated) has held in the open incident, else 0.",
)
INCIDENT_OBSERVED = Family(
    "badbuzz_incident_observed_people", "gauge", ("brand",), "People counted when the open incident last changed."
)
INCIDENT_EXPECTED = Family("badbuzz_incident_expected_people", "gauge", ("brand",), "People expected at that moment.")
INCIDENT_WINDOW = Family("badbuzz_incident_window_seconds", "gauge", ("brand",), "Span these people were counted in.")
INCIDENT_NEGATIVES = Family(
    "badbuzz_incident_negative_authors", "gauge", ("brand",), "Distinct negative authors in that span."
)
INCIDENT_COPIES = Family("badbuzz_incident_copies", "gauge", ("brand",), "Copies of somebody else's text in that span.")
INCIDENT_REACH = Family(
    "badbuzz_incident_reach_people", "gauge", ("brand",), "People reached by the widest publication that carries it."
)
INFO = Family(
    "badbuzz_incident_info",
    "gauge",
    ("brand", "network", "share", "terms"),
    "1; what messages say of the open incident: first network, its share of the mentions, the terms that spread.",
)
OPEN = Family("badbuzz_incidents_open", "gauge", ("severity",), "Open incidents by severity: watch, warning, critical.")
CHANGES = Family(
    "badbuzz_incident_changes_total", "counter", ("severity",), "Incident events published, by the new severity."
)
LATENCY = Family(
    "badbuzz_mention_to_incident_seconds",
    "histogram",
    ("severity",),
    "From the start of the minute that changed an incident, the earliest its mentions can have been said, to the "
    "event's publication (wall clock); the lateness is part of it.",
    (5.0, 10.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 600.0, 1800.0),
)
DEAD_LETTERS = Family("badbuzz_dead_letters_total", "counter", ("reason",), "Messages that could not be read.")
LATE = Family(
    "badbuzz_late_mentions_total",
    "counter",
    ("fate",),
    "Mentions later than the lateness: kept (in the oldest open minute) or dropped (more than an hour late).",
)
DUPLICATES = Family("badbuzz_duplicate_mentions_total", "counter", (), "Mentions dropped because their id was known.")
MESSAGES = Family(
    "badbuzz_messages_total",
    "counter",
    ("stage",),
    "Messages taken in: mentions by the scorer, rollups by the watcher.",
)
LAG = Family(
    "badbuzz_consumer_lag_messages",
    "gauge",
    ("stage", "partition"),
    "Messages that wait in a partition the stage reads.",
)
PROGRESS = Family(
    "badbuzz_last_progress_timestamp_seconds",
    "gauge",
    ("stage",),
    "When the stage last finished a round, be it an empty one (wall clock).",
)
WATERMARK = Family(
    "badbuzz_watermark_timestamp_seconds",
    "gauge",
    ("brand",),
    "Event time up to which a brand's minutes are closed; time() less it is the watermark's delay.",
)
SOURCE_HEARD = Family(
    "badbuzz_source_last_heard_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time heard of a network, by mention or heartbeat.",
)
SOURCE_MENTION = Family(
    "badbuzz_source_last_mention_timestamp_seconds", "gauge", ("network",), "Newest event time of a mention."
)
SOURCE_HEARTBEAT = Family(
    "badbuzz_source_last_heartbeat_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time of a heartbeat in a minute without a mention.",
)
OVERFLOW = Family(
    "badbuzz_label_overflow_total",
    "counter",
    ("label",),
    "Times a brand or network was called other because its label's limit was reached.",
)
BUILD = Family("badbuzz_build_info", "gauge", ("version", "python"), "1; what is running.")

FAMILIES = (
    MENTIONS,
    ACTIONS,
    COMPLAINTS,
    AUTHORS,
    SCORE,
    OBSERVED,
    EXPECTED,
    USUAL_MAX,
    REACH,
    SEVERITY,
    SINCE,
    CRITERION,
    INCIDENT_OBSERVED,
    INCIDENT_EXPECTED,
    INCIDENT_WINDOW,
    INCIDENT_NEGATIVES,
    INCIDENT_COPIES,
    INCIDENT_REACH,
    INFO,
    OPEN,
    CHANGES,
    LATENCY,
    DEAD_LETTERS,
    LATE,
    DUPLICATES,
    MESSAGES,
    LAG,
    PROGRESS,
    WATERMARK,
    SOURCE_HEARD,
    SOURCE_MENTION,
    SOURCE_HEARTBEAT,
    OVERFLOW,
    BUILD,
)
"""Every metric, in the order of docs/metrics.md."""


class Metrics:
    """The metrics of one process, in a registry of its own.

    Labels `brand` and `network` pass through their caps whoever sets them. A gauge of a brand without a place is not
    set at all: the last of many brands to speak would decide what `other` says.

    Parameters
    ----------
    brands
        Brands that the configuration names.
    limits
        How many values a label has.
    clock
        Seconds since the epoch: tells which brands have vanished.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.inc(MENTIONS, "Acme", "forum", "negative", by=3)
    >>> metrics.registry.get_sample_value(
    ...     "badbuzz_mentions_total", {"brand": "Acme", "network": "forum", "tone": "negative"}
    ... )
    3.0
    """

    def __init__(
        self,
        brands: Iterable[str] = (),
        limits: LabelLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.limits = limits = LabelLimits() if limits is None else limits
        self.clock = clock
        self.registry = CollectorRegistry()
        self.caps = {
            "brand": LabelCap(limits.brands, brands, limits.alarms, clock),
            "network": LabelCap(limits.networks, clock=clock),
        }
        self._counters = {f: Counter(f.name, f.meaning, f.labels, registry=self.registry) for f in _of("counter")}
        self._gauges = {f: Gauge(f.name, f.meaning, f.labels, registry=self.registry) for f in _of("gauge")}
        self._histograms = {
            f: Histogram(f.name, f.meaning, f.labels, registry=self.registry, buckets=f.buckets)
            for f in _of("histogram")
        }
        self._highest: dict[tuple[Family, tuple[str, ...]], float] = {}
        self.set(BUILD, 1, version("badbuzz"), platform.python_version())
        # A counter that first appears with its first event has no increase to alert on.
        for family, values in ((DEAD_LETTERS, REASONS), (LATE, ("kept", "dropped")), (CHANGES, SEVERITIES)):
            for value in values:
                self.inc(family, value, by=0)

    @property
    def brands(self) -> LabelCap:
        """The cap on brands."""
        return self.caps["brand"]

    def inc(self, family: Family, *labels: str, by: float = 1, exemplar: str | None = None) -> None:
        """Count; `exemplar` is the id of a mention that was counted."""
        counter = self._counters[family]
        bounded = self._bounded(family, labels)
        (counter.labels(*bounded) if labels else counter).inc(by, _exemplar(exemplar))
        for name, given, label in zip(family.labels, labels, bounded, strict=True):
            if name in self.caps and label == OTHER != given:
                self._counters[OVERFLOW].labels(name).inc()

    def set(self, family: Family, value: float, *labels: str) -> None:
        """Set a gauge, unless its brand has no place."""
        bounded = self._bounded(family, labels)
        if family.labels[:1] == ("brand",) and bounded[0] == OTHER != labels[0]:
            return
        self._gauges[family].labels(*bounded).set(value)

    def raise_to(self, family: Family, value: float, *labels: str) -> None:
        """Set a gauge unless it is higher already."""
        bounded = self._bounded(family, labels)
        key = family, tuple(bounded)
        if value > self._highest.get(key, float("-inf")):
            self._highest[key] = value
            self._gauges[family].labels(*bounded).set(value)

    def observe(self, family: Family, value: float, *labels: str, exemplar: str | None = None) -> None:
        """Observe a value of a histogram."""
        self._histograms[family].labels(*self._bounded(family, labels)).observe(value, _exemplar(exemplar))

    def samples(self, family: Family) -> Iterator[Sample]:
        """Give the samples of a gauge as they are now."""
        for metric in self._gauges[family].collect():
            yield from metric.samples

    def remove(self, family: Family, **labels: str) -> None:
        """Remove the series of a gauge that have these labels."""
        self._gauges[family].remove_by_labels({name: clean_label(value) for name, value in labels.items()})

    def forget(self, label: str, value: str) -> None:
        """Remove every series of a brand or network, and give its place back."""
        cap = self.caps[label]
        if not cap.admits(value):
            return
        shown = cap.label(value)
        for metrics in (self._counters, self._gauges, self._histograms):
            for family, metric in metrics.items():
                if label in family.labels:
                    metric.remove_by_labels({label: shown})
        self._highest = {key: at for key, at in self._highest.items() if shown not in key[1]}
        cap.release(value)

    def sweep(self) -> None:
        """Forget the brands and networks that have not been heard of for `forget_days`."""
        before = self.clock() - self.limits.forget_days * DAY_S
        for label, cap in self.caps.items():
            for value in cap.unused_since(before):
                self.forget(label, value)

    def page(self, accept: str = "") -> tuple[bytes, str]:
        """Write the page.

        Parameters
        ----------
        accept
            The `Accept` header of the request: OpenMetrics, with exemplars, where it asks for it.

        Returns
        -------
        body, content_type
            What to answer.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def _bounded(self, family: Family, labels: tuple[str, ...]) -> list[str]:
        bounded = []
        for name, value in zip(family.labels, labels, strict=True):
            cap = self.caps.get(name)
            bounded.append(clean_label(value) if cap is None or value == OTHER else cap.label(value))
        return bounded


def _of(kind: str) -> list[Family]:
    return [family for family in FAMILIES if family.type == kind]


def _exemplar(mention_id: str | None) -> dict[str, str] | None:
    # OpenMetrics allows 128 characters for names and values together.
    return {"mention_id": mention_id[:118]} if mention_id else None


def metrics_page() -> str:
    """Write docs/metrics.md.

    Examples
    --------
    >>> "| `badbuzz_duplicate_mentions_total` | counter |" in metrics_page()
    True
    """
    rows = [
        f"| `{f.name}` | {f.type} | {', '.join(f'`{label}`' for label in f.labels) or '-'} | {f.meaning} |"
        for f in FAMILIES
    ]
    return "\n".join([_HEAD, "| name | type | labels | meaning |", "|---|---|---|---|", *rows, ""])


_LIMITS = LabelLimits()
_HEAD = f"""# Metrics

Each worker serves these on `/metrics`, in the text format or, where the scraper asks for it, as OpenMetrics: counters
and the histogram then carry exemplars, the `mention_id` of one mention they counted.

Labels are bounded. At most {_LIMITS.brands} brands and {_LIMITS.networks} networks have series of their own, those of
the configuration first; later ones are counted together as `other`, and `badbuzz_label_overflow_total` tells how often.
A brand with an open incident is shown even then: {_LIMITS.alarms} places are kept for such, and beyond these
`badbuzz_incident_severity{{brand="other"}}` holds the worst severity, so that no crisis is lost. The series of a brand
or network not heard of for {_LIMITS.forget_days:g} days are removed. Only `badbuzz_incident_info` carries words: one
series a brand with an open incident, its texts cut and cleaned, replaced when they change.

Times are event times, in seconds since the epoch, unless it says wall clock. Where a brand moved from one worker to
another, both may show it for a moment: aggregate with `max by (brand)`.
"""
