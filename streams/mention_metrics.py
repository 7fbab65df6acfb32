"""Counters of what was said: a scored batch and its rollups, counted as they pass."""

from collections.abc import Iterable

from streams import metric_families as m
from streams.deadletters import DeadLetter
from streams.metrics import Metrics
from streams.rollup import Counts, Rollup
from streams.scorer import Batch
from streams.source_clock import NETWORK

_ACTIONS = (
    ("official", "official"),
    ("answer", "answers"),
    ("deletion", "deletions"),
    ("block", "blocks"),
    ("scheduled", "scheduled"),
)


def count_batch(metrics: Metrics, batch: Batch) -> None:
    """Count what a scorer made of a batch."""
    count_scored(metrics, batch.messages, batch.letters)
    count_rollups(metrics, batch.rollups)


def count_scored(metrics: Metrics, messages: int, letters: Iterable[DeadLetter]) -> None:
    """Count messages that a scorer took in, and those among them that it could not read."""
    metrics.inc(m.MESSAGES, "scorer", by=messages)
    for letter in letters:
        metrics.inc(m.DEAD_LETTERS, letter.reason)


def count_rollups(metrics: Metrics, rollups: Iterable[Rollup]) -> None:
    """Count the mentions that rollups sum up, and note how far their networks were heard."""
    newest: dict[tuple[m.Family, str], int] = {}
    for rollup in rollups:
        _count_rollup(metrics, rollup)
        for family in _heard(rollup):
            key = family, rollup.network
            newest[key] = max(newest.get(key, 0), rollup.newest)
    for (family, network), ms in newest.items():
        metrics.raise_to(family, ms / 1000, network)


def _heard(rollup: Rollup) -> list[m.Family]:
    # Late mentions and duplicates alone tell nothing new of a source; badbuzz's own heartbeats are no source's.
    if not rollup.newest or rollup.network == NETWORK:
        return []
    spoken = rollup.counts != Counts()
    return [m.SOURCE_HEARD, m.SOURCE_MENTION if spoken else m.SOURCE_HEARTBEAT]


def _count_rollup(metrics: Metrics, rollup: Rollup) -> None:
    counts, brand, network = rollup.counts, rollup.brand, rollup.network
    if counts.mentions:
        by_tone = sorted(rollup.posts, key=lambda post: post.negativity)
        mildest, angriest = (by_tone[0].id, by_tone[-1].id) if by_tone else (None, None)
        others = counts.mentions - counts.negatives
        if counts.negatives:
            metrics.inc(m.MENTIONS, brand, network, "negative", by=counts.negatives, exemplar=angriest)
        if others:
            metrics.inc(m.MENTIONS, brand, network, "other", by=others, exemplar=mildest)
    if counts.complaints:
        metrics.inc(m.COMPLAINTS, brand, by=counts.complaints)
    for action, field in _ACTIONS:
        if done := getattr(counts, field):
            metrics.inc(m.ACTIONS, brand, action, by=done)
    for fate, number in (("kept", counts.late), ("dropped", counts.too_late)):
        if number:
            metrics.inc(m.LATE, fate, by=number)
    if counts.duplicates:
        metrics.inc(m.DUPLICATES, by=counts.duplicates)
