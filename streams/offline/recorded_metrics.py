"""A replay's metrics at their historic times, as OpenMetrics text: `promtool` makes blocks of them for Prometheus.

The text holds what `/metrics` would have shown, sampled in event time: each minute while an incident is open or a score
stands out, else every four minutes, which is within the five that Prometheus looks back. Where nothing was heard for
more than a day there is a gap.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from streams.errors import ConfigError
from streams.event_time import MINUTE_MS
from streams.mentions.dead_letter import DeadLetter
from streams.mentions.message import Message, event_ms
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.families import SCORE
from streams.metrics.mention_counters import count_batch
from streams.metrics.registry import Metrics
from streams.pipeline import Pipeline
from streams.scoring.scorer import Batch, Scorer, TextModel
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent

QUIET_STEP = 4
GAP = 1440
LOUD_SCORE = 2.0


class RecordedPipeline(Pipeline):
    """An in-process pipeline that keeps its metrics as they were at each moment of event time.

    Parameters
    ----------
    config, model, dead_letter, brands
        As for `Pipeline`.

    Examples
    --------
    >>> class Flat:
    ...     def score_many(self, texts):
    ...         return [0.9 for _ in texts]
    >>> pipeline = RecordedPipeline(Config(), Flat())
    >>> line = b'{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","text":"never again"}'
    >>> pipeline.run([Message("example", 0, line)]), pipeline.finish()
    ([], [])
    >>> lines = pipeline.recording.lines()
    >>> [line for line in lines if line.startswith("badbuzz_mentions_total")][0]
    'badbuzz_mentions_total{brand="Acme",network="forum",tone="negative"} 1.0 1339437660'
    """

    def __init__(
        self,
        config: Config,
        model: TextModel,
        dead_letter: Callable[[DeadLetter], None] = lambda _: None,
        brands: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(config, model, dead_letter, brands)
        self._minute: int | None = None
        self._sampled = 0
        self.metrics = Metrics(config.brands, config.metrics, lambda: 60.0 * (self._minute or 0))
        self.recording = Recording()
        self._watched = BrandGauges(self.metrics, config.negative_at)
        self.scorer = _CountingScorer(config, model, self._count)

    def run(self, messages: Iterable[Message]) -> list[IncidentEvent]:
        """Take one batch, cut where event time enters another minute."""
        events: list[IncidentEvent] = []
        for minute, part in _minutes(messages, self._minute):
            self._reach(minute)
            events += self._told(super().run(part))
        return events

    def finish(self) -> list[IncidentEvent]:
        """End the record."""
        if self._minute is not None:
            self._reach(self._minute + 1)
        events = self._told(super().finish())
        if self._minute is not None:
            self._sample(self._minute + 2, at_once=True)
        return events

    def write(self, path: Path) -> int:
        """Write what was recorded.

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
                file.writelines(f"{line}\n" for line in self.recording.lines())
        except OSError as error:
            raise ConfigError(
                f"--openmetrics: expected a file that can be written, got {path}: {error.strerror}"
            ) from None
        return self.recording.samples

    def _count(self, batch: Batch) -> None:
        if self.brands:
            batch = batch._replace(rollups=[rollup for rollup in batch.rollups if rollup.brand in self.brands])
        count_batch(self.metrics, batch)

    def _told(self, events: list[IncidentEvent]) -> list[IncidentEvent]:
        for event in events:
            self._watched.record_event(event)
        return events

    def _reach(self, minute: int) -> None:
        """Sample the minute that ends now, and the quiet ones before the next."""
        if self._minute is None:
            self._minute = minute
        if minute == self._minute:
            return
        self._sample(self._minute + 1)
        for at in range(self._sampled + QUIET_STEP, min(minute, self._minute + GAP), QUIET_STEP):
            self._sample(at)
        self._minute = minute

    def _sample(self, minute: int, *, at_once: bool = False) -> None:
        for watch in self.watches.values():
            self._watched.update_from(watch)
        loud = any(watch.incident is not None for watch in self.watches.values()) or any(
            sample.value >= LOUD_SCORE for sample in self.metrics.samples(SCORE)
        )
        if loud or at_once or minute - self._sampled >= QUIET_STEP:
            self.recording.add(self.metrics, minute * 60)
            self._sampled = minute


class _Series(NamedTuple):
    """The samples of one series, in the order of time."""

    times: "array[int]"
    values: "array[float]"


class Recording:
    """Samples of every metric over time, and how they are written.

    Attributes
    ----------
    samples
        How many there are.
    """

    def __init__(self) -> None:
        self.samples = 0
        self._families: dict[str, tuple[str, str, dict[tuple[str, tuple[tuple[str, str], ...]], _Series]]] = {}

    def add(self, metrics: Metrics, time_s: int) -> None:
        """Keep what the page shows now."""
        for metric in metrics.registry.collect():
            _, _, found = self._families.setdefault(metric.name, (metric.type, metric.documentation, {}))
            for sample in metric.samples:
                key = sample.name, tuple(sample.labels.items())
                series = found.get(key)
                if series is None:
                    series = found[key] = _Series(array("q"), array("d"))
                series.times.append(time_s)
                series.values.append(sample.value)
                self.samples += 1

    def lines(self) -> Iterator[str]:
        """Write each family as one part, each of its series in the order of time, as OpenMetrics asks."""
        for name, (kind, meaning, found) in self._families.items():
            if not found:
                continue
            yield f"# HELP {name} {_escaped(meaning)}"
            yield f"# TYPE {name} {kind}"
            for (sample, labels), (times, values) in found.items():
                inner = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels)
                head = f"{sample}{{{inner}}}" if inner else sample
                for at, value in zip(times, values, strict=True):
                    yield f"{head} {value!r} {at}"
        yield "# EOF"


class _CountingScorer(Scorer):
    """A scorer that shows each batch to its listener."""

    def __init__(self, config: Config, model: TextModel, listener: Callable[[Batch], None]) -> None:
        super().__init__(config, model)
        self._listener = listener

    def score(self, messages: Iterable[Message], partition: int = 0) -> Batch:
        batch = super().score(messages, partition)
        self._listener(batch)
        return batch


def _minutes(messages: Iterable[Message], minute: int | None) -> Iterator[tuple[int, list[Message]]]:
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
