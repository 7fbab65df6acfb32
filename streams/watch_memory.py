"""What watchers remember of their brands, in a key-value store, so that a killed one loses and doubles nothing.

The rows of a brand are written together, and the store keeps all of them or none. The brand's own row carries the last
offset of `rollups` applied; a message that is not newer is skipped when it is read again.
"""

from collections.abc import Callable, Iterable, MutableMapping
from itertools import takewhile
from typing import NamedTuple

from streams.brand_rows import KEPT_MINUTES, brand_row, closed_rows, open_rows, restore, terms_row
from streams.brand_watch import BrandWatch
from streams.config import Config
from streams.incident_event import IncidentEvent
from streams.rollup import Counts, total
from streams.rollup_batch import RollupBatch

OPEN_KEY = 1
MINUTE_KEY = 2
TERMS_KEY = 3
_SEPARATOR = b"\0"  # no brand's name holds one
# What so many rollups add is summed up at once.
SUM_AT = 256


class _Kept:
    """A brand being watched, and what of it is written."""

    __slots__ = ("added", "applied", "counts", "minutes", "pending", "terms_hour", "watch")

    def __init__(self, watch: BrandWatch, applied: dict[int, int], counts: Counts) -> None:
        self.watch = watch
        self.applied = applied
        self.counts = counts
        self.added: list[Counts] = []
        self.terms_hour = watch.hour
        self.minutes: list[tuple[int, int]] = []
        self.pending: dict[int, list[bytes]] = {}

    def summed(self) -> Counts:
        if self.added:
            self.counts = total([self.counts, *self.added])
            self.added.clear()
        return self.counts


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


def minute_key(brand: str, minute: int, number: int) -> bytes:
    """Give the key of one of the rows of a closed minute."""
    return brand.encode() + _SEPARATOR + bytes((MINUTE_KEY,)) + minute.to_bytes(6, "big") + number.to_bytes(2, "big")


def terms_key(brand: str) -> bytes:
    """Give the key of the row of a brand's usual terms."""
    return brand.encode() + _SEPARATOR + bytes((TERMS_KEY,))


def key_brand(key: bytes) -> str:
    """Give the brand that a row is of.

    Examples
    --------
    >>> key_brand(minute_key("Acme", 7, 0)), key_brand(brand_key("Acme"))
    ('Acme', 'Acme')
    """
    return key.partition(_SEPARATOR)[0].decode()


class WatchMemory:
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
    >>> from streams.rollup import Rollup
    >>> memory = WatchMemory(Config(), {}, lambda: 0.0)
    >>> batch = RollupBatch(1, [(0, Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1)))])
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
        self._minutes: dict[str, list[tuple[int, int]]] | None = None

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
        unwritten = self._unwritten.setdefault(partition, {})
        now = self.clock()
        fresh: dict[str, _Kept | None] = {}
        for source, rollup in batch.made:
            brand = rollup.brand
            if brand not in fresh:
                kept = self._watch(brand)
                fresh[brand] = kept if kept.applied.get(partition, -1) < offset else None
            if (found := fresh[brand]) is None:
                continue
            events += found.watch.apply(rollup, source)
            found.added.append(rollup.counts)
            if len(found.added) >= SUM_AT:
                found.summed()
            if found.watch.closed:
                self._keep_closed(found)
        for brand, applied in fresh.items():
            if applied is not None:
                applied.applied[partition] = offset
                if brand not in unwritten:
                    unwritten[brand] = Unwritten(offset, now)
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
            self._write(brand, self.watches[brand])
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
        return self._watch(brand).summed()

    def forget(self) -> None:
        """Drop what is not in the store: other partitions, or the same with another past, are about to come."""
        self.watches.clear()
        self._unwritten.clear()
        self._read.clear()
        self._minutes = None

    def stored_brands(self) -> list[str]:
        """List the brands the store knows and that are not yet watched again."""
        return [brand for brand in self._stored() if brand not in self.watches]

    def wake(self, brand: str) -> None:
        """Watch a brand again, from its rows."""
        self._watch(brand)

    def _stored(self) -> dict[str, list[tuple[int, int]]]:
        """Index the store's rows once: the minutes kept of each brand, and the numbers of their rows."""
        if self._minutes is None:
            self._minutes = {}
            for key in self.rows:
                brand, _, rest = key.partition(_SEPARATOR)
                minutes = self._minutes.setdefault(brand.decode(), [])
                if rest and rest[0] == MINUTE_KEY:
                    minutes.append((int.from_bytes(rest[1:7], "big"), int.from_bytes(rest[7:], "big")))
        return self._minutes

    def _watch(self, brand: str) -> _Kept:
        kept = self.watches.get(brand)
        if kept is None:
            kept = self.watches[brand] = self._restored(brand)
        return kept

    def _restored(self, brand: str) -> _Kept:
        rows, minutes = self.rows, sorted(self._stored().pop(brand, []))
        own = rows.get(brand_key(brand))
        if own is None:
            return _Kept(BrandWatch(brand, self.config), {}, Counts())
        said = {place: rows[minute_key(brand, *place)] for place in minutes}
        still_open: list[bytes] = []
        while (row := rows.get(open_key(brand, len(still_open)))) is not None:
            still_open.append(row)
        kept = _Kept(*restore(brand, self.config, own, said, still_open, rows.get(terms_key(brand))))
        kept.minutes = minutes
        return kept

    def _keep_closed(self, kept: _Kept) -> None:
        watch = kept.watch
        for minute in watch.closed:
            kept.pending[minute] = closed_rows(watch, minute)
        watch.closed.clear()

    def _write(self, brand: str, kept: _Kept) -> None:
        watch, rows = kept.watch, self.rows
        oldest = (watch.opened or 0) - KEPT_MINUTES
        still_open = open_rows(watch)
        for number, row in enumerate(still_open):
            rows[open_key(brand, number)] = row
        number = len(still_open)
        while (left := open_key(brand, number)) in rows:
            del rows[left]
            number += 1
        for minute, parts in kept.pending.items():
            for number, row in enumerate(parts):
                rows[minute_key(brand, minute, number)] = row
                kept.minutes.append((minute, number))
        kept.pending = {}
        if watch.hour != kept.terms_hour:
            kept.terms_hour = watch.hour
            rows[terms_key(brand)] = terms_row(watch)
        rows[brand_key(brand)] = brand_row(watch, kept.applied, kept.summed())
        while kept.minutes and kept.minutes[0] < (oldest, 0):
            del rows[minute_key(brand, *kept.minutes.pop(0))]
