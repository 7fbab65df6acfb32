"""The signal `promo_in_case`: the brand publishes something else while its case is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.mentions.marks.mark import Mark
from streams.response.latch import Latched
from streams.response.signal import WARNING, Fact

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

HOLD = 30
_PRIVATE = int(Mark.PRIVATE)


class PromoInCase(Latched):
    """An official text that replies to nobody, is not on the matter, and does not invite to a private message."""

    name = "promo_in_case"

    def __init__(self) -> None:
        super().__init__(HOLD)

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        case = desk.case
        if case is None:
            return
        for post in desk.posts.fresh:
            promo = post.marks & Mark.PROMO or not (post.marks & _PRIVATE or case.on_the_matter(post.marks, post.text))
            if post.statement and promo:
                fact = Fact(WARNING, post.minute, None, (("network", post.network),), (post.shown,))
                self.occur(fact, seen.minute + 1, desk)
