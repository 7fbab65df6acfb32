"""The signals `hot_reply` and `blame`: an official text attacks, threatens or shouts; or it blames somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.response.conduct.post_under_fire import under_fire
from streams.response.latch import Latched
from streams.response.signal import INFO, WARNING, Fact

if TYPE_CHECKING:
    from streams.mentions.marks.mark import Mark
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

HOLD = 60


class ToneOfVoice(Latched):
    """A mark read from the text: only information by itself, a warning where people react to it or a case is open.

    Parameters
    ----------
    name
        Of the signal.
    mark
        That a text must have.
    in_case
        Whether a case alone makes it a warning.
    """

    def __init__(self, name: str, mark: Mark, *, in_case: bool) -> None:
        super().__init__(HOLD)
        self.name = name
        self._mark = int(mark)
        self._in_case = in_case

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        marked = [post for post in desk.posts.since(seen.minute - HOLD) if post.marks & self._mark]
        if not marked:
            return
        touched = {reply.target for reply in seen.replies}
        fresh = {post.key for post in desk.posts.fresh}
        for post in marked:
            fire = post.key in touched and under_fire(post, desk)
            if fire or post.key in fresh:
                severity = WARNING if fire or (self._in_case and desk.case is not None) else INFO
                fact = Fact(severity, post.minute, None, (("network", post.network),), (post.shown,))
                self.occur(fact, seen.minute + 1, desk)
