"""The signal `complaints_waiting`: many complaints of a case are overdue, and most of those due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.signal import WARNING, Fact, Stateless

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext


class ComplaintsWaiting(Stateless):
    """Customers who wait longer than the objective, counted since the incident began: older ones never end."""

    name = "complaints_waiting"

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return how many wait; their deadlines are announced as they come in."""
        case = desk.case
        if case is None or case.suspended or not desk.voiced:
            return None
        waiting = desk.complaints.waiting(now, case.since)
        least, share = desk.settings.overdue_least, desk.settings.overdue_share
        if waiting.overdue < least or waiting.overdue < share * waiting.due:
            return None
        return Fact(WARNING, case.since, None, (("overdue", waiting.overdue), ("due", waiting.due)))
