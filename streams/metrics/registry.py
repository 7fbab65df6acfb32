"""The metric registry of one process: bounded labels, and the text that Prometheus scrapes."""

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.samples import Sample

from detectors.severity import SEVERITIES
from streams.mentions.dead_letter import ROLLUP
from streams.mentions.mention import REASONS
from streams.metrics import families as m
from streams.metrics.bucket_totals import BucketTotals
from streams.metrics.exposition import OPENMETRICS_TYPE, PLAIN_TYPE, Exposition, wants_openmetrics
from streams.metrics.family import Family
from streams.metrics.label_cap import MAX_LABEL_CHARS, OTHER, LabelCap, clean_label
from streams.settings.metrics import DEFAULT_INSTALLATION, LabelLimits

# A `_created` series for each counter would double the scrape, and Prometheus does not use it.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

DAY_S = 86_400.0
# OpenMetrics allows 128 characters for an exemplar's label names and values together.
MAX_EXEMPLAR_ID_CHARS = 128 - len("mention_id")
# What people read; prometheus.yml allows 300 characters.
LONG_LABELS = {"figures": 400, "text": 140, "url": 250}


class Metrics:
    """Every metric family of badbuzz in one `prometheus_client` registry.

    Labels `brand` and `network` are always limited by their caps. A gauge of a brand beyond the limit is not set at
    all: `other` would show whichever of many brands was updated last.

    Parameters
    ----------
    brands
        Brands named in the configuration.
    limits
        How many values each label may have.
    clock
        Seconds since the epoch; dates the last use of each label value.
    installation
        Name of the installation: a constant label of every exported series.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.inc(m.MENTIONS, "Acme", "forum", "negative", by=3)
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
        installation: str = DEFAULT_INSTALLATION,
    ) -> None:
        self.installation = installation
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
            if not f.totals
        }
        self._bucket_totals = {f: BucketTotals(f) for f in _of("histogram") if f.totals}
        metrics = self._counters | self._gauges | self._histograms | self._bucket_totals
        self._exposition = Exposition(metrics, installation)
        for totals in self._bucket_totals.values():
            self.registry.register(totals)
        self._highest: dict[tuple[Family, tuple[str, ...]], float] = {}
        self.set(m.BUILD, 1, version("badbuzz"), platform.python_version())
        # Initialised to 0: a counter that appears with its first event shows no increase to alert on.
        for family, values in ((m.DEAD_LETTERS, (*REASONS, ROLLUP)), (m.INCIDENT_EVENTS, SEVERITIES)):
            for value in values:
                self.inc(family, value, by=0)

    @property
    def brands(self) -> LabelCap:
        """The cap of the label `brand`."""
        return self.caps["brand"]

    def inc(self, family: Family, *labels: str, by: float = 1, exemplar: str | None = None) -> None:
        """Increment a counter; `exemplar` is the id of one of the mentions counted."""
        bounded = tuple(self._bounded(family, labels))
        self.add(family, bounded, by, exemplar)
        for name, value, label in zip(family.labels, labels, bounded, strict=True):
            if name in self.caps and label == OTHER != value:
                self.add(m.OVERFLOW, (name,), 1)

    def label_value(self, label: str, value: str) -> str:
        """Return the exported value of a label: cleaned, and `other` for a brand or network beyond the limit."""
        cap = self.caps.get(label)
        if cap is None or value == OTHER:
            return clean_label(value, LONG_LABELS.get(label, MAX_LABEL_CHARS))
        return cap.label(value)

    def add(self, family: Family, labels: tuple[str, ...], by: float, exemplar: str | None = None) -> None:
        """Increment a counter under labels that `label_value` returned."""
        counter = self._counters[family]
        (counter.labels(*labels) if labels else counter).inc(by, _exemplar(exemplar))

    def set(self, family: Family, value: float, *labels: str) -> None:
        """Set a gauge, unless its brand is beyond the limit."""
        bounded = self._bounded(family, labels)
        if family.labels[:1] == ("brand",) and bounded[0] == OTHER != labels[0]:
            return
        self._gauges[family].labels(*bounded).set(value)

    def set_max(self, family: Family, value: float, *labels: str) -> None:
        """Set a gauge to a value if that is higher than any before."""
        bounded = self._bounded(family, labels)
        key = family, tuple(bounded)
        if value > self._highest.get(key, float("-inf")):
            self._highest[key] = value
            self._gauges[family].labels(*bounded).set(value)

    def set_total(self, family: Family, total: float, *labels: str) -> None:
        """Raise a counter to a total, unless its brand is beyond the limit; a lower total changes nothing."""
        bounded = tuple(self._bounded(family, labels))
        if family.labels[:1] == ("brand",) and bounded[0] == OTHER != labels[0]:
            return
        key = family, bounded
        before = self._highest.get(key, 0.0)
        self._highest[key] = max(before, total)
        self.add(family, bounded, self._highest[key] - before)

    def set_buckets(self, family: Family, counts: Sequence[int], *labels: str) -> None:
        """Set a histogram to the counts of a state, one a bucket, unless its brand is beyond the limit."""
        bounded = tuple(self._bounded(family, labels))
        if bounded[0] != OTHER or labels[0] == OTHER:
            self._bucket_totals[family].set(bounded, counts)

    def observe(self, family: Family, value: float, *labels: str, exemplar: str | None = None) -> None:
        """Record an observation in a histogram."""
        self._histograms[family].labels(*self._bounded(family, labels)).observe(value, _exemplar(exemplar))

    def samples(self, family: Family) -> Iterator[Sample]:
        """Yield the current samples of a gauge."""
        for metric in self._gauges[family].collect():
            yield from metric.samples

    def remove(self, family: Family, **labels: str) -> None:
        """Remove the series of a gauge with these labels."""
        self._gauges[family].remove_by_labels({name: clean_label(value) for name, value in labels.items()})

    def forget(self, label: str, value: str) -> None:
        """Remove every series of a brand or network, unless another has the same label, and free its label slot."""
        cap = self.caps[label]
        if not cap.admits(value):
            return
        if not cap.shares_label(value):
            name = cap.label(value)
            for metrics in (self._counters, self._gauges, self._histograms, self._bucket_totals):
                for family, metric in metrics.items():
                    if label in family.labels:
                        metric.remove_by_labels({label: name})
            self._highest = {key: value for key, value in self._highest.items() if name not in key[1]}
        cap.release(value)

    def remove_unused(self) -> None:
        """Remove the series of brands and networks without a mention for `forget_days`."""
        oldest = self.clock() - self.limits.forget_days * DAY_S
        for label, cap in self.caps.items():
            for value in cap.unused_since(oldest):
                self.forget(label, value)

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """Return the text that answers a scrape.

        Parameters
        ----------
        accept
            The `Accept` header of the request: OpenMetrics, with exemplars, if it asks for that.

        Returns
        -------
        body, content_type
            Of the response.
        """
        openmetrics = wants_openmetrics(accept)
        return self._exposition.render(openmetrics), OPENMETRICS_TYPE if openmetrics else PLAIN_TYPE

    def _bounded(self, family: Family, labels: tuple[str, ...]) -> list[str]:
        return [self.label_value(name, value) for name, value in zip(family.labels, labels, strict=True)]


def _of(kind: str) -> list[Family]:
    return [family for family in m.FAMILIES if family.type == kind]


def _exemplar(mention_id: str | None) -> dict[str, str] | None:
    return {"mention_id": mention_id[:MAX_EXEMPLAR_ID_CHARS]} if mention_id else None
