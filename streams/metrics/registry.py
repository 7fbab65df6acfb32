"""The metrics of one process, kept in bounds and written as the page that Prometheus scrapes."""

import platform
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.samples import Sample

from detectors.severity import SEVERITIES
from streams.mentions.mention import REASONS
from streams.metrics import families as m
from streams.metrics.families import Family
from streams.metrics.label_cap import OTHER, LabelCap, clean_label
from streams.settings.metrics import LabelLimits

# A creation time beside each counter would double the page, and Prometheus has no use for it.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

DAY_S = 86_400.0


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
        self.set(m.BUILD, 1, version("badbuzz"), platform.python_version())
        # A counter that first appears with its first event has no increase to alert on.
        for family, values in ((m.DEAD_LETTERS, REASONS), (m.LATE, ("kept", "dropped")), (m.CHANGES, SEVERITIES)):
            for value in values:
                self.inc(family, value, by=0)

    @property
    def brands(self) -> LabelCap:
        """The cap on brands."""
        return self.caps["brand"]

    def inc(self, family: Family, *labels: str, by: float = 1, exemplar: str | None = None) -> None:
        """Count; `exemplar` is the id of a mention that was counted."""
        shown = tuple(self._bounded(family, labels))
        self.add(family, shown, by, exemplar)
        for name, given, label in zip(family.labels, labels, shown, strict=True):
            if name in self.caps and label == OTHER != given:
                self.add(m.OVERFLOW, (name,), 1)

    def label_value(self, label: str, value: str) -> str:
        """Give what a label's value is shown as: a brand or network beyond the limit as `other`."""
        cap = self.caps.get(label)
        return clean_label(value) if cap is None or value == OTHER else cap.label(value)

    def add(self, family: Family, shown: tuple[str, ...], by: float, exemplar: str | None = None) -> None:
        """Count under labels that `shown` gave."""
        counter = self._counters[family]
        (counter.labels(*shown) if shown else counter).inc(by, _exemplar(exemplar))

    def set(self, family: Family, value: float, *labels: str) -> None:
        """Set a gauge, unless its brand has no place."""
        bounded = self._bounded(family, labels)
        if family.labels[:1] == ("brand",) and bounded[0] == OTHER != labels[0]:
            return
        self._gauges[family].labels(*bounded).set(value)

    def set_max(self, family: Family, value: float, *labels: str) -> None:
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

    def render(self, accept: str = "") -> tuple[bytes, str]:
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
        return [self.label_value(name, value) for name, value in zip(family.labels, labels, strict=True)]


def _of(kind: str) -> list[Family]:
    return [family for family in m.FAMILIES if family.type == kind]


def _exemplar(mention_id: str | None) -> dict[str, str] | None:
    # OpenMetrics allows 128 characters for names and values together.
    return {"mention_id": mention_id[:118]} if mention_id else None
