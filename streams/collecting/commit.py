"""The commit: what is written together, all or nothing: mentions, rows to remember, and the cursor after them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from streams.mentions.dead_letter import DeadLetter
from streams.sources.source import Batch

Keyed = tuple[str, bytes]
"""An encoded mention and its brand, the key of the topic `mentions`."""


class Commit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one batch of a source, or several, become.

    Parameters
    ----------
    messages
        Mentions and heartbeats, in their order.
    rows
        Rows that the source's state needs after a restart, by key; `None` deletes one.
    cursor
        Of the last batch; `None`: the previous one stands.
    complete_to
        Event time up to which the source is complete after it; `None`: as before.
    batches
        The batches it was made of, to be acknowledged.
    dead_letters
        What was sent and is no mention.
    mentions
        Number of mentions among the messages.
    events
        Posts read.
    dropped
        Posts that became no mention although they were readable or should have been, by reason.
    gap
        Length of the spans that the network could not replay.
    looked_up
        Posts whose author's followers were asked for, by result: `found` or `missing`.
    """

    messages: Sequence[Keyed] = ()
    rows: dict[bytes, bytes | None] = {}
    cursor: str | None = None
    complete_to: datetime | None = None
    batches: Sequence[Batch] = ()
    dead_letters: Sequence[DeadLetter] = ()
    mentions: int = 0
    events: int = 0
    dropped: dict[str, int] = {}
    gap: timedelta = timedelta()
    looked_up: dict[str, int] = {}


class Position(msgspec.Struct, frozen=True):
    """Where a source resumes: its cursor, and the rows of its state."""

    cursor: str | None = None
    complete_to: datetime | None = None
    rows: dict[bytes, bytes] = {}


class CommitLog(Protocol):
    """Where the commits of one source go: Kafka, or the state of one process."""

    async def open(self) -> Position:
        """Fence the previous writer of this source and return what it committed last.

        Raises
        ------
        BrokerError
            The log is away: try again.
        WorkerError
            Another collector reads this source.
        """

    async def write(self, commit: Commit) -> None:
        """Write a commit, all or nothing. After an error the same commit is written again, and is there once.

        Raises
        ------
        BrokerError
            The log is away: try again with the same commit.
        WorkerError
            Another collector reads this source now: stop.
        """

    async def close(self) -> None:
        """Release connections; nothing is written."""


def merged(commits: Iterable[Commit]) -> Commit:
    """Return one commit that does what these do, one after the other.

    Examples
    --------
    >>> both = merged([Commit(cursor="1", events=2), Commit(rows={b"k": None}, cursor="2", events=3)])
    >>> both.cursor, both.events, both.rows
    ('2', 5, {b'k': None})
    >>> merged([Commit(cursor="1"), Commit()]).cursor
    '1'
    """
    messages: list[Keyed] = []
    rows: dict[bytes, bytes | None] = {}
    batches: list[Batch] = []
    letters: list[DeadLetter] = []
    dropped: Counter[str] = Counter()
    looked_up: Counter[str] = Counter()
    cursor = complete_to = None
    mentions = events = 0
    gap = timedelta()
    for commit in commits:
        messages += commit.messages
        rows |= commit.rows
        batches += commit.batches
        letters += commit.dead_letters
        dropped.update(commit.dropped)
        looked_up.update(commit.looked_up)
        cursor = commit.cursor if commit.cursor is not None else cursor
        complete_to = commit.complete_to or complete_to
        mentions += commit.mentions
        events += commit.events
        gap += commit.gap
    return Commit(
        messages=messages,
        rows=rows,
        cursor=cursor,
        complete_to=complete_to,
        batches=batches,
        dead_letters=letters,
        mentions=mentions,
        events=events,
        dropped=dict(dropped),
        gap=gap,
        looked_up=dict(looked_up),
    )
