"""The text of a scrape: the samples of one process in Prometheus' text format or OpenMetrics, fast at full size.

The client library builds a record for each sample and each of its labels anew at every scrape, which takes half a
second of the process for 40,000 samples. Here the name and labels of a series are written once and remembered. A test
holds the text against the library's own.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.samples import Exemplar, Sample
from prometheus_client.utils import floatToGoString

from streams.metrics.bucket_totals import BucketTotals
from streams.metrics.family import Family

OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PLAIN_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_EXEMPLARS = 50
"""Exemplars of counters in one scrape, the newest: each takes as many bytes as five samples."""
# Below this a float is written as Python writes it.
_PLAIN_BELOW = 1e6

AnyMetric = Counter | Gauge | Histogram | BucketTotals
_go_float: Callable[[float], str] = floatToGoString


class _Series(NamedTuple):
    """One series of a counter or gauge: name and labels as text, and where its value is."""

    text: str
    value: Any


class Exposition:
    r"""Write the families of one registry.

    Parameters
    ----------
    families
        Each family with its metric.
    installation
        Value of the constant label `installation`.

    Examples
    --------
    >>> from prometheus_client import CollectorRegistry
    >>> family = Family("badbuzz_mentions_total", "counter", ("brand",), "Mentions.")
    >>> counter = Counter(family.name, family.meaning, family.labels, registry=CollectorRegistry())
    >>> counter.labels('Say "cheese"').inc(3)
    >>> print(Exposition({family: counter}, "eu").render(openmetrics=True).decode(), end="")
    # HELP badbuzz_mentions Mentions.
    # TYPE badbuzz_mentions counter
    badbuzz_mentions_total{brand="Say \"cheese\"",installation="eu"} 3.0
    # EOF
    """

    def __init__(self, families: Mapping[Family, AnyMetric], installation: str) -> None:
        self._families = sorted(families.items(), key=lambda item: item[0].name)
        self._installation = installation
        self._series: dict[Family, dict[tuple[str, ...], _Series]] = {family: {} for family in families}

    def render(self, openmetrics: bool) -> bytes:
        """Return the text of all samples."""
        lines: list[str] = []
        oldest = self._oldest_exemplar() if openmetrics else None
        for family, metric in self._families:
            lines += self._head(family, openmetrics)
            if isinstance(metric, (Histogram, BucketTotals)):
                lines += (self._sample(sample, openmetrics) for each in metric.collect() for sample in each.samples)
                continue
            for text, value in self._known(family, metric):
                number = value.get()
                written = repr(number) if -_PLAIN_BELOW < number < _PLAIN_BELOW else _go_float(number)
                exemplar = value.get_exemplar() if oldest is not None else None
                if exemplar is not None and exemplar.timestamp >= oldest:
                    written += _exemplar(exemplar)
                lines.append(f"{text}{written}\n")
        if openmetrics:
            lines.append("# EOF\n")
        return "".join(lines).encode()

    def _known(self, family: Family, metric: Counter | Gauge) -> list[_Series]:
        """Return the series of a metric, each with its text; those that are gone are forgotten."""
        if not family.labels:
            return [_Series(self._text(family, ()), metric._value)]
        known = self._series[family]
        with metric._lock:
            children: list[tuple[tuple[str, ...], Any]] = list(metric._metrics.items())  # type: ignore[arg-type]
        if len(known) > 2 * len(children):
            known.clear()
        for labels, child in children:
            series = known.get(labels)
            if series is None or series.value is not child._value:
                known[labels] = _Series(self._text(family, labels), child._value)
        return [known[labels] for labels, _ in children]

    def _text(self, family: Family, values: tuple[str, ...]) -> str:
        return f"{family.name}{self._labels(zip(family.labels, values, strict=True))} "

    def _labels(self, labels: Iterable[tuple[str, str]]) -> str:
        pairs = sorted([("installation", self._installation), *labels])
        return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs) + "}"

    def _sample(self, sample: Sample, openmetrics: bool) -> str:
        exemplar = _exemplar(sample.exemplar) if openmetrics and sample.exemplar else ""
        labels = self._labels(sample.labels.items())
        return f"{sample.name}{labels} {_go_float(sample.value)}{exemplar}\n"

    def _oldest_exemplar(self) -> float:
        """Return the time of the oldest exemplar to show: the newest `MAX_EXEMPLARS` are."""
        times = heapq.nlargest(MAX_EXEMPLARS, self._exemplar_times())
        return times[-1] if times else 0.0

    def _exemplar_times(self) -> Iterator[float]:
        for family, metric in self._families:
            if isinstance(metric, Counter):
                for _, value in self._known(family, metric):
                    exemplar = value.get_exemplar()
                    if exemplar is not None:
                        yield exemplar.timestamp

    @staticmethod
    def _head(family: Family, openmetrics: bool) -> Iterator[str]:
        name = family.name.removesuffix("_total") if openmetrics and family.type == "counter" else family.name
        meaning = _escaped(family.meaning) if openmetrics else family.meaning.replace("\\", r"\\").replace("\n", r"\n")
        yield f"# HELP {name} {meaning}\n"
        yield f"# TYPE {name} {family.type}\n"


def wants_openmetrics(accept: str) -> bool:
    """Return whether a request's `Accept` header names OpenMetrics in a version that is written here.

    Examples
    --------
    >>> wants_openmetrics("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
    True
    >>> wants_openmetrics("application/openmetrics-text;version=a.b"), wants_openmetrics("*/*")
    (False, False)
    """
    for part in accept.split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        versions = [word.partition("=")[2].strip('"') for word in parameters if word.startswith("version=")]
        if kind == "application/openmetrics-text" and (not versions or versions[0] in {"1.0.0", "0.0.1"}):
            return True
    return False


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _exemplar(exemplar: Exemplar) -> str:
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(exemplar.labels.items()))
    time = "" if exemplar.timestamp is None else f" {exemplar.timestamp:.3f}"
    return f" # {{{labels}}} {_go_float(exemplar.value)}{time}"
