"""What people owe: each step with its deadline, from the situation, the desk state and a moment of the wall clock.

The situation says what event time knows (a holding answer is due), the desk state what people did about it (it was
sent); neither changes the other.
"""

from typing import NamedTuple

from streams.desk_log.action import ROLES, DeskAction, instant_ms
from streams.desk_log.fold import DeskState
from streams.event_time import HOUR_MS, MINUTE_MS
from streams.situations.situation import Situation

ACKNOWLEDGE_WITHIN_MS = 5 * MINUTE_MS
POSTED_FOR_MS = HOUR_MS
"""How long a publication that went out during a hold is reported."""


class Owed(NamedTuple):
    """One step that is owed.

    Parameters
    ----------
    step
        `acknowledge`, `holding`, `update`, `hold` (scheduled posts), `promise` (by people), `promised` (seen in an
        official reply) or `mute` (it ends).
    due_ms
        By when, in milliseconds since the epoch.
    done
        The action that did it; None for not yet.
    about
        The action that it follows from; None where event time asks for it.
    """

    step: str
    due_ms: int
    done: DeskAction | None = None
    about: DeskAction | None = None

    def overdue_s(self, now_ms: int) -> int:
        """Return for how many seconds it is overdue; 0 where it is done or its time is ahead."""
        return 0 if self.done is not None else max(0, now_ms - self.due_ms) // 1000


class Overdue(NamedTuple):
    """What is overdue by people, as it is exported.

    Parameters
    ----------
    unacknowledged_s
        Seconds since the first warning while nobody has acknowledged it; 0 where somebody has.
    holding_s
        Seconds for which the holding answer is overdue and not sent.
    promise_s
        Seconds for which the oldest promise made by people is overdue.
    posted
        Publications off the matter that went out during the hold, in the last hour.
    statement_sent, held
        Whether people say that a statement was sent, and that scheduled posts are held.
    roles_open
        Roles of the crisis cell that nobody has.
    """

    unacknowledged_s: int
    holding_s: int
    promise_s: int
    posted: int
    statement_sent: bool
    held: bool
    roles_open: int


def owed(situation: Situation | None, state: DeskState) -> list[Owed]:
    """Return the steps of an incident, soonest first, those that are done included.

    Parameters
    ----------
    situation
        Its latest picture; None where there is none, after the topic's history for one.
    state
        What people did about it.
    """
    steps = [
        Owed("promise", instant_ms(promise.action.due), promise.kept, promise.action) for promise in state.promises
    ]
    if (mute := state.mute) is not None:
        steps.append(Owed("mute", instant_ms(mute.until), about=mute))
    if situation is not None and not situation.ended and state.closed is None and state.verdict is None:
        steps += _of_the_incident(situation, state)
    return sorted(steps, key=lambda step: (step.due_ms, step.step))


def _of_the_incident(situation: Situation, state: DeskState) -> list[Owed]:
    steps = []
    if situation.warned_at is not None:
        due = instant_ms(situation.warned_at) + ACKNOWLEDGE_WITHIN_MS
        steps.append(Owed("acknowledge", due, state.acknowledged))
    sent = state.statements[0] if state.statements else None
    for deadline in situation.deadlines:
        due = instant_ms(deadline.due)
        if deadline.kind == "holding":
            steps.append(Owed("holding", due, sent))
        elif deadline.kind == "update":
            after = [said for said in state.statements if said.at_ms > due - HOUR_MS and said is not sent]
            steps.append(Owed("update", due, after[-1] if after else None))
        elif deadline.kind == "scheduled":
            steps.append(Owed("hold", due, state.hold))
        else:
            steps.append(Owed("promised", due))
    return steps


def overdue(situation: Situation | None, state: DeskState, now_ms: int) -> Overdue:
    """Return what is overdue at a moment of the wall clock.

    Parameters
    ----------
    situation, state
        As for `owed`.
    now_ms
        Milliseconds since the epoch.
    """
    steps = owed(situation, state)

    def longest(name: str) -> int:
        return max((step.overdue_s(now_ms) for step in steps if step.step == name), default=0)

    waiting = [step for step in steps if step.step == "acknowledge" and step.done is None]
    since = min((step.due_ms - ACKNOWLEDGE_WITHIN_MS for step in waiting), default=now_ms)
    return Overdue(
        unacknowledged_s=max(0, now_ms - since) // 1000,
        holding_s=longest("holding"),
        promise_s=longest("promise"),
        posted=len(posted_during_hold(situation, state, now_ms)) if situation is not None else 0,
        statement_sent=bool(state.statements),
        held=state.hold is not None,
        roles_open=len(ROLES) - len(state.roles),
    )


def posted_during_hold(situation: Situation, state: DeskState, now_ms: int) -> list[str]:
    """Return the ids of publications off the matter that went out after the hold, in the last hour."""
    if state.hold is None:
        return []
    since = max(state.hold.at_ms, now_ms - POSTED_FOR_MS)
    return [said.id for said in situation.statements if not said.on_the_matter and instant_ms(said.at) >= since]
