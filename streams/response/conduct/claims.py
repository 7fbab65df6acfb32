"""The signals `deletion_claimed` and `unkept`: several people say that they were deleted, or that nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detectors.statistics.counts import tail_surprisal
from streams.response.signal import WARNING, Fact

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

WINDOW = 360
USUAL_DAYS = 7
MAX_AUTHORS = 256
DISPERSION = 0.1
RARE = 3.0
"""Decades: as many claims are seen once in a thousand windows by chance."""


class Claims:
    """Distinct people who claim the same within six hours, at least `clue_authors` of them.

    Parameters
    ----------
    name
        Of the signal.
    usual
        Whether the brand's own usual number is to be exceeded: some are always left without an answer.
    """

    case_only = False

    def __init__(self, name: str, *, usual: bool) -> None:
        self.name = name
        self._usual = usual
        self._authors: dict[int, int] = {}
        self._days: dict[int, int] = {}
        self._first = 0

    @property
    def authors(self) -> int:
        """How many people claimed it in the last six hours of those observed."""
        return len(self._authors)

    @property
    def at_rest(self) -> bool:
        """Whether there is none."""
        return not self._authors

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        self._first = self._first or seen.minute
        for author in seen.unkept if self._usual else seen.deleted:
            known = self._authors.get(author)
            if known is None and len(self._authors) >= MAX_AUTHORS:
                continue
            self._authors[author] = seen.minute
            desk.wake(seen.minute + WINDOW)
            if known is None:
                day = seen.minute // 1440
                self._days[day] = self._days.get(day, 0) + 1

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return how many claim it."""
        self._authors = {author: minute for author, minute in self._authors.items() if minute > now - WINDOW}
        count = len(self._authors)
        if count < desk.settings.clue_authors:
            return None
        if self._usual and tail_surprisal(count, self._expected(now), DISPERSION) < RARE:
            return None
        return Fact(WARNING, min(self._authors.values()), None, (("people", count),))

    def _expected(self, now: int) -> float:
        """Return how many people are usual in six hours, by the last days without today; a person a day at least."""
        today = now // 1440
        self._days = {day: n for day, n in self._days.items() if day >= today - USUAL_DAYS}
        days = min(USUAL_DAYS, today - self._first // 1440)
        known = sum(n for day, n in self._days.items() if day < today)
        return max(1.0, known / max(1, days)) * WINDOW / 1440

    def facts(self, now: int, desk: DeskContext) -> list[Fact]:
        """Return nothing."""
        return []

    def state(self) -> Any:
        """Return the state as plain numbers."""
        return [sorted(self._authors.items()), sorted(self._days.items()), self._first]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        authors, days, self._first = state
        self._authors = dict(authors)
        self._days = dict(days)
