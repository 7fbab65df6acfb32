"""Batches of messages: as fast as they can be read, as they come, or at a multiple of event time."""

import time
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Queue
from threading import Thread

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


def as_they_come(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Yield messages as soon as they are there: those that wait are one batch, of `BATCH_MESSAGES` at most.

    Parameters
    ----------
    messages
        From a pipe that may stay open: they are read in a thread of their own.
    """
    waiting: Queue[Message | BaseException | None] = Queue(BATCH_MESSAGES)

    def read() -> None:
        try:
            for message in messages:
                waiting.put(message)
        except Exception as error:  # raised where the messages are processed
            waiting.put(error)
        else:
            waiting.put(None)

    # A daemon: a read of standard input cannot be interrupted.
    Thread(target=read, name="reading", daemon=True).start()
    while True:
        batch, end = _waiting(waiting)
        if batch:
            yield batch
        if isinstance(end, BaseException):
            raise end
        if end is None:
            return


def _waiting(
    waiting: "Queue[Message | BaseException | None]",
) -> tuple[list[Message], Message | BaseException | None]:
    """Wait for a message and return all that are there, and the last item: of another type at the end."""
    item = waiting.get()
    batch: list[Message] = []
    while isinstance(item, Message):
        batch.append(item)
        if len(batch) == BATCH_MESSAGES:
            break
        try:
            item = waiting.get_nowait()
        except Empty:
            break
    return batch, item


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
