"""Grafana annotations of incident events, sent in the background: a slow or unreachable Grafana delays no alert."""

import logging
import os
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from streams.errors import ConfigError, GrafanaError
from streams.metrics.label_cap import clean_label
from streams.oncall.grafana import TOKEN_FILE, URL, Grafana, grafana_token
from streams.response.desk_event import DeskEvent
from streams.watching.watch_event import WatchEvent

MAX_QUEUED = 1000
MIN_BACKOFF_S = 1.0
MAX_BACKOFF_S = 60.0
_log = logging.getLogger(__name__)


class Annotation(NamedTuple):
    """A point or a range in time with tags and text; `key` is the event's id."""

    key: str
    time_ms: int
    end_ms: int | None
    tags: tuple[str, ...]
    text: str


def annotation(event: WatchEvent) -> Annotation:
    """Return the annotation of an event: a point when an incident opens or changes, its whole range when it closes.

    Parameters
    ----------
    event
        An incident event, or one of how the brand answers.
    """
    # The dashboards ask by the label of the brand, so its tag is the label too.
    at, brand = _ms(event.at), clean_label(event.brand)
    if isinstance(event, DeskEvent):
        if event.state == "ends":
            return Annotation(event.id, _ms(event.since), at, (brand, "desk", event.signal), event.summary)
        return Annotation(event.id, at, None, (brand, "desk", event.signal, event.severity), event.summary)
    if event.severity == "calm":
        return Annotation(event.id, _ms(event.since), at, (brand, "closed"), event.summary)
    transition = "opened" if event.previous == "calm" else "changed"
    return Annotation(event.id, at, None, (brand, transition, event.severity), event.summary)


class AnnotationSender:
    """Send annotations in order on a thread of its own, retrying each until Grafana has it.

    Parameters
    ----------
    grafana
        The server.
    capacity
        Most annotations queued; beyond it the oldest are dropped, which is logged.

    Attributes
    ----------
    dropped
        Number of annotations dropped: refused by Grafana, or beyond the capacity.
    """

    def __init__(self, grafana: Grafana, capacity: int = MAX_QUEUED) -> None:
        self.grafana = grafana
        self.dropped = 0
        self._queue: deque[Annotation] = deque()
        self._capacity = capacity
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="grafana-annotations", daemon=True)
        self._thread.start()

    def send(self, event: WatchEvent) -> None:
        """Queue the annotation of an event; return at once."""
        with self._changed:
            if len(self._queue) >= self._capacity:
                self._queue.popleft()
                self._drop("too many are queued")
            self._queue.append(annotation(event))
            self._changed.notify()

    def close(self, timeout: float = 5.0) -> int:
        """Stop, after waiting up to `timeout` seconds for the queue to empty.

        Returns
        -------
        int
            Number of annotations not sent.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._queue, timeout)
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        return len(self._queue)

    def _run(self) -> None:
        backoff_s = MIN_BACKOFF_S
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if self._closing:
                    return
                first = self._queue[0]
            try:
                self.grafana.annotate(first.key, first.time_ms, first.tags, first.text, first.end_ms)
            except GrafanaError as error:
                if error.retryable:
                    _log.warning("annotation not sent, retrying: %s", error)
                    with self._changed:
                        self._changed.wait_for(lambda: self._closing, backoff_s)
                    backoff_s = min(2 * backoff_s, MAX_BACKOFF_S)
                    continue
                self._drop(str(error))
            backoff_s = MIN_BACKOFF_S
            with self._changed:
                if self._queue and self._queue[0] is first:
                    self._queue.popleft()
                self._changed.notify()

    def _drop(self, reason: str) -> None:
        self.dropped += 1
        _log.warning("annotation dropped: %s", reason)


def annotation_sender(environment: Mapping[str, str] | None = None) -> AnnotationSender | None:
    """Return a sender, or None if `BADBUZZ_GRAFANA_URL` is not set.

    Parameters
    ----------
    environment
        Default `os.environ`.

    Raises
    ------
    ConfigError
        The URL or the token is invalid.

    Examples
    --------
    >>> annotation_sender({}) is None
    True
    """
    environment = os.environ if environment is None else environment
    url = environment.get(URL)
    if not url:
        return None
    file = environment.get(TOKEN_FILE)
    try:
        return AnnotationSender(Grafana(url, grafana_token(Path(file) if file else None, environment), attempts=1))
    except GrafanaError as error:
        raise ConfigError(f"{URL}: {error}") from None


def _ms(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp() * 1000)
