"""The console's feed from a record of the past: the pipeline in this process, quiet stretches skipped, then paced.

Times on the page are those of the record, and so are those of what people do.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.console.local_feed import LocalFeed
from streams.console.state import INCIDENTS, SITUATIONS, ConsoleState, Record
from streams.console.views.health import Feeding
from streams.event_time import MINUTE_MS
from streams.mentions.message import Message, event_ms
from streams.pipeline import Pipeline
from streams.situations.situation import Situation
from streams.watching.watch_event import WatchEvent


class _Moment(NamedTuple):
    """A moment of the record, and when it was reached by the clock."""

    event_ms: int
    reached_s: float


class ReplayFeed(LocalFeed):
    """A record through the pipeline, as fast as it goes while no incident is open, at a speed while one is.

    Parameters
    ----------
    messages
        In order of event time.
    pipeline
        A fresh one.
    speed
        Seconds of event time a second while an incident is open; 0: as fast as it goes to the end.
    """

    def __init__(self, messages: Iterable[Message], pipeline: Pipeline, speed: float) -> None:
        super().__init__()
        self._messages = messages
        self._pipeline = pipeline
        self._speed = speed
        self._made: list[Record] = []
        self._open: set[str] = set()
        self._moment = _Moment(0, time.monotonic())
        self._running = True
        self._failure: Exception | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        pipeline.on_event = self._add_event
        pipeline.on_situation = self._add_situation

    async def start(self, state: ConsoleState) -> None:
        """Begin the replay."""
        await super().start(state)
        self._thread.start()

    async def stop(self) -> None:
        """End the replay."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the end of the record."""
        self._thread.join()

    def now_ms(self) -> int:
        """Return the moment of the record: it goes on at the speed while an incident is open."""
        moment = self._moment
        paced = self._running and self._open and self._speed
        return moment.event_ms + round((time.monotonic() - moment.reached_s) * self._speed * 1000 if paced else 0)

    def feeding(self) -> Feeding:
        """Return that a record is replayed."""
        return Feeding(replay=True)

    def failure(self) -> Exception | None:
        """Return why the replay broke off."""
        return self._failure

    def _run(self) -> None:
        try:
            for minute_ms, batch in minutes(self._messages):
                self._wait_for(minute_ms)
                if self._stopping.is_set():
                    return
                self._pipeline.run(batch)
                self._moment = _Moment(max(minute_ms, self._moment.event_ms), time.monotonic())
                self._flush()
            self._pipeline.finish()
            self._flush()
        except Exception as error:  # raised by whoever asks for the failure
            self._failure = error
        finally:
            self._running = False

    def _wait_for(self, minute_ms: int) -> None:
        """Wait until a minute of the record is due."""
        if self._open and self._speed:
            wait_s = (minute_ms - self._moment.event_ms) / 1000 / self._speed
            self._stopping.wait(max(0.0, self._moment.reached_s + wait_s - time.monotonic()))

    def _add_event(self, event: WatchEvent) -> None:
        self._made.append(Record(INCIDENTS, event.id.encode(), event.to_json()))

    def _add_situation(self, situation: Situation) -> None:
        (self._open.discard if situation.ended else self._open.add)(situation.incident)
        self._made.append(Record(SITUATIONS, situation.brand.encode(), situation.to_json()))

    def _flush(self) -> None:
        made, self._made = self._made, []
        if made:
            self.deliver(made)


def minutes(messages: Iterable[Message]) -> Iterator[tuple[int, list[Message]]]:
    """Cut a record where event time reaches a new minute; yield each minute's end with its messages.

    Examples
    --------
    >>> lines = [b'{"created_at":"2012-06-11T18:00:00Z"}', b'{"created_at":"2012-06-11T18:01:30Z"}']
    >>> [(end, len(batch)) for end, batch in minutes(Message("example", i, line) for i, line in enumerate(lines))]
    [(1339437660000, 1), (1339437720000, 1)]
    """
    batch: list[Message] = []
    end_ms = 0
    for message in messages:
        ms = event_ms(message.value)
        if ms is not None and ms >= end_ms:
            if batch and end_ms:
                yield end_ms, batch
                batch = []
            end_ms = (ms // MINUTE_MS + 1) * MINUTE_MS
        batch.append(message)
    if batch:
        yield end_ms, batch
