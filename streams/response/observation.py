"""The desk observation: what the response desk reads of a brand's closed minute, on all its networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.scoring.rollup import HASHES
from streams.scoring.rollup_desk import (
    MAX_ANSWERS,
    MAX_ASKS,
    ActionRow,
    AnswerRow,
    AskRow,
    DeskPart,
    ReplyRow,
    StatementRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.scoring.rollup import Rollup


class Tone(NamedTuple):
    """Customers' mentions of one network and minute, reposts left out, and how many of them are negative."""

    network: str
    minute: int
    spoken: int
    negative: int


class Stated(NamedTuple):
    """An official statement and the network it was made on."""

    network: str
    row: StatementRow


class Answered(NamedTuple):
    """An official reply and the network it was made on."""

    network: str
    row: AnswerRow


class DeskObservation(NamedTuple):
    """A closed minute.

    Parameters
    ----------
    minute
        Its start, in minutes since the epoch.
    tones
        By network and minute: late mentions count in the minute in which they were made.
    asks, answers, statements, replies, actions
        In the order of event time. Where a network's asks are a sample, all are cut at one hash.
    threshold
        The hash below which asks and answers are known; `HASHES` where all are.
    deleted, unkept
        Authors who say that they were deleted, or that nobody answered.
    """

    minute: int
    tones: list[Tone]
    asks: list[AskRow]
    answers: list[Answered]
    statements: list[Stated]
    replies: list[ReplyRow]
    actions: list[tuple[str, ActionRow]]
    threshold: int
    deleted: list[int]
    unkept: list[int]


def desk_observation(minute: int, rollups: Iterable[Rollup]) -> DeskObservation | None:
    """Combine the desk parts of a closed minute; None where there is none.

    Examples
    --------
    >>> from streams.scoring.rollup import Counts, Rollup
    >>> part = DeskPart(spoken=2, negative=1)
    >>> seen = desk_observation(5, [Rollup("Acme", "forum", 5, 0, Counts(mentions=2), desk=part)])
    >>> seen.tones, desk_observation(5, [])
    ([Tone(network='forum', minute=5, spoken=2, negative=1)], None)
    """
    parts = [(rollup.network, minute - rollup.lag, rollup.desk) for rollup in rollups if rollup.desk is not None]
    if not parts:
        return None
    threshold = min([HASHES, *[cut for _, _, part in parts for cut in _cuts(part)]])
    # Most parts have none of most of them, and most minutes one at most of the others.
    asks = [row for _, _, part in parts if part.asks for row in part.asks if row.key < threshold]
    answers = [
        Answered(network, row)
        for network, _, part in parts
        if part.answers
        for row in part.answers
        if row.target < threshold
    ]
    statements = [Stated(network, row) for network, _, part in parts if part.statements for row in part.statements]
    replies = [row for _, _, part in parts if part.replies for row in part.replies]
    actions = [(network, row) for network, _, part in parts if part.actions for row in part.actions]
    return DeskObservation(
        minute,
        [Tone(network, at, part.spoken, part.negative) for network, at, part in parts if part.spoken],
        sorted(asks, key=_by_time) if len(asks) > 1 else asks,
        sorted(answers, key=_answered_by_time) if len(answers) > 1 else answers,
        sorted(statements, key=_stated_by_time) if len(statements) > 1 else statements,
        sorted(replies, key=_replied_by_time) if len(replies) > 1 else replies,
        sorted(actions, key=lambda item: (item[1], item[0])) if len(actions) > 1 else actions,
        threshold,
        sorted({author for _, _, part in parts if part.deleted for author in part.deleted}),
        sorted({author for _, _, part in parts if part.unkept for author in part.unkept}),
    )


def _cuts(part: DeskPart) -> list[int]:
    """Return the hashes from which on the asks and the answers of a part are not all there."""
    full = []
    if len(part.asks) >= MAX_ASKS:
        full.append(part.asks[-1].key)
    if len(part.answers) >= MAX_ANSWERS:
        full.append(part.answers[-1].target)
    return full


def _by_time(row: AskRow) -> tuple[int, int]:
    return row.at, row.key


def _answered_by_time(answered: Answered) -> tuple[int, int]:
    return answered.row.at, answered.row.key


def _replied_by_time(row: ReplyRow) -> tuple[int, int, int]:
    return row.at, row.author, row.target


def _stated_by_time(stated: Stated) -> tuple[int, int, str]:
    return stated.row.at, stated.row.key, stated.network
