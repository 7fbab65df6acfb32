"""The signal `moderation_in_case`: the brand deletes, blocks or closes comments while its case is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.latch import Latched
from streams.response.signal import WARNING, Fact, Post

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation
    from streams.scoring.rollup_desk import ActionRow

HOLD = 60
MODERATION = frozenset(("deletion", "block", "closed"))


def moderates(row: ActionRow) -> bool:
    """Return whether an action silences a customer: not the brand's own text withdrawn, nor for a reason of law."""
    return row.kind in MODERATION and not row.own and row.role != "legal"


class ModerationInCase(Latched):
    """Moderation in a case, at once; ends an hour later, or when it is taken back."""

    name = "moderation_in_case"

    def __init__(self) -> None:
        super().__init__(HOLD)

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        for network, row in seen.actions:
            if row.kind == "undo":
                self.end()
            elif desk.case is not None and moderates(row):
                post = Post(row.id, network, row.at, row.text)
                values = (("kind", row.kind), ("network", network))
                self.occur(Fact(WARNING, row.at // 60, None, values, (post,)), seen.minute + 1, desk)
