"""The signal `promise_broken`: what was promised to a customer by a time did not come, and the customer says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.response.signal import MINUTE_S, WARNING, Fact
from streams.scoring.rollup_desk import NEGATIVE

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

MAX_PROMISES = 1024
UNKNOWN_AFTER_S = 24 * 3600
OPEN, OVERDUE, BROKEN = 0, 1, 2
_AUTHOR, _KEY, _MADE, _DUE, _STATUS = range(5)


class PromiseBroken:
    """Promises with a time: kept by any official act to the same customer; broken where that customer complains again.

    A promise that nobody speaks of is unknown after a day: a call by telephone cannot be seen. Where the brand's
    sources show its private acts, a promise without any is broken.

    Attributes
    ----------
    totals
        Promises made, kept, broken and unknown.
    """

    name = "promise_broken"
    case_only = False

    def __init__(self) -> None:
        self.totals = {"made": 0, "kept": 0, "broken": 0, "unknown": 0}
        self._promises: list[list[int]] = []

    @property
    def open(self) -> int:
        """How many promises are neither kept nor broken."""
        return sum(promise[_STATUS] != BROKEN for promise in self._promises)

    @property
    def dues(self) -> list[int]:
        """When the open promises are due, in seconds since the epoch, soonest first."""
        return sorted(promise[_DUE] for promise in self._promises if promise[_STATUS] != BROKEN)

    @property
    def at_rest(self) -> bool:
        """Whether there is none."""
        return not self._promises

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute: what was promised, what was done, who complains again."""
        grace = desk.settings.promise_grace_minutes * MINUTE_S
        for _, row in seen.answers:
            if not self._promises and row.due <= row.at:
                continue
            author = desk.complaints.author_of(row)
            self._keep(author, row.keeps, row.at, grace)
            if row.due > row.at:
                self.totals["made"] += 1
                self._promises.append([author, row.key, row.at, row.due, OPEN])
                for late_s in (grace, grace + UNKNOWN_AFTER_S):
                    desk.wake(-(-(row.due + late_s) // MINUTE_S))
        if not self._promises:
            return
        self._promises = sorted(self._promises, key=lambda promise: (promise[_DUE], promise))[:MAX_PROMISES]
        angry = {ask.author: ask.at for ask in seen.asks if ask.flags & NEGATIVE}
        for promise in self._promises:
            if promise[_STATUS] != BROKEN and angry.get(promise[_AUTHOR], 0) > promise[_DUE] + grace:
                self._break(promise)

    def _keep(self, author: int, keeps: int, at: int, grace: int) -> None:
        left = []
        for promise in self._promises:
            meant = promise[_KEY] == keeps if keeps else promise[_AUTHOR] == author
            if not meant or promise[_MADE] >= at:
                left.append(promise)
            elif at <= promise[_DUE] + grace:
                self.totals["kept"] += 1
            elif promise[_STATUS] != BROKEN:
                self.totals["unknown"] += 1  # too late, and nobody complained
        self._promises = left

    def _break(self, promise: list[int]) -> None:
        promise[_STATUS] = BROKEN
        self.totals["broken"] += 1

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the broken promises of the last day."""
        grace = desk.settings.promise_grace_minutes * MINUTE_S
        left = []
        for promise in self._promises:
            overdue_s = now * MINUTE_S - promise[_DUE] - grace
            if promise[_STATUS] == OPEN and overdue_s >= 0:
                promise[_STATUS] = OVERDUE
                if desk.settings.private_acts:
                    self._break(promise)
            if overdue_s < UNKNOWN_AFTER_S:
                left.append(promise)
            elif promise[_STATUS] == OVERDUE:
                self.totals["unknown"] += 1
        self._promises = left
        broken = [promise for promise in left if promise[_STATUS] == BROKEN]
        if not broken:
            return None
        due = min(promise[_DUE] for promise in broken) // MINUTE_S
        return Fact(WARNING, due, due, (("broken", len(broken)),))

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return nothing."""
        return []

    def state(self) -> Any:
        """Return the state as plain numbers."""
        return [self._promises, self.totals]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        promises, totals = state
        self._promises = [list(promise) for promise in promises]
        self.totals = dict(totals)
