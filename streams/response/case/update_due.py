"""The signal `update_due`: the last word on the matter is long ago, and the incident is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.signal import INFO, Fact, Stateless

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext


class UpdateDue(Stateless):
    """No update since the last word on the matter; due at the time that word gave, or after `update_minutes`."""

    name = "update_due"

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the overdue update."""
        case = desk.case
        if case is None or case.suspended or case.calm_at or not case.matter_at:
            return None
        due = case.update_due or case.matter_at + desk.settings.update_minutes
        if now < due:
            desk.wake(due)
            return None
        return Fact(INFO, case.matter_at, due, (("minutes", now - case.matter_at),))
