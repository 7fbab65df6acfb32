"""Batches of messages: as fast as they come, or at a multiple of event time."""

import time
from collections.abc import Callable, Iterable, Iterator

from streams.mentions.message import Message, event_ms

BATCH = 2000


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
