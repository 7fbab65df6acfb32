"""The tones of the last day: customers' mentions and negatives a minute, and the negative authors of the last hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.scoring.rollup_desk import NEGATIVE

if TYPE_CHECKING:
    from streams.response.observation import DeskObservation

DAY = 1440
KEPT = DAY + 120
AUTHORS_KEPT = 130
MAX_AUTHORS = 32
"""Negative authors of one minute: those with the smallest hashes."""


class RecentTones:
    """Customers' mentions and negatives by minute, reposts left out.

    Attributes
    ----------
    first
        The first minute observed; 0 before.

    Examples
    --------
    >>> tones = RecentTones()
    >>> tones.add(100, 10, 4)
    >>> tones.sums(90, 101), tones.sums(101, 200)
    ((10, 4), (0, 0))
    """

    def __init__(self) -> None:
        self._rows: dict[int, list[int]] = {}
        self._authors: dict[int, list[int]] = {}
        self._pruned = 0
        self.first = 0

    def observe(self, seen: DeskObservation) -> None:
        """Learn a closed minute."""
        self.first = self.first or seen.minute
        for tone in seen.tones:
            self.add(tone.minute, tone.spoken, tone.negative)
        by_minute: dict[int, set[int]] = {}
        for ask in seen.asks:
            if ask.flags & NEGATIVE:
                by_minute.setdefault(ask.at // 60, set()).add(ask.author)
        for minute, authors in by_minute.items():
            every = authors.union(self._authors.get(minute, ()))
            self._authors[minute] = sorted(every)[:MAX_AUTHORS]
        if seen.minute - self._pruned >= 60:
            self._pruned = seen.minute
            for rows, oldest in ((self._rows, seen.minute - KEPT), (self._authors, seen.minute - AUTHORS_KEPT)):
                for minute in [minute for minute in rows if minute < oldest]:
                    del rows[minute]

    def add(self, minute: int, spoken: int, negative: int) -> None:
        """Add mentions and negatives of a minute."""
        row = self._rows.setdefault(minute, [0, 0])
        row[0] += spoken
        row[1] += negative

    def sums(self, first: int, end: int) -> tuple[int, int]:
        """Return mentions and negatives from a minute up to, not including, another."""
        rows = [row for minute, row in self._rows.items() if first <= minute < end]
        return sum(row[0] for row in rows), sum(row[1] for row in rows)

    def negative_authors(self, first: int, end: int) -> int:
        """Return how many distinct authors were negative from a minute up to another, of the last two hours."""
        return len({author for minute, row in self._authors.items() if first <= minute < end for author in row})

    def state(self) -> list[Any]:
        """Return the state as plain numbers."""
        rows = [[minute, *row] for minute, row in sorted(self._rows.items())]
        return [rows, [[minute, row] for minute, row in sorted(self._authors.items())], self._pruned, self.first]

    def restore(self, state: list[Any]) -> None:
        """Go on from a state."""
        rows, authors, self._pruned, self.first = state
        self._rows = {minute: [spoken, negative] for minute, spoken, negative in rows}
        self._authors = {minute: list(row) for minute, row in authors}
