"""Incident events as annotations, sent beside the work: a Grafana that is slow or gone delays no alert."""

import logging
import os
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from streams.errors import ConfigError, GrafanaError
from streams.oncall.grafana import TOKEN_FILE, URL, Grafana, grafana_token
from streams.watching.incident_event import IncidentEvent

CAPACITY = 1000
LONGEST_PAUSE_S = 60.0
_log = logging.getLogger(__name__)


class Annotation(NamedTuple):
    """A moment or a span to mark; `key` is the event's id."""

    key: str
    time_ms: int
    end_ms: int | None
    tags: tuple[str, ...]
    text: str


def annotation(event: IncidentEvent) -> Annotation:
    """Give the annotation of an incident event: a moment where it opens or escalates, the whole span where it closes.

    Parameters
    ----------
    event
        An incident event.
    """
    at = _ms(event.at)
    if event.severity == "calm":
        return Annotation(event.id, _ms(event.since), at, (event.brand, "closed"), event.summary)
    what = "opened" if event.previous == "calm" else "changed"
    return Annotation(event.id, at, None, (event.brand, what, event.severity), event.summary)


class AnnotationSender:
    """Send annotations in a thread of its own, in their order, again and again until Grafana has them.

    Parameters
    ----------
    grafana
        Where to.
    capacity
        Most annotations that wait; beyond it the oldest are dropped, which is logged.

    Attributes
    ----------
    dropped
        Annotations that were given up: refused, or too many waited.
    """

    def __init__(self, grafana: Grafana, capacity: int = CAPACITY) -> None:
        self.grafana = grafana
        self.dropped = 0
        self._waiting: deque[Annotation] = deque()
        self._capacity = capacity
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="grafana-annotations", daemon=True)
        self._thread.start()

    def send(self, event: IncidentEvent) -> None:
        """Take an event and return at once."""
        with self._changed:
            if len(self._waiting) >= self._capacity:
                self._waiting.popleft()
                self._give_up("too many wait")
            self._waiting.append(annotation(event))
            self._changed.notify()

    def close(self, timeout: float = 5.0) -> int:
        """Stop, and leave so many seconds for what waits.

        Returns
        -------
        int
            How many were not sent.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, timeout)
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        return len(self._waiting)

    def _run(self) -> None:
        pause = 1.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                first = self._waiting[0]
            try:
                self.grafana.annotate(first.key, first.time_ms, first.tags, first.text, first.end_ms)
            except GrafanaError as error:
                if error.retryable:
                    _log.warning("annotation waits: %s", error)
                    with self._changed:
                        self._changed.wait_for(lambda: self._closing, pause)
                    pause = min(2 * pause, LONGEST_PAUSE_S)
                    continue
                self._give_up(str(error))
            pause = 1.0
            with self._changed:
                if self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()
                self._changed.notify()

    def _give_up(self, reason: str) -> None:
        self.dropped += 1
        _log.warning("annotation dropped: %s", reason)


def annotation_sender(environment: Mapping[str, str] | None = None) -> AnnotationSender | None:
    """Give a sender where `BADBUZZ_GRAFANA_URL` names a Grafana.

    Parameters
    ----------
    environment
        Default `os.environ`.

    Raises
    ------
    ConfigError
        The address or the token cannot be used.

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
