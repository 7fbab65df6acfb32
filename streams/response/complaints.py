"""The complaints of a brand: which are open, overdue or answered, and the first response times.

A complaint is a customer's negative mention or question. An official reply answers it, and everything its author said
before on the network; the author's next negative mention opens it again. Waiting counts from the first one unanswered.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.scoring.rollup import HASHES
from streams.scoring.rollup_desk import BOT, DENIES, NEGATIVE, PRIVATE, SUPPORTS, THANKS, AnswerRow, AskRow

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation
    from streams.settings.brands.care_hours import CareHours

MAX_COMPLAINTS = 4096
MAX_EARLY = 256
MAX_DELAYS = 256
EARLY_S = 3600
USUAL_LEAST = 10
"""Fewest first response times that say what is usual."""
CLOCK_SKEW_S = 60
EVERY = HASHES - 1
"""A cut that leaves nothing out; the largest number that a state can hold."""
BUCKETS_S = (60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)
"""Upper bounds of the first response times, in seconds."""
ANSWERED, LATE = 1, 2
_AUTHOR, _AT, _FLAGS, _WEIGHT, _DUE = range(5)


class Waiting(NamedTuple):
    """Customers with a complaint: open, overdue, answered, due so far; the oldest overdue; whether estimated."""

    open: int
    overdue: int
    answered: int
    due: int
    oldest_overdue: int
    estimated: bool


class Complaints:
    """The complaints of the last hours, a uniform sample of them where they are many.

    Parameters
    ----------
    open_hours
        Hours after which one is forgotten.
    within_minutes
        Objective of the first response time.
    care
        Hours in which that time runs while no case is open.

    Attributes
    ----------
    delays
        The latest first response times, in seconds.
    buckets
        First response times by `BUCKETS_S`, and longer ones.
    in_time, late, expired, unmatched, third
        Totals: answered within the objective, not so, never; replies whose complaint is not known; replies of other
        customers to a complaint: those that are not negative, and those that are, or support it by their source's word.
    """

    def __init__(self, open_hours: int, within_minutes: int, care: CareHours) -> None:
        self.care = care
        self.open_s = open_hours * 3600
        self.within_s = within_minutes * 60
        self.delays: list[int] = []
        self.buckets = [0] * (len(BUCKETS_S) + 1)
        self.in_time = self.late = self.expired = self.unmatched = 0.0
        self.third = [0, 0]
        self._rows: dict[int, list[Any]] = {}
        self._of_author: dict[int, set[int]] = {}
        self._deadlines: list[tuple[int, int]] = []
        # When each was made, and its key: a heap.
        self._ages: list[tuple[int, int]] = []
        self._early: dict[int, list[int]] = {}
        self._cut = EVERY
        self._cut_until = 0
        self._pruned = 0
        # The latest count and what it is of: several signals and events of a minute ask for the same.
        self._counted: tuple[tuple[int, int], Waiting] | None = None

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute: complaints and answers in the order of event time."""
        self._counted = None
        weight = HASHES / seen.threshold
        for reply in seen.replies:
            row = self._rows.get(reply.target)
            if row is not None and row[_AUTHOR] != reply.author:
                self.third[_agrees(reply.flags)] += 1
        for turn in _in_turn(seen):
            if isinstance(turn, AskRow):
                self._ask(turn, weight, desk)
            else:
                self._answer(turn, weight)
        if seen.minute - self._pruned >= 10 or len(self._rows) > MAX_COMPLAINTS:
            self._prune(seen.minute)

    def author_of(self, row: AnswerRow) -> int:
        """Return the author whom a reply is to, or the publication's hash where the author is not known."""
        known = self._rows.get(row.target)
        return known[_AUTHOR] if known is not None else row.author or row.target

    @property
    def usual_minutes(self) -> int:
        """Minutes within which nine of ten of the latest first replies came; 0 where too few are known."""
        if len(self.delays) < USUAL_LEAST:
            return 0
        return -(-sorted(self.delays)[len(self.delays) * 9 // 10] // 60)

    def advance(self, now: int) -> None:
        """Decide the objective of complaints whose time is up at a minute."""
        while self._deadlines and self._deadlines[0][0] <= now:
            _, key = heappop(self._deadlines)
            row = self._rows.get(key)
            if row is not None and not row[_FLAGS]:
                row[_FLAGS] = LATE
                self.late += row[_WEIGHT]

    def waiting(self, now: int, since: int = 0) -> Waiting:
        """Count customers with a complaint made since a minute and not yet forgotten.

        From `since` on, which is of a case, waiting is counted by the clock; without it, in care hours.
        """
        asked = now, since
        if self._counted is None or self._counted[0] != asked:
            self._counted = asked, self._count(now * 60, since * 60)
        return self._counted[1]

    def _count(self, now: int, since: int) -> Waiting:
        oldest, due_before = max(since, now - self.open_s), now - self.within_s
        # The weights of the customers of each kind, for each is a number of customers where they are a sample.
        weights: tuple[list[float], ...] = ([], [], [], [])
        waiting, overdue, answered, due = weights
        oldest_overdue = 0
        rows = self._rows
        for keys in self._of_author.values():
            waits = late = is_due = False
            weight = 0.0
            for key in keys:
                _, at, flags, own_weight, due_s = rows[key]
                if at < oldest:
                    continue
                weight = own_weight if own_weight > weight else weight
                up = at <= due_before and (since > 0 or due_s <= now)
                if up:
                    is_due = True
                if not flags & ANSWERED:
                    waits = True
                    if up:
                        late = True
                        if not oldest_overdue or at < oldest_overdue:
                            oldest_overdue = at
            if weight:
                (waiting if waits else answered).append(weight)
                if late:
                    overdue.append(weight)
                if is_due:
                    due.append(weight)
        estimated = max(waiting, default=0) > 1 or max(answered, default=0) > 1
        counts = [round(fsum(each)) for each in weights]
        return Waiting(counts[0], counts[1], counts[2], counts[3], oldest_overdue, estimated)

    def _ask(self, ask: AskRow, weight: float, desk: DeskContext) -> None:
        mine = self._of_author.get(ask.author, set())
        answered = any(self._rows[key][_FLAGS] & ANSWERED for key in mine)
        if ask.flags & THANKS:
            if answered:
                for key in mine:
                    self._rows[key][_FLAGS] |= ANSWERED
            return
        if ask.key in self._rows or (answered and not ask.flags & NEGATIVE):
            return
        due_s = ask.at + self.within_s if desk.case is not None else self.care.after(ask.at, self.within_s)
        self._rows[ask.key] = [ask.author, ask.at, 0, weight, due_s]
        self._of_author.setdefault(ask.author, set()).add(ask.key)
        heappush(self._ages, (ask.at, ask.key))
        early = self._early.pop(ask.key, None)
        if early is not None:
            self.unmatched -= weight
            self._close(ask.key, early[0], bool(early[1]))
            return
        due = -(-due_s // 60)
        heappush(self._deadlines, (due, ask.key))
        desk.wake(due)

    def _answer(self, row: AnswerRow, weight: float) -> None:
        if row.flags & BOT:
            return
        public = not row.flags & PRIVATE
        if row.target in self._rows:
            self._close(row.target, row.at, public)
        elif row.author:
            if public and row.target_at:
                self._time(row.at - row.target_at, weight)
            for key in list(self._of_author.get(row.author, ())):
                self._close(key, row.at, public and not row.target_at)
        else:
            if public and row.target_at:
                self._time(row.at - row.target_at, weight)
            elif row.target < self._cut:
                self.unmatched += weight
            if len(self._early) < MAX_EARLY:
                self._early[row.target] = [row.at, int(public and not row.target_at)]

    def _close(self, key: int, at: int, timed: bool) -> None:
        """Answer a complaint, and what its author said before the answer."""
        row = self._rows[key]
        if timed and not row[_FLAGS] & ANSWERED and at >= row[_AT] - CLOCK_SKEW_S:
            self._time(max(0, at - row[_AT]), row[_WEIGHT])
        for other in self._of_author.get(row[_AUTHOR], {key}):
            mine = self._rows[other]
            if mine[_AT] <= at + CLOCK_SKEW_S and not mine[_FLAGS] & ANSWERED:
                if not mine[_FLAGS] & LATE and at <= mine[_DUE]:
                    self.in_time += mine[_WEIGHT]
                mine[_FLAGS] |= ANSWERED

    def _time(self, delay_s: int, weight: float) -> None:
        if not 0 <= delay_s <= 30 * 86_400:
            return
        place = next((n for n, bound in enumerate(BUCKETS_S) if delay_s <= bound), len(BUCKETS_S))
        self.buckets[place] += round(weight)
        self.delays = [*self.delays[-MAX_DELAYS + 1 :], delay_s]

    def _prune(self, minute: int) -> None:
        self._pruned = minute
        oldest = minute * 60 - self.open_s
        while self._ages and self._ages[0][0] < oldest:
            _, key = heappop(self._ages)
            if key in self._rows:
                self._drop(key, expired=True)
        for key in [key for key, (at, _) in self._early.items() if at < minute * 60 - EARLY_S]:
            del self._early[key]
        if minute >= self._cut_until:
            self._cut = EVERY
        if len(self._rows) > MAX_COMPLAINTS:
            every = sorted(self._rows)
            self._cut, self._cut_until = every[MAX_COMPLAINTS], minute + self.open_s // 60
            for key in every[MAX_COMPLAINTS:]:
                self._drop(key, expired=False)
            for row in self._rows.values():
                row[_WEIGHT] = max(row[_WEIGHT], HASHES / self._cut)
            self._ages = sorted((row[_AT], key) for key, row in self._rows.items())
        self._deadlines = [item for item in self._deadlines if item[1] in self._rows]
        heapify(self._deadlines)

    def _drop(self, key: int, *, expired: bool) -> None:
        row = self._rows.pop(key)
        if expired and not row[_FLAGS] & ANSWERED:
            self.expired += row[_WEIGHT]
        mine = self._of_author[row[_AUTHOR]]
        mine.discard(key)
        if not mine:
            del self._of_author[row[_AUTHOR]]

    def state(self) -> list[Any]:
        """Return the state as plain numbers."""
        return [
            [[key, *row] for key, row in sorted(self._rows.items())],
            sorted(self._deadlines),
            sorted([key, *value] for key, value in self._early.items()),
            [self._cut, self._cut_until, self._pruned],
            [self.in_time, self.late, self.expired, self.unmatched],
            self.buckets,
            self.delays,
            self.third,
        ]

    def restore(self, state: list[Any]) -> None:
        """Go on from a state."""
        rows, deadlines, early, cut, totals, self.buckets, self.delays, self.third = state
        self._rows = {row[0]: list(row[1:]) for row in rows}
        for key, row in self._rows.items():
            self._of_author.setdefault(row[_AUTHOR], set()).add(key)
        self._ages = sorted((row[_AT], key) for key, row in self._rows.items())
        self._deadlines = [(due, key) for due, key in deadlines]
        self._early = {key: list(value) for key, *value in early}
        self._cut, self._cut_until, self._pruned = cut
        self.in_time, self.late, self.expired, self.unmatched = totals


def _in_turn(seen: DeskObservation) -> list[AskRow | AnswerRow]:
    """Return the asks and the answers of a minute in the order of event time; of an instant, the asks first."""
    turns: list[tuple[int, int, int, AskRow | AnswerRow]] = [(row.at, 0, row.key, row) for row in seen.asks]
    turns += [(row.at, 1, row.key, row) for _, row in seen.answers]
    return [turn[3] for turn in (sorted(turns, key=lambda turn: turn[:3]) if len(turns) > 1 else turns)]


def _agrees(flags: int) -> bool:
    """Return whether a reply sides with the complaint: "same here" is often not negative, and its source may know."""
    return not flags & DENIES and bool(flags & (SUPPORTS | NEGATIVE))
