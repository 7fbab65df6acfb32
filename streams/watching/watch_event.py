"""The events of a brand's watch: changes of its incident, and changes of how the brand answers."""

from collections.abc import Iterable

from streams.response.desk_event import DeskEvent
from streams.watching.incident_event import IncidentEvent

WatchEvent = IncidentEvent | DeskEvent
"""What is published on `incidents`, each under its own id."""


def incident_events(events: Iterable[WatchEvent]) -> list[IncidentEvent]:
    """Return the changes of incidents among events, in their order.

    Examples
    --------
    >>> incident_events([])
    []
    """
    return [event for event in events if isinstance(event, IncidentEvent)]
