"""The text of a scrape is what the client library would write."""

import gzip
import time
from typing import Any

import prometheus_client
import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from streams.metrics import families as m
from streams.metrics.exposition import MAX_EXEMPLARS, AnyMetric, Exposition
from streams.metrics.family import Family
from streams.metrics.registry import Metrics
from streams.web.server import COMPRESSION

NAMES = ('Say "cheese"', "back\\slash", "L'Oréal", "two\nlines", "خانه‌ی ما", "{}=,", "")
VALUES = (0, 1, -2.5, 1e-9, 999_999.5, 1e6, 1.7e9, 12_345_678.25, float("inf"), float("-inf"), float("nan"))


def registered(*constant: str) -> tuple[CollectorRegistry, dict[Family, AnyMetric]]:
    """A registry, and the same metrics by their families; a constant label is one of the metrics' own there."""
    registry = CollectorRegistry()
    families = [
        Family("badbuzz_a_total", "counter", ("brand", *constant), 'Said "so",\nor\\not.'),
        Family("badbuzz_b", "gauge", ("signal", *constant), "A gauge."),
        Family("badbuzz_c", "gauge", constant, "Without labels."),
        Family("badbuzz_d_seconds", "histogram", ("severity", *constant), "Seconds."),
    ]
    more = ("eu",) * len(constant)
    counter = Counter(families[0].name, families[0].meaning, families[0].labels, registry=registry)
    for number, name in enumerate(NAMES):
        counter.labels(name, *more).inc(number, {"mention_id": name})
    gauge = Gauge(families[1].name, families[1].meaning, families[1].labels, registry=registry)
    for number, value in enumerate(VALUES):
        gauge.labels(f"s{number}", *more).set(value)
    bare = Gauge(families[2].name, families[2].meaning, families[2].labels, registry=registry)
    (bare.labels(*more) if more else bare).set(7)
    histogram = Histogram(families[3].name, families[3].meaning, families[3].labels, registry=registry)
    histogram.labels("critical", *more).observe(3, {"mention_id": "x"})
    metrics: list[AnyMetric] = [counter, gauge, bare, histogram]
    return registry, dict(zip(families, metrics, strict=True))


def without_times(text: bytes) -> list[str]:
    """The lines, without the clock time at the end of an exemplar."""
    return [line.rpartition(" ")[0] if " # {" in line else line for line in text.decode().split("\n")]


@pytest.mark.parametrize("open_metrics", [False, True])
def test_it_is_the_librarys_text_to_the_byte(open_metrics: bool) -> None:
    registry, _ = registered("installation")
    _, families = registered()
    library: Any = openmetrics.generate_latest if open_metrics else prometheus_client.generate_latest
    exposition = Exposition(families, "eu")
    for _ in range(2):  # what is remembered of the first is right in the second
        assert without_times(exposition.render(open_metrics)) == without_times(library(registry))


def test_a_series_that_was_removed_and_set_again_has_its_new_value() -> None:
    metrics = Metrics()
    metrics.set(m.SEVERITY, 3, "Acme")
    assert b'badbuzz_incident_severity{brand="Acme",installation="badbuzz"} 3.0\n' in metrics.render()[0]
    metrics.remove(m.SEVERITY, brand="Acme")
    assert b"badbuzz_incident_severity{" not in metrics.render()[0]
    metrics.set(m.SEVERITY, 1, "Acme")
    assert b'badbuzz_incident_severity{brand="Acme",installation="badbuzz"} 1.0\n' in metrics.render()[0]


def test_only_the_newest_exemplars_are_shown() -> None:
    metrics = Metrics()
    for number in range(MAX_EXEMPLARS + 50):
        metrics.inc(m.MENTIONS, f"brand {number}", "forum", "negative", exemplar=f"id-{number}")
    text = metrics.render("application/openmetrics-text")[0].decode()
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    shown = {sample.exemplar.labels["mention_id"] for f in families for sample in f.samples if sample.exemplar}
    assert f"id-{MAX_EXEMPLARS + 49}" in shown
    assert len(shown) == MAX_EXEMPLARS


def test_a_page_of_five_hundred_brands_on_five_networks_is_small_on_the_wire() -> None:
    metrics = Metrics()
    for number in range(500):
        brand = f"Brand {number}"
        for network in ("bluesky", "forum", "mastodon", "news", "x"):
            metrics.inc(m.MENTIONS, brand, network, "negative", by=number % 40, exemplar=f"{network}/{number}")
            metrics.inc(m.MENTIONS, brand, network, "other", by=number % 90, exemplar=f"{network}/{number}")
        for family in m.FAMILIES:
            always = family in {m.SEVERITY, m.WATERMARK}  # the others are those of an open incident
            if family.type == "gauge" and family.labels == ("brand",) and (always or number < 50):
                metrics.set(family, number % 7, brand)
            if family in {m.SCORE, m.OBSERVED, m.EXPECTED, m.USUAL_MAX, m.AUTHORS, m.REACH}:
                for value in ("mentions", "negatives"):
                    metrics.set(family, round(number % 23 / 7, 2), brand, value)
    page, _ = metrics.render("application/openmetrics-text")
    assert page.count(b"\n") > 9_000
    assert len(gzip.compress(page, COMPRESSION)) < 60_000
    began = time.process_time()
    metrics.render("application/openmetrics-text")
    assert time.process_time() - began < 1.0  # a tenth of that in fact; on the clock of this process alone
