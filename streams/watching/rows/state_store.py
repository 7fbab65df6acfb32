"""State store of the watcher: exactly-once application of rollups on top of at-least-once delivery.

The rows of a brand are written together, and the store persists all of them or none. The brand's own row carries the
last offset of `rollups` applied; a message that is not newer is skipped when it is delivered again.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from itertools import takewhile
from typing import NamedTuple

from streams.scoring.rollup import Counts
from streams.scoring.rollup_batch import RollupBatch
from streams.settings.config import Config
from streams.watching.brand_entry import NO_PARTITION, BrandEntry
from streams.watching.brand_watch import BrandWatch, MinuteObserver
from streams.watching.rows.row_keys import (
    ClosedRow,
    brand_key,
    closed_key,
    closed_row,
    desk_key,
    key_brand,
    open_key,
    terms_key,
)
from streams.watching.rows.snapshot import (
    LogPosition,
    brand_row,
    closed_rows,
    log_position,
    oldest_retained,
    open_rows,
    restore,
    terms_row,
)
from streams.watching.watch_event import WatchEvent

# Rollups that cannot close a minute are applied together, up to this many: better cache locality with many brands.
MAX_PENDING = 16
NO_OFFSET = -1


class Dirty(NamedTuple):
    """A brand's oldest change that is not persisted: its offset, and when it was applied, in seconds."""

    offset: int
    since: float


