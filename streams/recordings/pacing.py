"""Batches of messages: as fast as they can be read, or at a multiple of event time."""

import time
from collections.abc import Callable, Iterable, Iterator

from streams.mentions.message import Message, event_ms

BATCH_MESSAGES = 2000


def batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Yield messages in batches of `BATCH_MESSAGES`."""
    batch: list[Message] = []
    for message in messages:
        batch.append(message)
        if len(batch) == BATCH_MESSAGES:
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
    """Yield messages in batches, each no sooner than its event time is due.

    Parameters
    ----------
    messages
        In order of event time.
    speed
        Seconds of event time a second.
    clock, sleep
        Seconds.
    """
    started = clock()
    first_ms: int | None = None
    batch: list[Message] = []
    for message in messages:
        ms = event_ms(message.value)
        if ms is not None:
            first_ms = ms if first_ms is None else first_ms
            wait_s = started + (ms - first_ms) / 1000 / speed - clock()
            if wait_s > 0:
                if batch:
                    yield batch
                    batch = []
                sleep(wait_s)
        batch.append(message)
        if len(batch) == BATCH_MESSAGES:
            yield batch
            batch = []
    if batch:
        yield batch
