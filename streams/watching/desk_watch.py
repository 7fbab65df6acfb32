"""The watch of how a brand answers: feeds its response desk with closed minutes and incidents, returns desk events."""

from collections.abc import Iterable
from typing import Any

import msgspec

from detectors.change import Change
from streams.response.board import Board
from streams.response.desk import Desk, DeskChange, IncidentChange
from streams.response.desk_event import DeskEvent
from streams.response.event_builder import build_desk_event
from streams.response.observation import desk_observation
from streams.scoring.rollup import Rollup
from streams.settings.config import Config
from streams.watching.incident_event import IncidentKey

_encode = msgspec.msgpack.Encoder(order="sorted").encode


class DeskWatch:
    """The response desk of one brand and its events; nothing where it is not enabled.

    Parameters
    ----------
    brand
        The brand.
    config
        Lateness, language, options.

    Attributes
    ----------
    desk
        The response desk.
    board
        What it last published.

    Examples
    --------
    >>> watch = DeskWatch("Acme", Config())
    >>> watch.observe(100, []), watch.advance(200)
    ([], [])
    """

    def __init__(self, brand: str, config: Config) -> None:
        self.brand = brand
        self.config = config
        self.desk = Desk(config.desk_settings(brand), config.brand(brand), config.zone)
        self.board = Board()
        self._enabled = config.desk_settings(brand).enabled

    def observe(self, minute: int, rollups: Iterable[Rollup]) -> list[DeskEvent]:
        """Learn a closed minute, after the deadlines before it."""
        if not self._enabled:
            return []
        events = self.advance(minute) if self.desk.context.is_due(minute) else []
        seen = desk_observation(minute, rollups)
        if seen is not None:
            self.desk.observe(seen)
        return events

    def follow(self, incident: IncidentKey, change: Change, terms: list[tuple[str, int]]) -> list[DeskEvent]:
        """Follow a change of the brand's incident."""
        anew = change.previous == "calm" and self.desk.context.case is None
        self.board.follow(incident.id, change.minute, change.since, change.severity, anew=anew)
        if not self._enabled:
            return []
        named = [term for term, _ in terms]
        followed = IncidentChange(incident.id, change.minute, change.since, change.severity, change.criteria, named)
        return self._events(self.desk.incident_changed(followed))

    def is_due(self, minute: int) -> bool:
        """Return whether `advance` to a minute would do anything."""
        return self._enabled and self.desk.context.is_due(minute)

    def advance(self, minute: int) -> list[DeskEvent]:
        """Work off the deadlines up to a minute."""
        return self._events(self.desk.advance(minute)) if self._enabled else []

    def encoded(self) -> bytes:
        """Encode the state; equal states give equal bytes."""
        return _encode([self.desk.state(), self.board.state()])

    def restore(self, state: bytes) -> None:
        """Go on from an encoded state.

        Raises
        ------
        ValueError
            It was written by another version.
        """
        desk, board = msgspec.msgpack.decode(state, type=tuple[list[Any], list[Any]])
        self.desk.restore(desk)
        self.board.restore(board)

    def _events(self, changes: list[DeskChange]) -> list[DeskEvent]:
        if not changes:
            return []
        delays = self.desk.context.complaints.delays
        events = [build_desk_event(self.brand, change, delays, self.config) for change in changes]
        self.board.note(events)
        return events
