"""A histogram whose buckets are totals of a state: it is set, and never observes."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.metrics.family import Family


class BucketTotals(Collector):
    """Export counts by bucket; there is no sum, for the state has none.

    Parameters
    ----------
    family
        A histogram with bounds.

    Examples
    --------
    >>> replies = BucketTotals(Family("reply_seconds", "histogram", ("brand",), "Times.", (60.0, 300.0), totals=True))
    >>> replies.set(("Acme",), [2, 1, 4])
    >>> [(sample.labels["le"], sample.value) for metric in replies.collect() for sample in metric.samples]
    [('60.0', 2), ('300.0', 3), ('+Inf', 7)]
    """

    def __init__(self, family: Family) -> None:
        self.family = family
        self._bounds = [*map(str, family.buckets), "+Inf"]
        self._counts: dict[tuple[str, ...], list[int]] = {}

    def set(self, labels: tuple[str, ...], counts: Sequence[int]) -> None:
        """Set the counts of a series, one a bucket; a total that is lower than before changes nothing."""
        before = self._counts.get(labels, [0] * len(self._bounds))
        self._counts[labels] = [max(old, new) for old, new in zip(before, counts, strict=True)]

    def remove_by_labels(self, labels: dict[str, str]) -> None:
        """Remove the series with these labels."""
        wanted = set(labels.items())
        for key in [key for key in self._counts if wanted <= set(zip(self.family.labels, key, strict=True))]:
            del self._counts[key]

    def describe(self) -> list[Metric]:
        """Return the family without series: its name is taken."""
        return [HistogramMetricFamily(self.family.name, self.family.meaning, labels=self.family.labels)]

    def collect(self) -> Iterator[Metric]:
        """Yield the family with its series; the buckets are cumulative, as Prometheus has them."""
        metric = HistogramMetricFamily(self.family.name, self.family.meaning, labels=self.family.labels)
        for labels, counts in list(self._counts.items()):
            metric.add_metric(labels, list(zip(self._bounds, accumulate(counts), strict=True)), None)
        yield metric
