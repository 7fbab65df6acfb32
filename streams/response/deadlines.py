"""The deadlines of a case: what will be due, or is overdue, by event time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.response.case.holding_due import ANSWERED_LEAST, HoldingDue
from streams.response.conduct.scheduled_pending import ScheduledPending

if TYPE_CHECKING:
    from streams.response.desk import Desk

MINUTE_S = 60
MAX_OF_A_KIND = 5


class Due(NamedTuple):
    """What is due, and when, in seconds since the epoch: `holding`, `update`, `promise` or `scheduled`."""

    kind: str
    at: int


def deadlines(desk: Desk, now: int) -> list[Due]:
    """Return the deadlines that are open at a minute, soonest first, at most `MAX_OF_A_KIND` of each kind.

    Parameters
    ----------
    desk
        The response desk, advanced to that minute.
    now
        Minutes since the epoch.
    """
    context = desk.context
    case = context.case
    found = [Due("promise", at) for at in desk.promises.dues[:MAX_OF_A_KIND]]
    if case is not None:
        silent = not case.matter_at and len(case.answered) < ANSWERED_LEAST
        for signal in desk.signals:
            if isinstance(signal, HoldingDue) and silent and context.voiced and not case.suspended:
                found.append(Due("holding", signal.due(case, context) * MINUTE_S))
            elif isinstance(signal, ScheduledPending):
                found += [Due("scheduled", at) for at in signal.times(now)[:MAX_OF_A_KIND]]
        if case.matter_at and not case.calm_at and not case.suspended:
            update = case.update_due or case.matter_at + context.settings.update_minutes
            found.append(Due("update", update * MINUTE_S))
    return sorted(found, key=lambda due: (due.at, due.kind))
