"""The signal `post_under_fire`: many people reply to one official post within an hour, most of them negatively."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.mentions.marks.mark import Mark
from streams.response.latch import Latched
from streams.response.signal import WARNING, Fact

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation
    from streams.response.official_posts import OfficialPost

HOUR = 60
_BLAME = int(Mark.BLAME)


def under_fire(post: OfficialPost, desk: DeskContext) -> bool:
    """Return whether a post is under fire: an old one is an inbox, so only the first hour counts."""
    replied, negative = post.replies_within(HOUR)
    return replied >= desk.settings.fire_authors and negative >= desk.settings.fire_share * replied


class PostUnderFire(Latched):
    """One official post, at least `fire_authors` people within its hour, and `fire_share` of them negative."""

    name = "post_under_fire"

    def __init__(self) -> None:
        super().__init__(HOUR)

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        if not seen.replies:
            return
        touched = {reply.target for reply in seen.replies}
        for post in desk.posts.since(seen.minute - HOUR):
            if post.key in touched and under_fire(post, desk):
                replied, negative = post.replies_within(HOUR)
                blame = int(bool(post.marks & _BLAME))
                values = (("people", replied), ("negative", negative), ("blame", blame), ("network", post.network))
                self.occur(Fact(WARNING, post.minute, None, values, (post.shown,)), seen.minute + 1, desk)
