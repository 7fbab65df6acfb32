"""Metrics of made-up records, and their exported series by label."""

from collections.abc import Iterable
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from detectors.negativity import NegativityModel
from streams.mentions.message import Message
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.family import Family
from streams.metrics.mention_counters import count_batch
from streams.metrics.registry import Metrics
from streams.pipeline import Pipeline
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import incident_events
from tests.helpers.records import CRISIS_AT, HOUR, QUIET_DAYS, in_order, quiet, wave

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Measured(NamedTuple):
    """A record's metrics, the state of its brands and its incident events."""

    metrics: Metrics
    watches: dict[str, BrandWatch]
    events: list[IncidentEvent]


def messages(lines: Iterable[bytes]) -> list[Message]:
    return [Message("record", number, line) for number, line in enumerate(lines)]


def measure(lines: Iterable[bytes], *, finish: bool = False) -> Measured:
    """Process lines as one batch and set metrics from it; with `finish`, to the end of every minute."""
    batch = messages(lines)
    metrics, pipeline = Metrics(), Pipeline(Config(), NegativityModel.load())
    count_batch(metrics, Scorer(Config(), NegativityModel.load()).score(batch))
    events = incident_events(pipeline.run(batch) + (pipeline.finish() if finish else []))
    gauges = BrandGauges(metrics)
    for event in events:
        gauges.record_event(event)
    for watch in pipeline.watches.values():
        gauges.update_from(watch)
    return Measured(metrics, pipeline.watches, events)


def crisis_of(brand: str) -> list[bytes]:
    """Ten days of one brand, with a crisis on the ninth."""
    waves = wave(120, 90, rating=-1, brand=brand), wave(40, 300, rating=-0.5, brand=brand, at=CRISIS_AT + 3 * HOUR)
    return in_order(quiet(brand, days=QUIET_DAYS + 2), *waves)


def until_noon(lines: Iterable[bytes]) -> list[bytes]:
    """The lines up to the middle of the crisis."""
    every = list(lines)
    return every[: next(number for number, line in enumerate(every) if b"2024-03-09T11" in line)]


def exported(metrics: Metrics) -> str:
    """The text that a scrape gets."""
    return metrics.render()[0].decode()


def series(metrics: Metrics, family: Family) -> dict[tuple[str, ...], float]:
    """The exported values of a metric by its labels."""
    return {
        tuple(sample.labels[label] for label in family.labels): sample.value
        for parsed in text_string_to_metric_families(exported(metrics))
        for sample in parsed.samples
        if sample.name == family.name
    }
