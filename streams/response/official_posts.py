"""The official posts of the last hours and the customers who reply to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.mentions.marks.mark import Mark
from streams.response.signal import Post
from streams.scoring.rollup_desk import NEGATIVE

if TYPE_CHECKING:
    from streams.response.observation import DeskObservation

MAX_POSTS = 64
MAX_REPLIERS = 64
FOLLOWED_MINUTES = 120
_SHOWN = int(Mark.HOT | Mark.BLAME)


class OfficialPost(msgspec.Struct, array_like=True):
    """One official post: when and where, what it does, and who replied: author, minutes after it, negative or not."""

    key: int
    minute: int
    network: str
    account: int
    marks: int
    id: str
    text: str
    at: int
    statement: bool
    repliers: dict[int, tuple[int, bool]] = {}

    @property
    def shown(self) -> Post:
        """The post as an event shows it."""
        return Post(self.id, self.network, self.at, self.text)

    def replies_within(self, minutes: int) -> tuple[int, int]:
        """Return how many customers replied within so many minutes, and how many of them negatively."""
        within = [negative for after, negative in self.repliers.values() if after < minutes]
        return len(within), sum(within)


class OfficialPosts:
    """The latest statements, and the replies that lost their temper or blame somebody."""

    def __init__(self) -> None:
        self.posts: dict[int, OfficialPost] = {}
        self.fresh: list[OfficialPost] = []

    def observe(self, seen: DeskObservation) -> None:
        """Learn a closed minute."""
        self.fresh = []
        for network, row in seen.statements:
            self._add(
                OfficialPost(row.key, row.at // 60, network, row.account, row.marks, row.id, row.text, row.at, True)
            )
        for network, answer in seen.answers:
            if answer.id and answer.marks & _SHOWN:
                place = answer.key, answer.at // 60, network, 0, answer.marks, answer.id, answer.text, answer.at
                self._add(OfficialPost(*place, False))
        for reply in seen.replies:
            post = self.posts.get(reply.target)
            if post is not None and len(post.repliers) < MAX_REPLIERS:
                after = reply.at // 60 - post.minute
                known_after, known = post.repliers.get(reply.author, (after, False))
                if after < FOLLOWED_MINUTES:
                    negative = bool(reply.flags & NEGATIVE) or known
                    post.repliers[reply.author] = min(known_after, after), negative

    def since(self, minute: int) -> list[OfficialPost]:
        """Return the posts made from a minute on, oldest first."""
        return [post for post in self.posts.values() if post.minute >= minute]

    def _add(self, post: OfficialPost) -> None:
        if post.key in self.posts:
            return
        self.posts[post.key] = post
        self.fresh.append(post)
        if len(self.posts) > MAX_POSTS:
            del self.posts[min(self.posts, key=lambda key: (self.posts[key].minute, key))]

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        posts = []
        for post in self.posts.values():
            repliers = sorted([author, *reply] for author, reply in post.repliers.items())
            posts.append([*msgspec.structs.astuple(post)[:-1], repliers])
        return posts

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        for *fields, repliers in state:
            post = OfficialPost(*fields)
            post.repliers = {author: (after, negative) for author, after, negative in repliers}
            self.posts[post.key] = post
