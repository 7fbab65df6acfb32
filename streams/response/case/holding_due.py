"""The signal `holding_due`: nothing was said on the matter, some minutes after an incident became a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.signal import CRITICAL, WARNING, Fact, Stateless

if TYPE_CHECKING:
    from streams.response.case.case import Case
    from streams.response.desk_context import DeskContext

ANSWERED_LEAST = 5
"""Customers answered in public, with more than an invitation to a private message, who stand for a first word."""


class HoldingDue(Stateless):
    """Nothing said on the matter; ends with a statement or reply on it, or with `ANSWERED_LEAST` customers answered.

    It is critical once it is overdue by the grace and the incident is critical; or where the brand is silent to
    everybody for longer than its first replies usually take. A brand that answers in its usual way pages nobody.
    """

    name = "holding_due"

    def due(self, case: Case, desk: DeskContext) -> int:
        """Return the minute by which something is to be said."""
        due = case.opened + desk.settings.holding_warning_minutes
        if case.critical_at:
            due = min(due, case.critical_at + desk.settings.holding_critical_minutes)
        return due

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the silence, where something is overdue."""
        case = desk.case
        if case is None or case.suspended or not desk.voiced:
            return None
        if case.matter_at or len(case.answered) >= ANSWERED_LEAST:
            return None
        due = self.due(case, desk)
        if now < due:
            desk.wake(due)
            return None
        late = self._critical_from(case, due, desk)
        if late is not None and now < late:
            desk.wake(late)
        severity = CRITICAL if late is not None and now >= late else WARNING
        return Fact(severity, case.opened, due, (("minutes", now - case.opened),))

    def _critical_from(self, case: Case, due: int, desk: DeskContext) -> int | None:
        late = due + desk.settings.holding_grace_minutes
        if case.critical_at:
            return max(late, case.critical_at)
        if case.first_word_at:
            return None
        return max(late, case.opened + desk.complaints.usual_minutes)
