"""Snapshots: the state of a brand's watch encoded as rows of a key-value store, and restored from them.

A snapshot rewrites the brand's own row (a few kilobytes) and the rows of the open buckets; minutes closed since the
last snapshot become new rows, which may be deleted after `RETENTION_MINUTES`. A watch restored from its rows produces
the same bytes as one that never stopped.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import msgspec

from detectors.trending import Sample
from streams.errors import InputError
from streams.mentions.message_size import halved
from streams.scoring.rollup import Counts, Rollup
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.rows.watch_state import MinuteState, WatchState

VERSION = 6
RETENTION_MINUTES = 25 * 60
MAX_ROW_BYTES = 512 * 1024
"""A larger row is split: half of what a broker accepts by default."""


class BrandRow(msgspec.Struct, array_like=True, frozen=True):
    """The brand's own row: the state of its watch, and how far `rollups` has been applied to it.

    Parameters
    ----------
    v
        Version of the record.
    applied
        Last offset of `rollups` applied, by partition of `rollups`.
    counts
        Sums over all rollups applied.
    watch
        State of the watch.
    topic_id
        Id of the topic `rollups` that these offsets are of.
    """

    v: int
    applied: list[tuple[int, int]]
    counts: Counts
    watch: WatchState
    topic_id: str = ""


class LogPosition(NamedTuple):
    """Last offset of `rollups` applied to a brand, by partition, and the id of the topic these are of."""

    topic_id: str
    applied: dict[int, int]


class Restored(NamedTuple):
    """A watch, the last offset of `rollups` applied by partition, and the sums over the rollups applied."""

    watch: BrandWatch
    applied: dict[int, int]
    counts: Counts


_encode = msgspec.msgpack.Encoder(order="sorted").encode
_decode_brand = msgspec.msgpack.Decoder(BrandRow).decode
_decode_open = msgspec.msgpack.Decoder(list[Rollup]).decode
_decode_closed = msgspec.msgpack.Decoder(list[MinuteState]).decode
_decode_terms = msgspec.msgpack.Decoder(list[tuple[int, list[Sample]]]).decode


def brand_row(watch: BrandWatch, applied: Mapping[int, int], counts: Counts, topic_id: str = "") -> bytes:
    """Encode the brand's own row."""
    return _encode(BrandRow(VERSION, sorted(applied.items()), counts, watch.state(), topic_id))


def log_position(row: bytes) -> LogPosition:
    """Return how far `rollups` was applied to a brand, by its own row."""
    own = _decode_brand(row)
    return LogPosition(own.topic_id, dict(own.applied))


def row_counts(row: bytes) -> Counts:
    """Return the sums that a brand's own row holds."""
    return _decode_brand(row).counts


def open_rows(watch: BrandWatch) -> list[bytes]:
    """Encode the rollups of the open buckets."""
    rollups = watch.open_rollups()
    return [row for _, row in halved(rollups, _encode, MAX_ROW_BYTES)] if rollups else []


def oldest_retained(watch: BrandWatch) -> int:
    """Return the oldest minute whose row is still needed."""
    return (watch.opened or 0) - RETENTION_MINUTES


def closed_rows(watch: BrandWatch) -> list[tuple[int, bytes]]:
    """Encode the minutes closed since the last snapshot: each row with the first minute in it."""
    minutes = watch.drain_closed_minutes(oldest_retained(watch))
    return list(_split_closed(minutes)) if minutes else []


def _split_closed(minutes: list[MinuteState]) -> Iterator[tuple[int, bytes]]:
    for part, row in halved(minutes, _encode, MAX_ROW_BYTES):
        first = part[0]
        if len(row) <= MAX_ROW_BYTES:
            yield first.minute, row
        else:
            for _, split_row in halved(first.rollups, partial(_encode_part, first), MAX_ROW_BYTES):
                yield first.minute, split_row


def _encode_part(state: MinuteState, rollups: list[Rollup]) -> bytes:
    # The detectors' part is stored once, with the first rollups.
    first = not rollups or rollups[0] is state.rollups[0]
    return _encode([MinuteState(state.minute, state.detectors if first else [], rollups)])


def _joined(parts: Iterable[MinuteState]) -> list[MinuteState]:
    """Join the parts of each minute that was split over several rows: the reverse of `_split_closed`."""
    minutes: dict[int, MinuteState] = {}
    for part in parts:
        if part.minute in minutes:
            minutes[part.minute].rollups.extend(part.rollups)
        else:
            minutes[part.minute] = part
    return list(minutes.values())


def terms_row(watch: BrandWatch) -> bytes:
    """Encode the brand's usual terms: they change with `watch.terms.hour`."""
    return _encode(watch.term_samples())


def restore(
    brand: str,
    config: Config,
    row: bytes,
    closed: Iterable[bytes],
    still_open: Iterable[bytes],
    terms: bytes | None,
    desk: bytes | None = None,
) -> Restored:
    """Restore a watch from its rows.

    Parameters
    ----------
    brand, config
        As for `BrandWatch`.
    row, terms, desk
        The newest of each: the brand's own row, the row of its usual terms, the row of its response desk.
    closed
        The rows of closed minutes in the order they were written; those older than `RETENTION_MINUTES` may be missing.
    still_open
        The newest rows of the open buckets.

    Raises
    ------
    InputError
        A row was written by another version, or is damaged.
    """
    watch = BrandWatch(brand, config)
    try:
        own = _decode_brand(row)
        if own.v != VERSION:
            raise InputError(
                f"expected a row of version {VERSION} for {brand!r}, got version {own.v}: update this worker"
            )
        minutes = _joined(minute for data in closed for minute in _decode_closed(data))
        rollups = [rollup for data in still_open for rollup in _decode_open(data)]
        watch.restore(own.watch, minutes, rollups, _decode_terms(terms) if terms else [])
        if desk:
            watch.desk.restore(desk)
    except (msgspec.DecodeError, ValueError) as error:
        raise InputError(f"expected the rows of a watch of version {VERSION} for {brand!r}: {error}") from None
    return Restored(watch, dict(own.applied), own.counts)
