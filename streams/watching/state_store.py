"""What watchers remember of their brands, in a key-value store, so that a killed one loses and doubles nothing.

The rows of a brand are written together, and the store keeps all of them or none. The brand's own row carries the last
offset of `rollups` applied; a message that is not newer is skipped when it is read again.
"""

from collections.abc import Callable, Iterable, MutableMapping
from itertools import takewhile
from typing import NamedTuple

from streams.scoring.rollup import Counts, total
from streams.scoring.rollup_batch import Made, RollupBatch
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentEvent
from streams.watching.snapshot import brand_row, closed_rows, oldest_kept, open_rows, restore, terms_row

OPEN_KEY = 1
CLOSED_KEY = 2
TERMS_KEY = 3
_SEPARATOR = b"\0"  # no brand's name holds one
# What cannot close a bucket waits, up to so many rollups: a brand's memory is fetched once for all of them.
GATHERED = 16
NOWHERE = -1


class _Kept:
    """A brand being watched, what waits to be applied, and what of it is written."""

    __slots__ = ("applied", "changed_in", "counts", "due_ms", "rows", "terms_hour", "waiting", "watch")

    def __init__(self, watch: BrandWatch, applied: dict[int, int], counts: Counts, rows: list[tuple[int, int]]) -> None:
        self.watch = watch
        self.applied = applied
        self.counts = counts
        # Those of closed minutes: their first minute, and their number.
        self.rows = rows
        self.terms_hour = watch.hour
        self.waiting: list[Made] = []
        self.due_ms = watch.due_ms
        # The partition of `rollups` from which it was changed since it was written.
        self.changed_in = NOWHERE

    def catch_up(self) -> list[IncidentEvent]:
        """Apply what waits."""
        events: list[IncidentEvent] = []
        if self.waiting:
            for source, rollup in self.waiting:
                events += self.watch.apply(rollup, source)
            self.counts = total([self.counts, *[rollup.counts for _, rollup in self.waiting]])
            self.waiting.clear()
            self.due_ms = self.watch.due_ms
        return events


class Unwritten(NamedTuple):
    """Since which offset, and since when (seconds), a brand has changed and not been written."""

    offset: int
    since: float


def brand_key(brand: str) -> bytes:
    """Give the key of a brand's own row."""
    return brand.encode()


def open_key(brand: str, number: int) -> bytes:
    """Give the key of one of the rows of what is open."""
    return brand.encode() + _SEPARATOR + bytes((OPEN_KEY,)) + number.to_bytes(2, "big")


def closed_key(brand: str, first: int, number: int) -> bytes:
    """Give the key of one of the rows of closed minutes, by the first minute in it."""
    return brand.encode() + _SEPARATOR + bytes((CLOSED_KEY,)) + first.to_bytes(6, "big") + number.to_bytes(2, "big")


def terms_key(brand: str) -> bytes:
    """Give the key of the row of a brand's usual terms."""
    return brand.encode() + _SEPARATOR + bytes((TERMS_KEY,))


def key_brand(key: bytes) -> str:
    """Give the brand that a row is of.

    Examples
    --------
    >>> key_brand(closed_key("Acme", 7, 0)), key_brand(brand_key("Acme"))
    ('Acme', 'Acme')
    """
    return key.partition(_SEPARATOR)[0].decode()


