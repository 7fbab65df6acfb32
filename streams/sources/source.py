"""The interface of a source: an asynchronous iterator of batches, each with a cursor and the time it is complete to."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import msgspec

from streams.mentions.dead_letter import DeadLetter
from streams.mentions.mention import Kind


class Post(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One publication or action as its network shows it: before it is matched to brands and its author pseudonymised.

    Parameters
    ----------
    id
        Unique within the network; a second look under the same id carries grown counts. A deletion's own id is
        ``deletion:`` and the id of what was deleted, which stands in `reply_to`.
    created_at
        Event time with a zone: when it became visible on the network.
    text
        What is scored for negativity.
    searched
        More text in which brands are searched but which is not scored: card titles, alt texts, links, tags.
    kind
        As of a mention.
    author
        Account of the author, as the network identifies it; pseudonymised later.
    addressed
        Accounts that it mentions or replies to, as the network identifies them.
    about
        Id of an earlier post whose brands it inherits, and its text where it has none: what it reposts or quotes.
    network
        Where it differs from its source's.
    brand
        Brand it is about, where the source says so; otherwise it is matched.
    official
        Published by the brand itself, where the source says so; otherwise decided by its accounts.
    lang, followers, reply_to, repost_of, reposts, likes, replies, views, rating, url, promise_due_at
        As of a mention.
    """

    id: str
    created_at: datetime
    text: str
    searched: str = ""
    kind: Kind = "post"
    author: str | None = None
    addressed: tuple[str, ...] = ()
    about: str | None = None
    network: str | None = None
    brand: str | None = None
    official: bool | None = None
    lang: str | None = None
    followers: int | None = None
    reply_to: str | None = None
    repost_of: str | None = None
    reposts: int | None = None
    likes: int | None = None
    replies: int | None = None
    views: int | None = None
    rating: float | None = None
    url: str | None = None
    promise_due_at: datetime | None = None


class Batch(msgspec.Struct, frozen=True, gc=False):
    """What a source found since the previous batch.

    Parameters
    ----------
    posts
        Posts in the order in which they were found.
    cursor
        Opaque text to resume from after these posts; `None`: the network cannot replay.
    complete_to
        Event time up to which everything published was seen: what a heartbeat may report; `None`: not known.
    refused
        Records that could not be read, by reason (a bounded code).
    gap
        Span of event time, start and end, that the network could not replay before these posts; `None`: none.
    dead_letters
        Records that were sent to badbuzz and are no mentions: stored with their reasons in the same commit.
    events
        Records read, those that nobody searches for included.
    spent
        Posts that the network charges for since the previous batch, look-ups at their price in posts included.
    gone
        Ids of posts that their authors deleted, and beginnings of ids, ending in a slash, of accounts that are gone:
        what is remembered of them is forgotten, after these posts.
    """

    posts: Sequence[Post] = ()
    cursor: str | None = None
    complete_to: datetime | None = None
    refused: dict[str, int] = {}
    gap: tuple[datetime, datetime] | None = None
    dead_letters: Sequence[DeadLetter] = ()
    events: int = 0
    spent: int = 0
    gone: Sequence[str] = ()


class Source(Protocol):
    """What one network publishes.

    Common mistakes:

    * `complete_to` from pings or keep-alive frames of a stream that may be blind: only data shows that a source sees.
    * An event time from the publisher where the network shows a post later: it would join no open minute.
    * Retrying inside `read`: raise `SourceError`; the collector waits, backs off and calls `read` again with the last
      committed cursor.
    """

    network: str

    def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yield batches from a cursor on, until cancelled; close connections in `finally`.

        A batch comes at least every 30 seconds where a silent network is normal, without posts, so that heartbeats are
        sent. A source that may be silent no longer raises `SourceError` instead.

        Parameters
        ----------
        cursor
            Of the last committed batch; `None`: start with what is published now.

        Raises
        ------
        SourceError
            The network cannot be read now (retried with back-off), or not at all (`fatal`).
        """


@runtime_checkable
class Acknowledges(Protocol):
    """A source that is sent its posts, and whose senders repeat what they are not told is committed.

    The collector commits its batches as soon as they come, in order. Where a commit fails it closes `read`
    (`contextlib.aclosing`): whatever is not acknowledged by then is refused, and its sender comes again.
    """

    def acknowledge(self, batch: Batch) -> None:
        """Confirm that a batch, and each before it of the same `read`, is committed; never raise, never wait.

        Parameters
        ----------
        batch
            The object that `read` yielded; one of an earlier `read` is ignored.
        """


@runtime_checkable
class LooksUp(Protocol):
    """A source that can add to matched posts what its stream leaves out: followers of the author.

    Attributes
    ----------
    looks_up
        Whether it is configured to.
    """

    looks_up: bool

    async def look_up(self, posts: Sequence[Post]) -> Sequence[Post]:
        """Return the posts, completed where that is known within two seconds; never raise."""


@runtime_checkable
class Shares(Protocol):
    """A source whose posts may repost or quote earlier ones, which are remembered for their brands and text.

    Attributes
    ----------
    remembered
        How long a post is remembered.
    """

    remembered: timedelta


@runtime_checkable
class Checks(Protocol):
    """A source that cannot be tried by reading it: its network would charge, or end the collector's connection."""

    async def check(self) -> str:
        """Return in one line what was found, such as what is left of a quota; neither read nor change anything.

        Raises
        ------
        SourceError
            The network cannot be read now, or not at all.
        """


@runtime_checkable
class Recounts(Protocol):
    """A source that can look again at earlier posts for their counts so far."""

    async def recount(self, ids: Sequence[str]) -> Sequence[Post]:
        """Return a post of kind `update` for each id that still exists; never raise."""


@runtime_checkable
class Rechecks(Protocol):
    """A source that can say which of its posts are shown no longer: deleted, protected, of an account that is gone."""

    async def absent(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of these posts that the network says it does not show; never one that it did not answer for.

        Raises
        ------
        SourceError
            The network cannot be asked now, or not at all.
        """
