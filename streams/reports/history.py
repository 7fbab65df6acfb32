"""The history of an incident: its events, signals, desk state and latest situation, as one value to report on."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from detectors.severity import Severity
from streams.desk_log.action import DeskAction, instant_ms
from streams.desk_log.fold import DeskState, fold
from streams.response.desk_event import DeskEvent
from streams.situations.situation import Situation
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import WatchEvent


class History(NamedTuple):
    """Everything known of one incident and its case.

    Parameters
    ----------
    incident, brand
        Id of the case's incident, and the brand.
    events
        Changes of severity, of later incidents within the same case too, by time; at least one.
    signals
        Events of the response desk, by time.
    desk
        What people did.
    situation
        The latest picture; None where it is not there any more.
    """

    incident: str
    brand: str
    events: list[IncidentEvent]
    signals: list[DeskEvent]
    desk: DeskState
    situation: Situation | None

    @property
    def since_ms(self) -> int:
        """When it began, in milliseconds since the epoch."""
        return instant_ms(self.events[0].since)

    @property
    def first(self) -> IncidentEvent:
        """The event that people were first alerted by: the first warning or worse, else the first of all."""
        return next((each for each in self.events if Severity.of(each.severity) >= Severity.WARNING), self.events[0])

    @property
    def worst(self) -> IncidentEvent:
        """The first event of the worst severity."""
        return max(self.events, key=lambda each: Severity.of(each.severity))

    @property
    def end_ms(self) -> int | None:
        """When incident and case were over; None while one is open."""
        case = self.case_end
        if self.events[-1].severity != "calm" or (self.case_begin is not None and case is None):
            return None
        return max(instant_ms(self.events[-1].at), instant_ms(case.at) if case is not None else 0)

    @property
    def case_begin(self) -> DeskEvent | None:
        """The event that opened the case."""
        return next((each for each in self.signals if each.signal == "case" and each.state == "begins"), None)

    @property
    def absent(self) -> frozenset[str]:
        """The networks with a tenth of the brand's mentions where it had said nothing for 30 days before the case."""
        begin = self.case_begin
        return frozenset(str(begin.values.get("absent", "")).split()) if begin is not None else frozenset()

    @property
    def case_end(self) -> DeskEvent | None:
        """The event that closed the case."""
        return next((each for each in reversed(self.signals) if each.signal == "case" and each.state == "ends"), None)


def histories(
    events: Iterable[WatchEvent], actions: Iterable[DeskAction] = (), situations: Mapping[str, Situation] | None = None
) -> list[History]:
    """Return the history of each incident, by time.

    An incident that opens within the case of another one belongs to that one.

    Parameters
    ----------
    events
        Of any brands, in any order; an event that is there twice counts once.
    actions
        The desk log, in its order.
    situations
        The latest situation of each incident that has one, by its id.

    Examples
    --------
    >>> histories([])
    []
    """
    known = {event.id: event for event in events}
    ordered = sorted(known.values(), key=lambda event: (event.at, event.brand, event.id))
    by_brand: dict[str, list[WatchEvent]] = {}
    for event in ordered:
        by_brand.setdefault(event.brand, []).append(event)
    states = fold(actions)
    found = []
    for brand, own in by_brand.items():
        for incident, changes in _by_case(own).items():
            found.append(
                History(
                    incident,
                    brand,
                    changes,
                    _signals(incident, changes, own),
                    states.get(incident, DeskState(incident)),
                    (situations or {}).get(incident),
                )
            )
    return sorted(found, key=lambda history: (history.events[0].at, history.incident))


def _by_case(events: list[WatchEvent]) -> dict[str, list[IncidentEvent]]:
    """Group the changes of a brand's incidents by the incident in whose case they are answered."""
    grouped: dict[str, list[IncidentEvent]] = {}
    owner: dict[str, str] = {}
    case = ""
    for event in sorted(events, key=lambda each: (each.at, isinstance(each, DeskEvent))):
        if isinstance(event, IncidentEvent):
            of = owner.setdefault(event.incident, case or event.incident)
            grouped.setdefault(of, []).append(event)
        elif event.signal == "case" and event.incident is not None:
            case = event.incident if event.state == "begins" else ""
    return grouped


def _signals(incident: str, changes: list[IncidentEvent], events: list[WatchEvent]) -> list[DeskEvent]:
    """Return the signals of a case, and those without one that were published while the incident was open."""
    first, last = changes[0].at, changes[-1].at if changes[-1].severity == "calm" else "~"
    return [
        event
        for event in events
        if isinstance(event, DeskEvent)
        and (event.incident == incident or (event.incident is None and first <= event.at <= last))
    ]
