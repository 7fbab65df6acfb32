"""The signal `leader_due`: an incident is critical for a day, and no leader has spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.signal import WARNING, Fact, Stateless

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext


class LeaderDue(Stateless):
    """No word of a leader; off where no source says who speaks for the brand."""

    name = "leader_due"

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the missing leader."""
        case = desk.case
        if case is None or case.suspended or not case.critical_at or case.leader_at or not desk.roles:
            return None
        due = case.critical_at + desk.settings.leader_hours * 60
        if now < due:
            desk.wake(due)
            return None
        return Fact(WARNING, case.critical_at, due, (("minutes", now - case.critical_at),))
