"""The signal `over_reply`: too many public replies to one customer, or too large a part of an hour's mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.response.latch import Latched
from streams.response.signal import HOUR_S, INFO, Fact
from streams.scoring.rollup_desk import PRIVATE

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

DAY_S = 24 * HOUR_S
PART_S = 180
"""Replies within this time are the parts of one."""
MAX_CUSTOMERS = 2048
MENTIONS_LEAST = 20
HOLD = 60


class OverReply(Latched):
    """More public replies to one customer in a day than `replies_per_customer`; or mostly second replies in an hour.

    References
    ----------
    Golmohammadi, Havakhor, Gauri, Comprix (2021), doi:10.1177/00222429211002183: many public exchanges with one
    complainer bring more complaints.
    """

    name = "over_reply"

    def __init__(self) -> None:
        super().__init__(HOLD)
        # By customer: the first and the last reply of the day, and how many turns.
        self._turns: dict[int, list[int]] = {}
        # By minute of the last hour, oldest first: replies beyond the first, and mentions; and their sums.
        self._hour: dict[int, list[int]] = {}
        self._sums = [0, 0]

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        excess = 0
        for _, row in seen.answers:
            if row.flags & PRIVATE:
                continue
            customer = desk.complaints.author_of(row)
            turns = self._turns.get(customer)
            if turns is None or row.at - turns[0] > DAY_S:
                self._turns[customer] = [row.at, row.at, 1]
                continue
            if row.at - turns[1] >= PART_S:
                turns[2] += 1
                excess += 1
                if turns[2] == desk.settings.replies_per_customer + 1:
                    fact = Fact(INFO, seen.minute, None, (("replies", turns[2]), ("share", 0.0)))
                    self.occur(fact, seen.minute + 1, desk)
            turns[1] = max(turns[1], row.at)
        spoken = sum([tone.spoken for tone in seen.tones]) + len(seen.answers)
        if spoken:
            self._hour[seen.minute] = [excess, spoken]
            self._sums = [self._sums[0] + excess, self._sums[1] + spoken]
        self._forget(seen.minute)
        second, mentions = self._sums
        if mentions >= MENTIONS_LEAST and second > desk.settings.excess_share * mentions:
            share = round(second / mentions, 2)
            self.occur(Fact(INFO, seen.minute, None, (("replies", second), ("share", share))), seen.minute + 1, desk)

    @property
    def excess_share(self) -> float:
        """Replies beyond the first to a customer, as a share of the last hour's mentions."""
        second, mentions = self._sums
        return second / mentions if mentions else 0.0

    def _forget(self, minute: int) -> None:
        while self._hour and (oldest := next(iter(self._hour))) <= minute - 60:
            excess, spoken = self._hour.pop(oldest)
            self._sums = [self._sums[0] - excess, self._sums[1] - spoken]
        if len(self._turns) > MAX_CUSTOMERS:
            latest = sorted(self._turns, key=lambda customer: (-self._turns[customer][1], customer))
            self._turns = {customer: self._turns[customer] for customer in latest[: MAX_CUSTOMERS // 2]}

    def state(self) -> Any:
        """Return the state as plain numbers."""
        turns = [[customer, *row] for customer, row in sorted(self._turns.items())]
        return [super().state(), turns, [[minute, *row] for minute, row in sorted(self._hour.items())]]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        latched, turns, hour = state
        super().restore(latched)
        self._turns = {customer: list(row) for customer, *row in turns}
        self._hour = {minute: list(row) for minute, *row in hour}
        self._sums = [sum(row[place] for row in self._hour.values()) for place in (0, 1)]
