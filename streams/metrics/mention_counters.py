"""Counters of what was said: a scored batch and its rollups, counted as they pass."""

import functools
from collections.abc import Iterable

from streams.mentions.dead_letter import DeadLetter
from streams.mentions.heartbeat import IDLE_NETWORK
from streams.metrics import families as m
from streams.metrics.label_cap import OTHER
from streams.metrics.registry import Metrics
from streams.scoring.rollup import Counts, PostRow, Rollup, total
from streams.scoring.scorer import Batch

_ACTIONS = (
    ("official", "official"),
    ("answer", "answers"),
    ("deletion", "deletions"),
    ("block", "blocks"),
    ("scheduled", "scheduled"),
)
_NONE = Counts()


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
    heard: dict[tuple[m.Family, str], int] = {}
    # Under the labels they are shown with: most of many brands are `other`, and summed up at once.
    spoken: dict[tuple[str, str], list[Rollup]] = {}
    shown = functools.cache(metrics.label_value)
    overflow = {"brand": 0, "network": 0}
    for rollup in rollups:
        family = m.SOURCE_HEARTBEAT
        # Who was only heard takes no place among the labels.
        if rollup.counts != _NONE:
            family = m.SOURCE_MENTION
            brand, network = shown("brand", rollup.brand), shown("network", rollup.network)
            overflow["brand"] += brand == OTHER != rollup.brand
            overflow["network"] += network == OTHER != rollup.network
            spoken.setdefault((brand, network), []).append(rollup)
        # Late mentions and duplicates alone tell nothing new of a source; badbuzz's own heartbeats are no source's.
        if rollup.newest and rollup.network != IDLE_NETWORK:
            key = family, rollup.network
            if rollup.newest > heard.get(key, 0):
                heard[key] = rollup.newest
    for label, times in overflow.items():
        if times:
            metrics.add(m.OVERFLOW, (label,), times)
    for (brand, network), those in spoken.items():
        _count(metrics, brand, network, those)
    for (family, network), ms in heard.items():
        for told in (family, m.SOURCE_HEARD):
            metrics.set_max(told, ms / 1000, network)


def _count(metrics: Metrics, brand: str, network: str, rollups: list[Rollup]) -> None:
    counts = rollups[0].counts if len(rollups) == 1 else total([rollup.counts for rollup in rollups])
    others = counts.mentions - counts.negatives
    if counts.negatives:
        last = next(rollup for rollup in reversed(rollups) if rollup.counts.negatives)
        angriest = max(last.posts, key=_by_tone).id if last.posts else None
        metrics.add(m.MENTIONS, (brand, network, "negative"), counts.negatives, angriest)
    if others:
        last = next(rollup for rollup in reversed(rollups) if rollup.counts.mentions > rollup.counts.negatives)
        mildest = min(last.posts, key=_by_tone).id if last.posts else None
        metrics.add(m.MENTIONS, (brand, network, "other"), others, mildest)
    if counts.complaints:
        metrics.add(m.COMPLAINTS, (brand,), counts.complaints)
    for action, field in _ACTIONS:
        if done := getattr(counts, field):
            metrics.add(m.ACTIONS, (brand, action), done)
    for fate, number in (("kept", counts.late), ("dropped", counts.too_late)):
        if number:
            metrics.add(m.LATE, (fate,), number)
    if counts.duplicates:
        metrics.add(m.DUPLICATES, (), counts.duplicates)


def _by_tone(post: PostRow) -> int:
    return post.negativity