class BrandStateStore:
    """Apply rollups to the watches of their brands, and keep these in a store.

    Parameters
    ----------
    config
        Configuration.
    rows
        The store.
    clock
        Seconds; only tells how long a change has been unwritten.

    Attributes
    ----------
    watches
        Of each brand heard since the start.

    Examples
    --------
    >>> from streams.scoring.rollup import Rollup
    >>> memory = BrandStateStore(Config(), {}, lambda: 0.0)
    >>> batch = RollupBatch(made=[(0, Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))])
    >>> memory.apply(2, 7, batch)
    []
    >>> memory.apply(2, 7, batch), memory.counts("Acme").mentions, memory.safe_offset(2)
    ([], 1, 7)
    >>> memory.write(memory.unwritten(older_than=0.0))
    >>> memory.safe_offset(2)
    8
    """

    def __init__(self, config: Config, rows: MutableMapping[bytes, bytes], clock: Callable[[], float]) -> None:
        self.config = config
        self.rows = rows
        self.clock = clock
        self.watches: dict[str, _Kept] = {}
        self._unwritten: dict[int, dict[str, Unwritten]] = {}
        self._read: dict[int, int] = {}
        # The last offset any row read was written after: up to there, messages may have been applied before.
        self._stored_to: dict[int, int] = {}
        self._rows_of: dict[str, list[tuple[int, int]]] | None = None

    def apply(self, partition: int, offset: int, batch: RollupBatch) -> list[IncidentEvent]:
        """Apply one message of `rollups`, unless it has been applied before.

        Parameters
        ----------
        partition, offset
            Where it stood.
        batch
            The message.

        Returns
        -------
        list of IncidentEvent
            What changed: to be published before anything is written.
        """
        events: list[IncidentEvent] = []
        if offset <= self._read.get(partition, -1):
            return events
        for made in batch.made:
            rollup = made[1]
            kept = self.watches.get(rollup.brand) or self._watch(rollup.brand)
            if offset <= self._stored_to.get(partition, -1) and offset <= kept.applied.get(partition, -1):
                continue
            if kept.changed_in != partition:
                self._note_change(kept, partition, offset)
            kept.waiting.append(made)
            if rollup.newest >= kept.due_ms or len(kept.waiting) >= GATHERED:
                events += kept.catch_up()
        self._read[partition] = offset
        return events

    def unwritten(self, older_than: float) -> list[str]:
        """List the brands that changed at least so many seconds ago and are not written."""
        before = self.clock() - older_than
        # Brands stand in the order in which they first changed.
        waiting = [takewhile(lambda item: item[1].since <= before, b.items()) for b in self._unwritten.values()]
        return [brand for items in waiting for brand, _ in items]

    def write(self, brands: Iterable[str]) -> None:
        """Write brands to the store: every event of theirs must have been published."""
        for brand in brands:
            kept = self.watches[brand]
            kept.catch_up()
            self._note_applied(kept)
            self._write(brand, kept)
            for unwritten in self._unwritten.values():
                unwritten.pop(brand, None)

    def safe_offset(self, partition: int) -> int | None:
        """Give the offset from which a successor must read this partition; `None`: as it was."""
        for change in self._unwritten.get(partition, {}).values():
            return change.offset  # the first to change
        return self.position(partition)

    def position(self, partition: int) -> int | None:
        """Give the offset to be read next, of a partition read since the start."""
        read = self._read.get(partition)
        return None if read is None else read + 1

    def counts(self, brand: str) -> Counts:
        """Give the sums over all rollups applied to a brand."""
        kept = self._watch(brand)
        kept.catch_up()
        return kept.counts

    def forget(self) -> None:
        """Drop what is not in the store: other partitions, or the same with another past, are about to come."""
        self.watches.clear()
        self._unwritten.clear()
        self._read.clear()
        self._stored_to.clear()
        self._rows_of = None

    def stored_brands(self) -> list[str]:
        """List the brands the store knows and that are not yet watched again."""
        return [brand for brand in self._stored() if brand not in self.watches]

    def wake(self, brand: str) -> None:
        """Watch a brand again, from its rows."""
        self._watch(brand)

    def _stored(self) -> dict[str, list[tuple[int, int]]]:
        """Index the store's rows once: of each brand, those of closed minutes, by their first minute and number."""
        if self._rows_of is None:
            self._rows_of = {}
            for key in self.rows:
                brand, _, rest = key.partition(_SEPARATOR)
                closed = self._rows_of.setdefault(brand.decode(), [])
                if rest and rest[0] == CLOSED_KEY:
                    closed.append((int.from_bytes(rest[1:7], "big"), int.from_bytes(rest[7:], "big")))
        return self._rows_of

    def _watch(self, brand: str) -> _Kept:
        kept = self.watches.get(brand)
        if kept is None:
            kept = self.watches[brand] = self._restored(brand)
        return kept

    def _restored(self, brand: str) -> _Kept:
        rows, places = self.rows, sorted(self._stored().pop(brand, []))
        own = rows.get(brand_key(brand))
        if own is None:
            return _Kept(BrandWatch(brand, self.config), {}, Counts(), [])
        closed = [rows[closed_key(brand, *place)] for place in places]
        still_open: list[bytes] = []
        while (row := rows.get(open_key(brand, len(still_open)))) is not None:
            still_open.append(row)
        found = restore(brand, self.config, own, closed, still_open, rows.get(terms_key(brand)))
        for partition, offset in found.applied.items():
            self._stored_to[partition] = max(offset, self._stored_to.get(partition, offset))
        return _Kept(*found, places)

    def _note_change(self, kept: _Kept, partition: int, offset: int) -> None:
        self._note_applied(kept)
        kept.changed_in = partition
        changes = self._unwritten.setdefault(partition, {})
        if kept.watch.brand not in changes:
            changes[kept.watch.brand] = Unwritten(offset, self.clock())

    def _note_applied(self, kept: _Kept) -> None:
        # What was read after its last rollup held nothing of it.
        if kept.changed_in != NOWHERE:
            kept.applied[kept.changed_in] = self._read.get(kept.changed_in, NOWHERE)
            kept.changed_in = NOWHERE

    def _write(self, brand: str, kept: _Kept) -> None:
        watch, rows = kept.watch, self.rows
        still_open = open_rows(watch)
        for number, row in enumerate(still_open):
            rows[open_key(brand, number)] = row
        number = len(still_open)
        while (left := open_key(brand, number)) in rows:
            del rows[left]
            number += 1
        for number, (first, row) in enumerate(closed_rows(watch)):
            rows[closed_key(brand, first, number)] = row
            kept.rows.append((first, number))
        watch.closed.clear()
        if watch.hour != kept.terms_hour:
            kept.terms_hour = watch.hour
            rows[terms_key(brand)] = terms_row(watch)
        rows[brand_key(brand)] = brand_row(watch, kept.applied, kept.counts)
        # A row ends where the next begins.
        while len(kept.rows) > 1 and kept.rows[1][0] < oldest_kept(watch):
            del rows[closed_key(brand, *kept.rows.pop(0))]
