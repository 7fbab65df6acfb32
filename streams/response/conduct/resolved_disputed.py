"""The signal `resolved_disputed`: the brand says that it is over, and those who reply say that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.mentions.marks.mark import Mark
from streams.response.latch import Latched
from streams.response.official_posts import FOLLOWED_MINUTES
from streams.response.signal import WARNING, Fact

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

_RESOLVED = int(Mark.RESOLVED)


class ResolvedDisputed(Latched):
    """The latest all-clear, and at least `dispute_authors` negative replies within two hours, half of all replies."""

    name = "resolved_disputed"

    def __init__(self) -> None:
        super().__init__(FOLLOWED_MINUTES)

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        if not seen.replies:
            return
        recent = desk.posts.since(seen.minute - FOLLOWED_MINUTES)
        clear = [post for post in recent if post.statement and post.marks & _RESOLVED]
        if not clear:
            return
        post = clear[-1]
        replied, negative = post.replies_within(FOLLOWED_MINUTES)
        if negative >= desk.settings.dispute_authors and 2 * negative >= replied:
            values = (("people", replied), ("negative", negative), ("network", post.network))
            self.occur(Fact(WARNING, post.minute, None, values, (post.shown,)), seen.minute + 1, desk)
