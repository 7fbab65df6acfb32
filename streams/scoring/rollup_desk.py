"""The desk part of a rollup: complaints, official answers and statements, moderation, and replies, merged exactly.

Complaints and answers are sampled in step: both are cut to the smallest hashes of the complaint, so that the answer to
a sampled complaint is in the sample too (coordinated bottom-k sampling). Times are seconds since the epoch.

References
----------
Cohen, Kaplan (2007), Summarizing data using bottom-k sketches, doi:10.1145/1281100.1281133.
"""

from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

import msgspec

MAX_ASKS = 256
MAX_ANSWERS = 256
MAX_REPLIES = 256
MAX_STATEMENTS = 16
MAX_ACTIONS = 32
MAX_CLUES = 64

NEGATIVE, QUESTION, THANKS = 1, 2, 4
"""Flags of an `AskRow`; of a `ReplyRow`, `NEGATIVE`, and the stance that its source gives."""
SUPPORTS, DENIES = 8, 16
"""Flags of a `ReplyRow`: towards what it replies to."""
PRIVATE, BOT = 1, 2
"""Flags of an `AnswerRow`."""
SCHEDULED = 1
"""Flag of a `StatementRow`: a scheduled publication that has appeared."""


class AskRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """A customer's complaint or question, or thanks: hashes of the publication and of its author, time, flags."""

    key: int
    author: int
    at: int
    flags: int


class AnswerRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """An official reply.

    Parameters
    ----------
    target
        Hash of the publication replied to; of its author where that is all that is known.
    author, target_at
        Hash of that publication's author, and when it was made; 0 where unknown.
    key, at
        Hash of the reply, and its time.
    marks
        Bits of `streams.mentions.marks.mark.Mark`.
    lead
        Hash of its first words; 0 where it has too few.
    flags
        `PRIVATE`, `BOT`.
    due
        By when it promises more; 0 where it does not.
    keeps
        Hash of the publication whose promise it keeps, or 0.
    id, text
        For those to be shown: hot ones, and those that blame.
    """

    target: int
    author: int
    target_at: int
    key: int
    at: int
    marks: int
    lead: int = 0
    flags: int = 0
    due: int = 0
    keeps: int = 0
    id: str = ""
    text: str = ""


class StatementRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """An official text that replies to nobody: time, hash, hash of its account, marks, lead, promise, flags, text."""

    at: int
    key: int
    account: int
    marks: int
    lead: int
    due: int
    flags: int
    id: str
    text: str
    url: str = ""


class ReplyRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """A customer's reply to anything: hashes of its author and of what it replies to, time, flags."""

    author: int
    target: int
    at: int
    flags: int


class ActionRow(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """An official action: a deletion, block, closing, undo or edit, or a planned publication.

    Parameters
    ----------
    at
        Its time.
    kind
        Of `streams.mentions.mention.Kind`.
    key
        Hash of the publication it concerns.
    own
        Whether that is the brand's own.
    role
        Who did it; empty where unknown.
    publish_at
        When a planned publication will appear; 0 for others.
    id, text
        As shown.
    """

    at: int
    kind: str
    key: int
    own: bool
    role: str
    publish_at: int
    id: str
    text: str


class DeskPart(msgspec.Struct, array_like=True, frozen=True, kw_only=True, gc=False):
    """What the response desk reads of a brand's mentions on one network in one minute.

    Parameters
    ----------
    spoken, negative
        Customers' mentions without reposts, and how many of them are negative.
    asks
        The `MAX_ASKS` with the smallest hashes of the publication.
    answers
        The `MAX_ANSWERS` with the smallest hashes of the publication replied to.
    statements, actions
        The earliest.
    replies
        The `MAX_REPLIES` with the smallest hashes of the author.
    deleted, unkept
        Authors who say that they were deleted or blocked, and that nobody answered: the smallest hashes.

    Examples
    --------
    >>> one = DeskPart(spoken=1, negative=1, asks=(AskRow(5, 1, 60, NEGATIVE),))
    >>> two = DeskPart(spoken=2, asks=(AskRow(3, 2, 61, QUESTION),))
    >>> merged = merge_desk([one, two])
    >>> merged.spoken, [row.key for row in merged.asks]
    (3, [3, 5])
    """

    spoken: int = 0
    negative: int = 0
    asks: tuple[AskRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    statements: tuple[StatementRow, ...] = ()
    replies: tuple[ReplyRow, ...] = ()
    actions: tuple[ActionRow, ...] = ()
    deleted: tuple[int, ...] = ()
    unkept: tuple[int, ...] = ()


NO_DESK = DeskPart()

Row = TypeVar("Row", AskRow, AnswerRow, StatementRow, ReplyRow, ActionRow, int)


def least(rows: Iterable[Row], bound: int) -> tuple[Row, ...]:
    """Return the distinct rows that are least, in order, at most `bound` of them.

    Examples
    --------
    >>> least([3, 1, 3, 2], 2)
    (1, 2)
    """
    every = rows if isinstance(rows, list) else list(rows)
    return tuple(sorted(set(every))[:bound]) if len(every) > 1 else tuple(every)


def merge_desk(parts: Iterable[DeskPart | None]) -> DeskPart | None:
    """Merge the desk parts of several rollups of one bucket; None where there is none."""
    every = [part for part in parts if part is not None]
    if len(every) <= 1:
        return every[0] if every else None
    return DeskPart(
        spoken=sum(part.spoken for part in every),
        negative=sum(part.negative for part in every),
        asks=least(chain.from_iterable(part.asks for part in every), MAX_ASKS),
        answers=least(chain.from_iterable(part.answers for part in every), MAX_ANSWERS),
        statements=least(chain.from_iterable(part.statements for part in every), MAX_STATEMENTS),
        replies=least(chain.from_iterable(part.replies for part in every), MAX_REPLIES),
        actions=least(chain.from_iterable(part.actions for part in every), MAX_ACTIONS),
        deleted=least(chain.from_iterable(part.deleted for part in every), MAX_CLUES),
        unkept=least(chain.from_iterable(part.unkept for part in every), MAX_CLUES),
    )
