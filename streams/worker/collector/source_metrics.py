"""Metrics of one source, recorded as it is read and committed."""

from streams.collecting.commit import Commit
from streams.metrics import source_families as m
from streams.metrics.registry import Metrics
from streams.sources.source import Batch

DEFECT = "defect"
REASONS = (
    "connect",
    "closed",
    "silent",
    "http",
    "rate_limit",
    "unauthorized",
    "protocol",
    "budget",
    "cursor",
    DEFECT,
)
"""Every reason of a failure: bounded, so that it can label a metric; the codes of `SourceError`, and defects."""

LOOK_UP_RESULTS = ("found", "missing")


class SourceMetrics:
    """Record what happens to a source.

    Parameters
    ----------
    metrics
        The registry of the process.
    name
        Of the source, a label.
    """

    def __init__(self, metrics: Metrics, name: str) -> None:
        self._metrics = metrics
        self._name = name
        metrics.set(m.UP, 0, name)
        # At 0 from the start: a counter that appears with its first event shows no increase to alert on.
        for family in (m.EVENTS, m.COLLECTED, m.GAP, m.SPENT, m.COMMITS_FAILED):
            metrics.inc(family, name, by=0)
        for result in LOOK_UP_RESULTS:
            metrics.inc(m.LOOKED_UP, name, result, by=0)
        for reason in REASONS:
            metrics.set(m.FAILURE, 0, name, reason)
            metrics.inc(m.RECONNECTS, name, reason, by=0)

    def batch(self, batch: Batch) -> None:
        """Record a batch: the source is read."""
        self._metrics.set(m.UP, 1, self._name)
        self._metrics.inc(m.EVENTS, self._name, by=len(batch.posts))
        self._metrics.inc(m.SPENT, self._name, by=batch.spent)  # paid for, whether it is committed or not
        for reason in REASONS:
            self._metrics.set(m.FAILURE, 0, self._name, reason)
        if batch.posts:
            newest = max(post.created_at for post in batch.posts)
            self._metrics.set_max(m.LAST_POST, newest.timestamp(), self._name)

    def failed(self, reason: str) -> None:
        """Record that the source cannot be read; `reason` is one of `REASONS`."""
        self._metrics.set(m.UP, 0, self._name)
        self._metrics.inc(m.RECONNECTS, self._name, reason)
        for each in REASONS:
            self._metrics.set(m.FAILURE, float(each == reason), self._name, each)

    def committed(self, commit: Commit) -> None:
        """Record a commit."""
        self._metrics.inc(m.COLLECTED, self._name, by=commit.mentions)
        self._metrics.inc(m.GAP, self._name, by=commit.gap.total_seconds())
        for result, number in commit.looked_up.items():
            self._metrics.inc(m.LOOKED_UP, self._name, result, by=number)
        for reason, number in commit.dropped.items():
            self._metrics.inc(m.DROPPED, self._name, reason, by=number)
        if commit.complete_to is not None:
            self._metrics.set_max(m.COMPLETE_TO, commit.complete_to.timestamp(), self._name)

    def commit_failed(self) -> None:
        """Record a commit that was not confirmed."""
        self._metrics.inc(m.COMMITS_FAILED, self._name)

    def queued(self, messages: int) -> None:
        """Record how many messages wait to be committed."""
        self._metrics.set(m.QUEUED, messages, self._name)
