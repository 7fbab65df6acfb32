"""A replay's metrics at their historic times, as OpenMetrics text that `promtool` makes Prometheus blocks of.

The text holds the values that `/metrics` would have exported, sampled in event time: each minute while an incident is
open, a signal of the response desk holds or a score stands out, else every four minutes, which is within Prometheus'
lookback of five. A day without any message leaves a gap.
"""

from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from streams.errors import ConfigError
from streams.event_time import MINUTE_MS
from streams.mentions.message import Message, event_ms
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.families import SCORE
from streams.metrics.mention_counters import count_batch
from streams.metrics.registry import Metrics
from streams.pipeline import Pipeline
from streams.scoring.scorer import Batch
from streams.watching.watch_event import WatchEvent

QUIET_STEP_MINUTES = 4
GAP_MINUTES = 1440
LOUD_SCORE = 2.0


class RecordedMetrics:
    """Feed a pipeline minute by minute and sample its metrics in event time.

    Parameters
    ----------
    pipeline
        A fresh one; its `on_batch` is replaced.

    Attributes
    ----------
    metrics
        As they are now.
    samples
        As they were over time.

    Examples
    --------
    >>> from streams.settings.config import Config
    >>> class Flat:
    ...     def score_many(self, texts):
    ...         return [0.9 for _ in texts]
    >>> recorded = RecordedMetrics(Pipeline(Config(), Flat()))
    >>> line = b'{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","text":"never again"}'
    >>> recorded.run([Message("example", 0, line)]), recorded.finish()
    ([], [])
    >>> [line for line in recorded.samples.lines() if line.startswith("badbuzz_mentions_total")][0]
    'badbuzz_mentions_total{installation="badbuzz",brand="Acme",network="forum",tone="negative"} 1.0 1339437660'
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        pipeline.on_batch = self._count
        self._minute: int | None = None
        self._sampled_minute = 0
        config = pipeline.config
        self.metrics = Metrics(config.brands, config.metrics, lambda: 60.0 * (self._minute or 0), config.installation)
        self.samples = MetricSamples(config.installation)
        self._gauges = BrandGauges(self.metrics, config)

    def run(self, messages: Iterable[Message]) -> list[WatchEvent]:
        """Run one batch through the pipeline, cut where event time enters another minute."""
        events: list[WatchEvent] = []
        for minute, part in _by_minute(messages, self._minute):
            self._advance(minute)
            events += self._record(self.pipeline.run(part))
        return events

    def finish(self) -> list[WatchEvent]:
        """End the record, and sample once more after its newest bucket is closed."""
        if self._minute is not None:
            self._advance(self._minute + 1)
        events = self._record(self.pipeline.finish())
        if self._minute is not None:
            self._sample(self._minute + 2, always=True)
        return events

    def write(self, path: Path) -> int:
        """Write the samples to a file.

        Returns
        -------
        int
            Samples written.

        Raises
        ------
        ConfigError
            The file cannot be written.
        """
        try:
            with path.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in self.samples.lines())
        except OSError as error:
            raise ConfigError(
                f"--openmetrics: expected a file that can be written, got {path}: {error.strerror}"
            ) from None
        return self.samples.count

    def _count(self, batch: Batch) -> None:
        count_batch(self.metrics, batch)

    def _record(self, events: list[WatchEvent]) -> list[WatchEvent]:
        for event in events:
            self._gauges.record_event(event)
        return events

    def _advance(self, minute: int) -> None:
        """Sample the end of the current minute, and the quiet minutes between it and the next."""
        if self._minute is None:
            self._minute = minute
        if minute == self._minute:
            return
        self._sample(self._minute + 1)
        for quiet in range(
            self._sampled_minute + QUIET_STEP_MINUTES, min(minute, self._minute + GAP_MINUTES), QUIET_STEP_MINUTES
        ):
            self._sample(quiet)
        self._minute = minute

    def _sample(self, minute: int, *, always: bool = False) -> None:
        watches = self.pipeline.watches.values()
        for watch in watches:
            self._gauges.update_from(watch)
        loud = any(watch.incident is not None or watch.desk.desk.active for watch in watches) or any(
            sample.value >= LOUD_SCORE for sample in self.metrics.samples(SCORE)
        )
        if loud or always or minute - self._sampled_minute >= QUIET_STEP_MINUTES:
            self.samples.add(self.metrics, minute * 60)
            self._sampled_minute = minute


class _Series(NamedTuple):
    """The samples of one series, in order of time."""

    times_s: "array[int]"
    values: "array[float]"


_SeriesKey = tuple[str, tuple[tuple[str, str], ...]]  # name of the sample, labels


class MetricSamples:
    """Samples of every metric over time, written as OpenMetrics text.

    Parameters
    ----------
    installation
        Name of the installation: a constant label of every series.

    Attributes
    ----------
    count
        How many samples there are.
    """

    def __init__(self, installation: str) -> None:
        self.count = 0
        self._constant = ("installation", installation)
        self._families: dict[str, tuple[str, str, dict[_SeriesKey, _Series]]] = {}

    def add(self, metrics: Metrics, time_s: int) -> None:
        """Add a sample of every series as it is now."""
        for metric in metrics.registry.collect():
            _, _, family = self._families.setdefault(metric.name, (metric.type, metric.documentation, {}))
            for sample in metric.samples:
                key = sample.name, tuple(sample.labels.items())
                series = family.get(key)
                if series is None:
                    series = family[key] = _Series(array("q"), array("d"))
                series.times_s.append(time_s)
                series.values.append(sample.value)
                self.count += 1

    def lines(self) -> Iterator[str]:
        """Yield the text, each family as one block and each series in order of time, as OpenMetrics requires."""
        for name, (kind, meaning, family) in self._families.items():
            if not family:
                continue
            yield f"# HELP {name} {_escaped(meaning)}"
            yield f"# TYPE {name} {kind}"
            for (sample, labels), (times_s, values) in family.items():
                inner = ",".join(f'{label}="{_escaped(value)}"' for label, value in (self._constant, *labels))
                head = f"{sample}{{{inner}}}"
                for time_s, value in zip(times_s, values, strict=True):
                    yield f"{head} {value!r} {time_s}"
        yield "# EOF"


def _by_minute(messages: Iterable[Message], minute: int | None) -> Iterator[tuple[int, list[Message]]]:
    """Cut messages where event time first enters a later minute, starting in `minute`."""
    part: list[Message] = []
    for message in messages:
        ms = event_ms(message.value)
        at = minute if ms is None else ms // MINUTE_MS
        if minute is None or (at is not None and at > minute):
            if part and minute is not None:
                yield minute, part
                part = []
            minute = at
        part.append(message)
    if part:
        yield minute or 0, part


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
