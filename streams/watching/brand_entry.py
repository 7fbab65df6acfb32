"""A brand in the state store's memory: its watch, the rollups pending for it, and how much of it is persisted."""

from streams.scoring.rollup import Counts, Rollup, total
from streams.watching.brand_watch import BrandWatch
from streams.watching.rows.row_keys import ClosedRow
from streams.watching.watch_event import WatchEvent

NOT_STORED = -1
NO_PARTITION = -1


class BrandEntry:
    """A watch and the position up to which `rollups` is applied to it.

    Parameters
    ----------
    watch
        New, or restored.
    applied
        Last offset of `rollups` applied, by partition of `rollups`.
    counts
        Sums over all rollups applied.
    closed
        Its rows of closed minutes in the store, oldest first.

    Attributes
    ----------
    pending
        Rollups read and not yet applied, each with the partition of `mentions` it was made from.
    due_ms
        Event time that closes a minute, so that the pending rollups must be applied.
    changed_in
        The partition of `rollups` that last changed the brand since it was persisted, or `NO_PARTITION`.
    terms_hour
        Hour of the usual terms that are persisted.
    """

    __slots__ = ("applied", "changed_in", "closed", "counts", "due_ms", "pending", "terms_hour", "watch")

    def __init__(self, watch: BrandWatch, applied: dict[int, int], counts: Counts, closed: list[ClosedRow]) -> None:
        self.watch = watch
        self.applied = applied
        self.counts = counts
        self.closed = closed
        self.terms_hour = watch.terms.hour
        self.pending: list[tuple[int, Rollup]] = []
        self.due_ms = watch.due_ms
        self.changed_in = NO_PARTITION

    def apply_pending(self) -> list[WatchEvent]:
        """Apply the pending rollups; return what changed."""
        events: list[WatchEvent] = []
        if self.pending:
            for source, rollup in self.pending:
                events += self.watch.apply(rollup, source)
                if rollup.learned is not None:
                    self.terms_hour = NOT_STORED  # the usual terms changed, whatever the hour is
            self.counts = total([self.counts, *[rollup.counts for _, rollup in self.pending]])
            self.pending.clear()
            self.due_ms = self.watch.due_ms
        return events
