"""Counters of mentions, incremented by the batch: messages, dead letters and the sums of rollups."""

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from streams.mentions.dead_letter import DeadLetter
from streams.mentions.heartbeat import IDLE_NETWORK
from streams.metrics import families as m
from streams.metrics.label_cap import OTHER
from streams.metrics.registry import Metrics
from streams.scoring.rollup import Counts, PostRow, Rollup, total
from streams.scoring.scorer import Batch

if TYPE_CHECKING:
    from streams.metrics.family import Family

_ACTIONS = (
    ("official", "official"),
    ("answer", "answers"),
    ("deletion", "deletions"),
    ("block", "blocks"),
    ("scheduled", "scheduled"),
)
_NONE = Counts()
_LATE_OUTCOMES = ("counted", "dropped")


def count_batch(metrics: Metrics, batch: Batch) -> None:
    """Count a scored batch: its messages, dead letters and rollups."""
    count_scored(metrics, batch.messages, batch.letters)
    count_rollups(metrics, batch.rollups)


def count_scored(metrics: Metrics, messages: int, letters: Iterable[DeadLetter]) -> None:
    """Count messages that a scorer processed, and the dead letters among them by reason."""
    metrics.inc(m.MESSAGES, "scorer", by=messages)
    for letter in letters:
        metrics.inc(m.DEAD_LETTERS, letter.reason)


def count_rollups(metrics: Metrics, rollups: Iterable[Rollup]) -> None:
    """Count the mentions that rollups sum up, and record the newest event time of each network."""
    newest_ms: dict[tuple[Family, str], int] = {}
    # Grouped by exported labels: of many brands most are `other`, and are summed at once.
    by_labels: dict[tuple[str, str], list[Rollup]] = {}
    label_value = functools.cache(metrics.label_value)
    overflow = {"brand": 0, "network": 0}
    for rollup in rollups:
        family = m.SOURCE_HEARTBEAT
        # A heartbeat alone does not claim a label slot.
        if rollup.counts != _NONE:
            family = m.SOURCE_MENTION
            brand, network = label_value("brand", rollup.brand), label_value("network", rollup.network)
            overflow["brand"] += brand == OTHER != rollup.brand
            overflow["network"] += network == OTHER != rollup.network
            by_labels.setdefault((brand, network), []).append(rollup)
        # Late mentions and duplicates have no newest time; idle heartbeats are badbuzz's own, not a source's.
        if rollup.newest and rollup.network != IDLE_NETWORK:
            key = family, rollup.network
            newest_ms[key] = max(rollup.newest, newest_ms.get(key, 0))
    for label, times in overflow.items():
        if times:
            metrics.add(m.OVERFLOW, (label,), times)
    # At 0 from a network's first mention: a counter that appears with its first event shows no increase to alert on.
    for network in {network for _, network in by_labels}:
        for outcome in _LATE_OUTCOMES:
            metrics.add(m.LATE, (network, outcome), 0)
    for (brand, network), grouped in by_labels.items():
        _count(metrics, brand, network, grouped)
    for (family, network), ms in newest_ms.items():
        for gauge in (family, m.SOURCE_EVENT):
            metrics.set_max(gauge, ms / 1000, network)


def _count(metrics: Metrics, brand: str, network: str, rollups: list[Rollup]) -> None:
    counts = rollups[0].counts if len(rollups) == 1 else total([rollup.counts for rollup in rollups])
    others = counts.mentions - counts.negatives
    if counts.negatives:
        last = next(rollup for rollup in reversed(rollups) if rollup.counts.negatives)
        exemplar = max(last.posts, key=_negativity).id if last.posts else None
        metrics.add(m.MENTIONS, (brand, network, "negative"), counts.negatives, exemplar)
    if others:
        last = next(rollup for rollup in reversed(rollups) if rollup.counts.mentions > rollup.counts.negatives)
        exemplar = min(last.posts, key=_negativity).id if last.posts else None
        metrics.add(m.MENTIONS, (brand, network, "other"), others, exemplar)
    if counts.complaints:
        metrics.add(m.COMPLAINTS, (brand,), counts.complaints)
    for action, field in _ACTIONS:
        if number := getattr(counts, field):
            metrics.add(m.ACTIONS, (brand, action), number)
    for outcome, number in zip(_LATE_OUTCOMES, (counts.late, counts.too_late), strict=True):
        if number:
            metrics.add(m.LATE, (network, outcome), number)
    if counts.duplicates:
        metrics.add(m.DUPLICATES, (), counts.duplicates)
    if counts.updates:
        metrics.add(m.UPDATES, (), counts.updates)


def _negativity(post: PostRow) -> int:
    return post.negativity
