"""Contents of deliveries: posts, dead letters and how far a sender is complete, from the items of a body."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from streams.errors import MentionError
from streams.mentions.dead_letter import DeadLetter
from streams.sources.source import Post
from streams.sources.webhook.body import Item
from streams.sources.webhook.mapping import Mapper
from streams.sources.webhook.posts import post_of


class Content(NamedTuple):
    """What one delivery carries.

    Parameters
    ----------
    posts
        In their order.
    letters
        Items that are no mentions.
    complete_to
        Event time of the newest heartbeat that names no brand: it holds for all.
    ignored
        Items that the form leaves out.
    """

    posts: list[Post]
    letters: list[DeadLetter]
    complete_to: datetime | None = None
    ignored: int = 0

    @property
    def accepted(self) -> int:
        """Posts, and the heartbeat for all brands."""
        return len(self.posts) + (self.complete_to is not None)


class ContentDecoder:
    """The decoding of one webhook's items.

    Parameters
    ----------
    source
        Origin of its dead letters.
    network
        Network of what names none.
    mapper
        The sender's form; `None`: the items are mentions.
    """

    def __init__(self, source: str, network: str, mapper: Mapper | None) -> None:
        self._source = source
        self._network = network
        self._mapper = mapper

    def decode(self, items: Sequence[Item], headers: Mapping[str, str], now: datetime) -> Content:
        """Decode the items of a body; one that is no mention does not hold the others back.

        Parameters
        ----------
        items
            In their order.
        headers
            Of the request.
        now
            Current time.
        """
        posts: list[Post] = []
        letters: list[DeadLetter] = []
        complete_to: datetime | None = None
        ignored = 0
        for offset, item in enumerate(items):
            mapped = self._mapped(item, headers)
            ignored += not mapped
            for part, fields in mapped:
                try:
                    post = self._post(part, fields, now)
                except MentionError as error:
                    letters.append(DeadLetter(error.reason, error.detail, self._source, offset, part.encoded()))
                    continue
                if post.kind == "heartbeat" and post.brand is None:
                    at = min(post.created_at, now)
                    complete_to = max(complete_to, at) if complete_to else at
                else:
                    posts.append(post)
        return Content(posts, letters, complete_to, ignored)

    def _mapped(self, item: Item, headers: Mapping[str, str]) -> list[tuple[Item, Any]]:
        if item.fault or self._mapper is None:
            return [(item, item.value)]
        try:
            return [(Item(part), fields) for part, fields in self._mapper.mentions(item.value, headers)]
        except MentionError as error:
            return [(Item(item.value, fault=error.detail, reason=error.reason), None)]

    def _post(self, item: Item, fields: Any, now: datetime) -> Post:
        if item.fault:
            raise MentionError(item.reason, item.fault)
        post = post_of(fields, self._network, now)
        if post.kind == "heartbeat" and post.brand is None and post.network != self._network:
            raise MentionError("missing", f"expected `brand` in a heartbeat of a network other than {self._network!r}")
        return post
