"""Replaying mentions in one process: as fast as it goes, or at a multiple of event time."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from streams.incident_event import IncidentEvent
from streams.mention import rfc3339
from streams.mention_files import event_ms
from streams.pipeline import BATCH, Pipeline
from streams.scorer import Message


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay read and found; the last line of `badbuzz replay --json`.

    Parameters
    ----------
    messages
        Lines read, blank ones left out.
    mentions, negatives
        Counted, the brands' own left out.
    official, duplicates, late, too_late
        The brands' own; dropped; moved to the oldest open bucket; in no bucket.
    dead_letters
        Lines that could not be read, by reason.
    brands
        Brands watched.
    incidents
        Incidents opened, by the worst severity each reached.
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
    late: int
    too_late: int
    dead_letters: dict[str, int]
    brands: int
    incidents: dict[str, int]
    newest: str | None

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line's end."""
        return msgspec.json.encode(self)


def replay(
    messages: Iterable[Message],
    pipeline: Pipeline,
    *,
    speed: float = 0.0,
    told: Callable[[IncidentEvent], None] = lambda _: None,
    step: Callable[[Pipeline], None] = lambda _: None,
) -> tuple[list[IncidentEvent], Summary]:
    """Replay a record through a pipeline to its end.

    Parameters
    ----------
    messages
        In the order they were said, but for the lateness.
    pipeline
        A fresh one.
    speed
        Seconds of event time a second; 0 is as fast as it goes.
    told
        Called with each incident event as it happens.
    step
        Called after each batch, for progress.

    Returns
    -------
    events, summary
        The events in order of `at`, brand and id, whatever order batches gave them in.
    """
    events: list[IncidentEvent] = []
    for batch in paced(messages, speed) if speed else batches(messages):
        for event in pipeline.run(batch):
            told(event)
            events.append(event)
        step(pipeline)
    for event in pipeline.finish():
        told(event)
        events.append(event)
    step(pipeline)
    events.sort(key=lambda event: (event.at, event.brand, event.id))
    return events, summarise(pipeline, events)


def batches(messages: Iterable[Message], size: int = BATCH) -> Iterator[list[Message]]:
    """Cut messages into batches of a size."""
    batch: list[Message] = []
    for message in messages:
        batch.append(message)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def paced(
    messages: Iterable[Message],
    speed: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[Message]]:
    """Cut messages into batches that come when they are due.

    Parameters
    ----------
    messages
        In the order of event time.
    speed
        Seconds of event time a second.
    clock, sleep
        Seconds.
    """
    started = clock()
    first: int | None = None
    batch: list[Message] = []
    for message in messages:
        ms = event_ms(message.value)
        if ms is not None:
            first = ms if first is None else first
            wait = started + (ms - first) / 1000 / speed - clock()
            if wait > 0:
                if batch:
                    yield batch
                    batch = []
                sleep(wait)
        batch.append(message)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def summarise(pipeline: Pipeline, events: list[IncidentEvent]) -> Summary:
    """Sum up a replay that has ended."""
    rank = ("calm", "watch", "warning", "critical")
    worst: dict[str, str] = {}
    for event in events:
        worst[event.incident] = max(worst.get(event.incident, "calm"), event.severity, key=rank.index)
    counts = pipeline.counts
    return Summary(
        messages=pipeline.messages,
        mentions=counts.mentions,
        negatives=counts.negatives,
        official=counts.official,
        duplicates=counts.duplicates,
        late=counts.late,
        too_late=counts.too_late,
        dead_letters=dict(sorted(pipeline.refused.items())),
        brands=len(pipeline.watches),
        incidents={name: sum(value == name for value in worst.values()) for name in rank[1:]},
        newest=rfc3339(pipeline.newest_ms) if pipeline.newest_ms else None,
    )
