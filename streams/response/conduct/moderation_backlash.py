"""The signal `moderation_backlash`: far more people are negative in the hour after a deletion than before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scipy.stats import binom

from streams.response.conduct.moderation_in_case import moderates
from streams.response.latch import Latched
from streams.response.recent_tones import DAY
from streams.response.signal import CRITICAL, Fact

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

SAME_DEED = 10
"""Minutes within which several acts of moderation are one."""
MAX_ACTS = 64
HOLD = 60


class ModerationBacklash(Latched):
    """What followed a deletion, a block or a closing: followed by it, never said to be caused by it."""

    name = "moderation_backlash"

    def __init__(self) -> None:
        super().__init__(HOLD)
        self._acts: list[tuple[int, str]] = []

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute, and compare with the hour before each act of the last hour."""
        if not self._acts and not seen.actions:
            return
        span = desk.settings.backlash_minutes
        for _, row in seen.actions:
            minute = row.at // 60
            if row.kind == "undo":
                self._acts.clear()
                self.end()
            elif moderates(row) and all(abs(minute - act) > SAME_DEED for act, _ in self._acts):
                self._acts.append((minute, row.kind))
        self._acts = [act for act in self._acts if act[0] > seen.minute - span][-MAX_ACTS:]
        for minute, kind in self._acts:
            after, before = self._around(minute, seen.minute + 1, desk)
            if after:
                values = (("kind", kind), ("after", after), ("before", before))
                self.occur(Fact(CRITICAL, minute, None, values), seen.minute + 1, desk)

    def _around(self, act: int, end: int, desk: DeskContext) -> tuple[int, int]:
        """Return how many people were negative after an act and before it; (0, 0) where that is nothing unusual."""
        settings, tones = desk.settings, desk.tones
        span = settings.backlash_minutes
        after = tones.negative_authors(act, end)
        before = tones.negative_authors(act - span, act)
        if after < settings.backlash_least or after < settings.backlash_factor * before:
            return 0, 0
        known = min(DAY, act - tones.first)
        if known < span:
            return 0, 0
        _, usual = tones.sums(act - known, act)
        chance = float(binom.sf(after - 1, after + usual, span / (known + span)))
        return (after, before) if chance <= settings.backlash_p else (0, 0)

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        return [super().state(), self._acts]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        latched, acts = state
        super().restore(latched)
        self._acts = [(minute, kind) for minute, kind in acts]
