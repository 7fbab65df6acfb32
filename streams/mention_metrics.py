"""Counters of what was said: a scored batch and its rollups, counted as they pass."""

from collections.abc import Iterable

from streams import metric_families as m
from streams.deadletters import DeadLetter
from streams.label_cap import OTHER
from streams.metrics import Metrics
from streams.rollup import Counts, PostRow, Rollup
from streams.scorer import Batch
from streams.source_clock import NETWORK

_ACTIONS = (
    ("official", "official"),
    ("answer", "answers"),
    ("deletion", "deletions"),
    ("block", "blocks"),
    ("scheduled", "scheduled"),
)
_NONE = Counts()
_NOTHING = (0, None)

Key = tuple[m.Family, *tuple[str, ...]]
Sums = dict[Key, tuple[int, str | None]]
"""What is to be counted, by family and labels as they are shown, and the id of a mention that was counted."""


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
    sums: Sums = {}
    for rollup in rollups:
        # Who was only heard takes no place among the labels.
        if spoken := rollup.counts != _NONE:
            brand, network = metrics.shown("brand", rollup.brand), metrics.shown("network", rollup.network)
            for label, shown, given in (("brand", brand, rollup.brand), ("network", network, rollup.network)):
                if shown == OTHER != given:
                    _add(sums, (m.OVERFLOW, label), 1)
            _sum_up(sums, rollup, brand, network)
        # Late mentions and duplicates alone tell nothing new of a source; badbuzz's own heartbeats are no source's.
        if rollup.newest and rollup.network != NETWORK:
            for family in (m.SOURCE_HEARD, m.SOURCE_MENTION if spoken else m.SOURCE_HEARTBEAT):
                key = family, rollup.network
                newest[key] = max(newest.get(key, 0), rollup.newest)
    for (family, *labels), (by, exemplar) in sums.items():
        metrics.add(family, tuple(labels), by, exemplar)
    for (family, network), ms in newest.items():
        metrics.raise_to(family, ms / 1000, network)


def _sum_up(sums: Sums, rollup: Rollup, brand: str, network: str) -> None:
    counts = rollup.counts
    if negatives := counts.negatives:
        angriest = max(rollup.posts, key=_by_tone).id if rollup.posts else None
        _add(sums, (m.MENTIONS, brand, network, "negative"), negatives, angriest)
    if others := counts.mentions - negatives:
        mildest = min(rollup.posts, key=_by_tone).id if rollup.posts else None
        _add(sums, (m.MENTIONS, brand, network, "other"), others, mildest)
    if counts.complaints:
        _add(sums, (m.COMPLAINTS, brand), counts.complaints)
    for action, field in _ACTIONS:
        if done := getattr(counts, field):
            _add(sums, (m.ACTIONS, brand, action), done)
    for fate, number in (("kept", counts.late), ("dropped", counts.too_late)):
        if number:
            _add(sums, (m.LATE, fate), number)
    if counts.duplicates:
        _add(sums, (m.DUPLICATES,), counts.duplicates)


def _add(sums: Sums, key: Key, by: int, exemplar: str | None = None) -> None:
    sums[key] = sums.get(key, _NOTHING)[0] + by, exemplar


def _by_tone(post: PostRow) -> int:
    return post.negativity
