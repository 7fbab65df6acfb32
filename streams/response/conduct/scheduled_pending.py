"""The signal `scheduled_pending`: publications are planned while a case is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.response.signal import CRITICAL, MINUTE_S, WARNING, Fact, Post

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

MAX_PLANNED = 256
MAX_SHOWN = 10


class ScheduledPending:
    """Planned publications whose time is ahead; one that is deleted, or undone, is no longer planned."""

    name = "scheduled_pending"
    case_only = False

    def __init__(self) -> None:
        self._planned: dict[int, tuple[int, Post]] = {}

    def times(self, now: int) -> list[int]:
        """Return when publications are planned for after a minute, in seconds since the epoch, soonest first."""
        return sorted(at for at, _ in self._planned.values() if at > now * MINUTE_S)

    @property
    def at_rest(self) -> bool:
        """Whether there is none."""
        return not self._planned

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        for network, row in seen.actions:
            if row.kind == "scheduled":
                self._planned[row.key] = row.publish_at, Post(row.id, network, row.publish_at, row.text)
                desk.wake(-(-row.publish_at // MINUTE_S))
            elif row.kind in {"deletion", "undo"}:
                self._planned.pop(row.key, None)
        if len(self._planned) > MAX_PLANNED:
            soonest = sorted(self._planned, key=lambda key: (self._planned[key][0], key))[:MAX_PLANNED]
            self._planned = {key: self._planned[key] for key in soonest}

    def pending(self, now: int) -> int:
        """Return how many publications are planned after a minute."""
        return sum(at > now * MINUTE_S for at, _ in self._planned.values())

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return what is planned, soonest first."""
        self._planned = {key: item for key, item in self._planned.items() if item[0] > now * MINUTE_S}
        case = desk.case
        if case is None or not self._planned:
            return None
        planned = sorted(self._planned.values())
        severity = CRITICAL if case.severity == "critical" and not case.calm_at else WARNING
        posts = tuple(post for _, post in planned[:MAX_SHOWN])
        return Fact(severity, case.opened, planned[0][0] // MINUTE_S, (("planned", len(planned)),), posts)

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return nothing."""
        return []

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        return sorted([key, *item] for key, item in self._planned.items())

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        self._planned = {key: (at, Post(*post)) for key, at, post in state}