class BrandStateStore:
    """Apply rollups to the watches of their brands, and persist these in a key-value store.

    Parameters
    ----------
    config
        Configuration.
    rows
        The key-value store.
    clock
        Seconds; only measures how long a change has not been persisted.
    on_minute
        Observes the closed minutes of open incidents and cases.

    Attributes
    ----------
    watches
        The brands in memory, each with its watch.
    topic_id
        Id of the topic `rollups` whose messages are applied; empty: not known.

    Examples
    --------
    >>> from streams.scoring.rollup import Rollup
    >>> store = BrandStateStore(Config(), {}, lambda: 0.0)
    >>> batch = RollupBatch(made=[(0, Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))])
    >>> store.apply(2, 7, batch)
    []
    >>> store.apply(2, 7, batch), store.counts("Acme").mentions, store.committable_offset(2)
    ([], 1, 7)
    >>> store.persist(store.dirty(older_than=0.0))
    >>> store.committable_offset(2)
    8
    """

    def __init__(
        self,
        config: Config,
        rows: MutableMapping[bytes, bytes],
        clock: Callable[[], float],
        on_minute: MinuteObserver | None = None,
    ) -> None:
        self.config = config
        self.rows = rows
        self.clock = clock
        self.on_minute = on_minute
        self.topic_id = ""
        self.watches: dict[str, BrandEntry] = {}
        self._log_ends: Mapping[int, int] = {}
        # By partition, then by brand, in the order in which the brands first changed.
        self._dirty: dict[int, dict[str, Dirty]] = {}
        self._read: dict[int, int] = {}
        # The highest applied offset in any row restored: up to there, messages may have been applied before.
        self._stored_to: dict[int, int] = {}
        self._unrestored: dict[str, list[ClosedRow]] | None = None

    def apply(self, partition: int, offset: int, batch: RollupBatch) -> list[WatchEvent]:
        """Apply one message of `rollups`, unless it has been applied before.

        Parameters
        ----------
        partition, offset
            Of the message.
        batch
            Its rollups.

        Returns
        -------
        list of WatchEvent
            The changes of incidents and of how brands answer: to be published before anything is persisted.
        """
        events: list[WatchEvent] = []
        if offset <= self._read.get(partition, NO_OFFSET):
            return events
        for made in batch.made:
            rollup = made[1]
            entry = self.watches.get(rollup.brand) or self._entry(rollup.brand)
            if offset <= self._stored_to.get(partition, NO_OFFSET) and offset <= entry.applied.get(
                partition, NO_OFFSET
            ):
                continue
            if entry.changed_in != partition:
                self._note_change(entry, partition, offset)
            entry.pending.append(made)
            if rollup.newest >= entry.due_ms or len(entry.pending) >= MAX_PENDING:
                events += entry.apply_pending()
        self._read[partition] = offset
        return events

    def position(self, partition: int) -> int | None:
        """Return the next offset to be applied; `None` before the first message of a partition."""
        read = self._read.get(partition)
        return None if read is None else read + 1

    def counts(self, brand: str) -> Counts:
        """Return the sums over all rollups applied to a brand."""
        entry = self._entry(brand)
        entry.apply_pending()
        return entry.counts

    def _note_change(self, entry: BrandEntry, partition: int, offset: int) -> None:
        self._note_applied(entry)
        entry.changed_in = partition
        changes = self._dirty.setdefault(partition, {})
        if entry.watch.brand not in changes:
            changes[entry.watch.brand] = Dirty(offset, self.clock())

    def _note_applied(self, entry: BrandEntry) -> None:
        # Messages read since its last rollup did not concern this brand.
        if entry.changed_in != NO_PARTITION:
            entry.applied[entry.changed_in] = self._read.get(entry.changed_in, NO_OFFSET)
            entry.changed_in = NO_PARTITION

    def dirty(self, older_than: float) -> list[str]:
        """List the brands with a change of at least this age, in seconds, that is not persisted."""
        before = self.clock() - older_than
        old = [takewhile(lambda item: item[1].since <= before, brands.items()) for brands in self._dirty.values()]
        return [brand for items in old for brand, _ in items]

    def persist(self, brands: Iterable[str]) -> None:
        """Write brands to the store: every event of theirs must have been published."""
        for brand in brands:
            entry = self.watches[brand]
            entry.apply_pending()
            self._note_applied(entry)
            self._write(brand, entry)
            for changes in self._dirty.values():
                changes.pop(brand, None)

    def committable_offset(self, partition: int) -> int | None:
        """Return the offset from which a new owner must read this partition; `None`: no message of it was applied."""
        for change in self._dirty.get(partition, {}).values():
            return change.offset  # the oldest
        return self.position(partition)

    def _write(self, brand: str, entry: BrandEntry) -> None:
        watch, rows = entry.watch, self.rows
        still_open = open_rows(watch)
        for number, row in enumerate(still_open):
            rows[open_key(brand, number)] = row
        number = len(still_open)
        while (outdated := open_key(brand, number)) in rows:
            del rows[outdated]
            number += 1
        for number, (first, row) in enumerate(closed_rows(watch)):
            entry.closed.append(ClosedRow(first, number))
            rows[closed_key(brand, entry.closed[-1])] = row
        if watch.terms.hour != entry.terms_hour:
            entry.terms_hour = watch.terms.hour
            rows[terms_key(brand)] = terms_row(watch)
        if rows.get(desk_key(brand)) != (desk := watch.desk.encoded()):
            rows[desk_key(brand)] = desk
        rows[brand_key(brand)] = brand_row(watch, entry.applied, entry.counts, self.topic_id)
        # A row ends where the next begins.
        while len(entry.closed) > 1 and entry.closed[1].first < oldest_retained(watch):
            del rows[closed_key(brand, entry.closed.pop(0))]

    def open_log(self, topic_id: str, log_ends: Mapping[int, int]) -> bool:
        """Set the log that messages will be applied from.

        Parameters
        ----------
        topic_id
            Id of the topic.
        log_ends
            End offset of each partition.

        Returns
        -------
        bool
            Whether the state of some brand was applied from another log: the partitions must be read from the first
            message on. What that state has learned is retained; how far it was applied is not.
        """
        self.topic_id = topic_id
        self._log_ends = log_ends
        own_rows = [row for key, row in self.rows.items() if key == brand_key(key_brand(key))]
        return any(not self._same_log(log_position(row)) for row in own_rows)

    def _same_log(self, at: LogPosition) -> bool:
        if self.topic_id and at.topic_id and at.topic_id != self.topic_id:
            return False
        return all(offset < self._log_ends.get(partition, offset + 1) for partition, offset in at.applied.items())

    def unrestored_brands(self) -> list[str]:
        """List the brands whose rows are in the store and not yet restored."""
        return [brand for brand in self._index() if brand not in self.watches]

    def restore(self, brand: str) -> None:
        """Restore the watch of a brand from its rows."""
        self._entry(brand)

    def clear(self) -> None:
        """Drop everything in memory: other partitions, or the same with another history, will be assigned."""
        self.watches.clear()
        self._dirty.clear()
        self._read.clear()
        self._stored_to.clear()
        self._unrestored = None

    def _index(self) -> dict[str, list[ClosedRow]]:
        """Index the store's rows once: the rows of closed minutes of each brand that is not restored."""
        if self._unrestored is None:
            self._unrestored = {}
            for key in self.rows:
                closed = self._unrestored.setdefault(key_brand(key), [])
                if place := closed_row(key):
                    closed.append(place)
        return self._unrestored

    def _entry(self, brand: str) -> BrandEntry:
        entry = self.watches.get(brand)
        if entry is None:
            entry = self.watches[brand] = self._restored(brand)
            entry.watch.on_minute = self.on_minute
        return entry

    def _restored(self, brand: str) -> BrandEntry:
        rows, places = self.rows, sorted(self._index().pop(brand, []))
        own = rows.get(brand_key(brand))
        if own is None:
            return BrandEntry(BrandWatch(brand, self.config), {}, Counts(), [])
        closed = [rows[closed_key(brand, place)] for place in places]
        still_open: list[bytes] = []
        while (row := rows.get(open_key(brand, len(still_open)))) is not None:
            still_open.append(row)
        terms, desk = rows.get(terms_key(brand)), rows.get(desk_key(brand))
        restored = restore(brand, self.config, own, closed, still_open, terms, desk)
        if not self._same_log(log_position(own)):
            restored.applied.clear()
        for partition, offset in restored.applied.items():
            self._stored_to[partition] = max(offset, self._stored_to.get(partition, offset))
        return BrandEntry(*restored, places)
