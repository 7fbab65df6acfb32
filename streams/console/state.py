"""The console's state store: a fold of `incidents`, `situations` and `desk`, read from their beginning and followed.

Whatever order the topics are read in, two consoles that have read the same records show the same page.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from streams.collecting.cursor_record import CursorRecord, decode_cursor
from streams.desk_log.action import DeskAction, decode_action
from streams.desk_log.fold import DeskState
from streams.errors import ActionError, InputError
from streams.response.desk_event import DeskEvent
from streams.situations.situation import Situation
from streams.watching.incident_event import IncidentEvent

logger = logging.getLogger(__name__)

INCIDENTS, SITUATIONS, DESK, SOURCES = "incidents", "situations", "desk", "sources"
SHOWN_INCIDENTS = 5
"""Incidents of one brand that are held: the open one and those before it."""


class Record(NamedTuple):
    """One record: its topic without the prefix, its key and its value."""

    topic: str
    key: bytes
    value: bytes


class Case(msgspec.Struct):
    """Everything known of one incident.

    Parameters
    ----------
    incident, brand
        Its id, and its brand.
    situation
        The latest picture; None where none was published.
    events
        Changes of its severity, by time.
    signals
        The latest event of each signal of the response desk, by its name.
    desk
        What people did.
    part_of
        Id of the incident whose case it is answered in: a case may outlive its incident and see the next one open.
    revision
        Grows with each record about it.
    """

    incident: str
    brand: str
    situation: Situation | None = None
    events: list[IncidentEvent] = []
    signals: dict[str, DeskEvent] = {}
    desk: DeskState = msgspec.field(default_factory=lambda: DeskState(""))
    part_of: str = ""
    revision: int = 0

    @property
    def severity(self) -> str:
        """Severity now: of the latest picture, or of the latest event where that is newer."""
        if self.situation is not None and (not self.events or self.events[-1].at <= self.situation.at):
            return self.situation.severity
        return self.events[-1].severity if self.events else "calm"

    @property
    def open(self) -> bool:
        """Whether the incident or its case is open."""
        if self.situation is not None and not self.situation.ended:
            return True
        return self.severity != "calm"


class ConsoleState:
    """The incidents that the console shows, and what people did about them.

    Attributes
    ----------
    cases
        By id of the incident.
    sources
        How far each source was read, by its name.
    revision
        Grows with each record.
    unreadable
        Records that could not be decoded.
    """

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.sources: dict[str, CursorRecord] = {}
        self.revision = 0
        self.unreadable = 0
        self._by_brand: dict[str, list[str]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._awaited: dict[str, list[asyncio.Future[None]]] = {}

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a function after each batch of records."""
        self._listeners.append(listener)

    def apply(self, records: Iterable[Record]) -> None:
        """Apply a batch of records, in the order of their partitions."""
        for record in records:
            try:
                self._apply(record)
            except (msgspec.DecodeError, ActionError, InputError, UnicodeDecodeError) as error:
                self.unreadable += 1
                logger.warning("a record of %s cannot be shown: %s", record.topic, error)
        for listener in self._listeners:
            listener()

    def brand_cases(self) -> dict[str, Case]:
        """Return the latest incident of each brand."""
        latest = {}
        for brand, incidents in self._by_brand.items():
            held = [
                case
                for incident in incidents
                if (case := self.cases[incident]).situation or (case.events and not case.part_of)
            ]
            if held:
                latest[brand] = max(held, key=lambda case: (case.open, case.incident))
        return latest

    async def logged(self, action: DeskAction, timeout_s: float) -> bool:
        """Wait until an action has been read from the log; return whether it came in time."""
        case = self.cases.get(action.incident)
        if case is not None and case.desk.knows(action.id):
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._awaited.setdefault(action.id, [])
        waiting.append(future)
        try:
            await asyncio.wait_for(future, timeout_s)
        except TimeoutError:
            return False
        finally:
            waiting.remove(future)
            if not waiting:
                self._awaited.pop(action.id, None)
        return True

    def _apply(self, record: Record) -> None:
        topic, key, value = record
        if topic == SITUATIONS:
            self._add_situation(Situation.from_json(value))
        elif topic == DESK:
            self._add_action(decode_action(value))
        elif topic == SOURCES:
            if b"/" not in key:  # other rows are remembered posts
                self.sources[key.decode()] = decode_cursor(value)
                self.revision += 1
        else:
            self._add_event(
                _decode_desk(value) if _decode_type(value).type == "desk" else IncidentEvent.from_json(value)
            )

    def _add_situation(self, situation: Situation) -> None:
        case = self._case(situation.incident, situation.brand)
        if case.situation is None or case.situation.at <= situation.at:
            case.situation = situation
        opened = situation.open_incident
        if opened is not None and opened != situation.incident:
            part = self._case(opened, situation.brand)
            part.part_of = situation.incident
            for event in part.events:
                _add(case, event)
            for signal in part.signals.values():
                _add(case, signal)
        self._touch(case)

    def _add_event(self, event: IncidentEvent | DeskEvent) -> None:
        if event.incident is None:  # of no incident: shown with none
            return
        case = self._case(event.incident, event.brand)
        for each in (case, self.cases.get(case.part_of)):
            if each is not None:
                _add(each, event)
                self._touch(each)

    def _add_action(self, action: DeskAction) -> None:
        case = self._case(action.incident, action.brand)
        case.desk = case.desk.apply(action)
        self._touch(case)
        for future in self._awaited.get(action.id, []):
            if not future.done():
                future.set_result(None)

    def _case(self, incident: str, brand: str) -> Case:
        case = self.cases.get(incident)
        if case is None:
            case = self.cases[incident] = Case(incident, brand, desk=DeskState(incident))
            incidents = self._by_brand.setdefault(brand, [])
            incidents.append(incident)
            incidents.sort()
            if len(incidents) > SHOWN_INCIDENTS:
                del self.cases[incidents.pop(0)]
        return case

    def _touch(self, case: Case) -> None:
        case.revision += 1
        self.revision += 1


def _add(case: Case, event: IncidentEvent | DeskEvent) -> None:
    if isinstance(event, IncidentEvent):
        if all(known.id != event.id for known in case.events):
            case.events = sorted([*case.events, event], key=lambda each: (each.at, each.id))
    elif event.signal not in case.signals or case.signals[event.signal].at <= event.at:
        case.signals = case.signals | {event.signal: event}


class _Type(msgspec.Struct):
    type: str


_decode_type = msgspec.json.Decoder(_Type).decode
_decode_desk = msgspec.json.Decoder(DeskEvent).decode
