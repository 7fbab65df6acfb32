"""What the objective of the first response time would have been on a record: the share of replies in time."""

from __future__ import annotations

from collections import defaultdict
from math import floor
from typing import TYPE_CHECKING

import msgspec

from streams.event_time import MINUTE_MS
from streams.recordings.pacing import batches
from streams.response.complaints import BUCKETS_S
from streams.response.desk_context import DeskContext
from streams.response.observation import desk_observation
from streams.scoring.scorer import Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.mentions.message import Message
    from streams.response.observation import DeskObservation
    from streams.scoring.rollup import Rollup
    from streams.scoring.scorer import TextModel
    from streams.settings.config import Config

WITHIN_MINUTES = (15, 30, 60, 240)
"""Each is a bound of `BUCKETS_S`."""
LATE_MINUTES = 240
"""Later than this no mention counts: earlier minutes are complete."""
LEAST, MOST, STEP = 0.7, 0.95, 0.05
"""Objectives that are suggested: a lower one cannot burn, a higher one cannot be kept."""


class ReplyShares(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a brand answered on a record.

    Parameters
    ----------
    brand
        The brand.
    complaints
        Customers' complaints and questions that were due; an estimate where they were sampled.
    in_time
        By minutes, the share of them with a reply within that time: what the objective is about.
    replies
        Replies whose time is known.
    of_replies
        By minutes, the share of these within that time: complaints without a reply are not in it.
    unmatched
        Replies to no complaint of the record, whose source gives neither `reply_to_author` nor `reply_to_at`.
    reply_within_minutes, reply_objective
        The shortest of these times within which at least `LEAST` had a reply, and the share, rounded down; null where
        there is none.
    """

    brand: str
    complaints: int
    in_time: dict[int, float]
    replies: int
    of_replies: dict[int, float]
    unmatched: int
    reply_within_minutes: int | None
    reply_objective: float | None

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line break."""
        return msgspec.json.encode(self)


def reply_shares(
    messages: Iterable[Message],
    config: Config,
    model: TextModel,
    brands: frozenset[str] = frozenset(),
    on_batch: Callable[[], None] = lambda: None,
) -> list[ReplyShares]:
    """Return how fast the brands of a record answered, by name; those never seen to speak are left out.

    Parameters
    ----------
    messages
        In order of event time but for the lateness.
    config
        Official accounts, care hours and other options of the brands.
    model
        Scores texts.
    brands
        Only these; empty: all.
    on_batch
        Called after each batch, for progress.
    """
    scorer = Scorer(config, model)
    records: dict[str, _Record] = {}
    for batch in batches(messages):
        for rollup in scorer.score(batch).rollups:
            if not brands or rollup.brand in brands:
                if rollup.brand not in records:
                    records[rollup.brand] = _Record(rollup.brand, config)
                records[rollup.brand].add(rollup)
        on_batch()
    return [record.shares() for _, record in sorted(records.items()) if record.end().voiced]


def suggested(in_time: dict[int, float]) -> tuple[int, float] | tuple[None, None]:
    """Return the shortest time within which enough had a reply, and the share, rounded down to a twentieth.

    Examples
    --------
    >>> suggested({15: 0.55, 30: 0.69, 60: 0.81, 240: 0.94})
    (60, 0.8)
    >>> suggested({15: 0.1, 240: 0.5})
    (None, None)
    """
    for minutes, share in sorted(in_time.items()):
        objective = min(MOST, round(floor(share / STEP + 1e-9) * STEP, 2))
        if objective >= LEAST:
            return minutes, objective
    return None, None


class _Record:
    """The minutes of one brand, fed to a desk context for each objective as the response desk feeds its own."""

    def __init__(self, brand: str, config: Config) -> None:
        self.brand = brand
        self.voiced = False
        self._newest = 0
        self._open: defaultdict[int, list[Rollup]] = defaultdict(list)
        settings, known = config.desk_settings(brand), config.brand(brand)
        self._contexts = {
            minutes: DeskContext(msgspec.structs.replace(settings, reply_within_minutes=minutes), known)
            for minutes in WITHIN_MINUTES
        }

    def add(self, rollup: Rollup) -> None:
        """Add a rollup; minutes to which nothing can be added any more are learned."""
        self._newest = max(self._newest, rollup.newest // MINUTE_MS)
        if rollup.desk is not None:
            self._open[rollup.minute].append(rollup)
        self._learn(self._newest - LATE_MINUTES)

    def end(self) -> _Record:
        """Learn the rest; a complaint whose time is not up at the end of the record is not due."""
        self._learn(self._newest + 1)
        self._advance(self._newest)
        return self

    def shares(self) -> ReplyShares:
        """Return the shares."""
        totals = {minutes: context.complaints for minutes, context in self._contexts.items()}
        in_time = {
            minutes: round(known.in_time / max(1.0, known.in_time + known.late), 3) for minutes, known in totals.items()
        }
        within, objective = suggested(in_time)
        shortest = totals[WITHIN_MINUTES[0]]
        replies = sum(shortest.buckets)
        return ReplyShares(
            brand=self.brand,
            complaints=round(shortest.in_time + shortest.late),
            in_time=in_time,
            replies=replies,
            of_replies={
                minutes: round(sum(shortest.buckets[: BUCKETS_S.index(minutes * 60) + 1]) / max(1, replies), 3)
                for minutes in WITHIN_MINUTES
            },
            unmatched=round(shortest.unmatched),
            reply_within_minutes=within,
            reply_objective=objective,
        )

    def _learn(self, before: int) -> None:
        for minute in sorted(minute for minute in self._open if minute < before):
            seen = desk_observation(minute, self._open.pop(minute))
            self._advance(minute)
            if seen is not None:
                self._observe(seen)

    def _observe(self, seen: DeskObservation) -> None:
        self.voiced = self.voiced or bool(seen.statements or seen.answers)
        for context in self._contexts.values():
            context.complaints.observe(seen, context)

    def _advance(self, minute: int) -> None:
        for context in self._contexts.values():
            while (now := context.next_deadline(minute)) is not None:
                context.complaints.advance(now)
