"""Replay: a record through the pipeline in one process, as fast as it goes or at a multiple of event time."""

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

import msgspec

from detectors.severity import SEVERITIES, Severity
from streams.event_time import MINUTE_MS, rfc3339
from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.recordings.pacing import as_they_come, batches, paced
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentEvent
from streams.watching.warm_up import learning_until
from streams.watching.watch_event import WatchEvent, incident_events


class Runner(Protocol):
    """What a record is run through: a pipeline, or a recorder around one."""

    def run(self, messages: Iterable[Message]) -> list[WatchEvent]:
        """Process one batch of messages, in order."""

    def finish(self) -> list[WatchEvent]:
        """End the record."""


class OpenIncident(msgspec.Struct, frozen=True):
    """An incident that is open at the end of a record: its severity there, and when it began."""

    brand: str
    severity: str
    since: str


class LearningBrand(msgspec.Struct, frozen=True):
    """A brand that is still learned at the end of a record, so that nothing of it is reported, and until when."""

    brand: str
    until: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of a replay; the last line of `badbuzz replay --json`.

    Parameters
    ----------
    messages
        Lines read, blank ones left out.
    mentions, negatives
        Counted, the brands' own left out.
    official, duplicates, updates, late, too_late
        The brands' own; dropped; seen again with other counts; late, counted in their own minutes; in no minute.
    dead_letters
        Lines that could not be read, by reason.
    brands
        Brands watched.
    incidents
        Incidents opened, by the worst severity each reached.
    open
        Incidents that are still open at the end of the record, by brand.
    learning
        Brands whose first hours are still learned at the end of the record, by brand.
    newest
        Newest event time, if any.
    """

    type: Literal["summary"] = "summary"
    v: Literal[1] = 1
    messages: int
    mentions: int
    negatives: int
    official: int
    duplicates: int
    updates: int
    late: int
    too_late: int
    dead_letters: dict[str, int]
    brands: int
    incidents: dict[str, int]
    open: list[OpenIncident]
    learning: list[LearningBrand]
    newest: str | None

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line's end."""
        return msgspec.json.encode(self)


def replay(
    messages: Iterable[Message],
    pipeline: Pipeline,
    *,
    speed: float = 0.0,
    runner: Runner | None = None,
    live: bool = False,
    on_batch: Callable[[], None] = lambda: None,
) -> tuple[list[WatchEvent], Summary]:
    """Replay a record through a pipeline to its end.

    Parameters
    ----------
    messages
        A source, or any messages in order of event time but for the lateness.
    pipeline
        A fresh one; its `on_event` is called with each event as it happens.
    speed
        Seconds of event time a second; 0 is as fast as it goes.
    runner
        Records something of this pipeline while it runs it; default: the pipeline itself.
    live
        Whether messages are processed as they come, and not in large batches: for a pipe that stays open.
    on_batch
        Called after each batch, for progress.

    Returns
    -------
    events, summary
        The events in order of `at`, brand and id, whatever the batches were.
    """
    runner = runner or pipeline
    events: list[WatchEvent] = []
    for batch in paced(messages, speed) if speed else as_they_come(messages) if live else batches(messages):
        events += runner.run(batch)
        on_batch()
    events += runner.finish()
    on_batch()
    events.sort(key=lambda event: (event.at, event.brand, event.id))
    return events, summarise(pipeline, incident_events(events))


def summarise(pipeline: Pipeline, events: list[IncidentEvent]) -> Summary:
    """Return the totals of a replay that has ended."""
    worst: dict[str, str] = {}
    for event in events:
        worst[event.incident] = max(worst.get(event.incident, "calm"), event.severity, key=Severity.of)
    counts = pipeline.counts
    return Summary(
        messages=pipeline.messages,
        mentions=counts.mentions,
        negatives=counts.negatives,
        official=counts.official,
        duplicates=counts.duplicates,
        updates=counts.updates,
        late=counts.late,
        too_late=counts.too_late,
        dead_letters=dict(sorted(pipeline.dead_letter_counts.items())),
        brands=len(pipeline.watches),
        incidents={name: sum(value == name for value in worst.values()) for name in SEVERITIES[1:]},
        open=open_incidents(events),
        learning=[learning for brand in sorted(pipeline.watches) if (learning := _learning(pipeline.watches[brand]))],
        newest=rfc3339(pipeline.newest_ms) if pipeline.newest_ms else None,
    )


def open_incidents(events: Iterable[IncidentEvent]) -> list[OpenIncident]:
    """Return the incidents whose last event is not their end, by brand.

    Parameters
    ----------
    events
        In order of event time.
    """
    last = {event.brand: event for event in events}
    return [
        OpenIncident(brand, event.severity, event.since)
        for brand, event in sorted(last.items())
        if event.severity != "calm"
    ]


def _learning(watch: BrandWatch) -> LearningBrand | None:
    until = learning_until(watch)
    return None if until is None else LearningBrand(watch.brand, rfc3339(until * MINUTE_MS))
