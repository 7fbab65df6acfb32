"""A brand's watch as rows that a store can keep: what is learned, the minutes of a day, and the usual terms.

A snapshot rewrites the brand's own row (a few kilobytes) and what is still open; what closed since the last is a row
more, and may be dropped after `KEPT_MINUTES`. A watch restored from its rows goes on to the byte.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from detectors.brand import BrandDetector
from detectors.trending import Sample
from streams.errors import InputError
from streams.scoring.rollup import Counts, Rollup
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_event import IncidentKey
from streams.watching.recent_minutes import ClosedMinute

VERSION = 2
KEPT_MINUTES = 25 * 60
MAX_ROW = 512 * 1024
"""What would be larger is cut in several rows: half of what a broker takes by default."""


class BrandRow(msgspec.Struct, array_like=True, frozen=True):
    """What a brand's watch has learned, its incident, and how far it has read.

    Parameters
    ----------
    v
        Version of the record.
    applied
        Last offset of `rollups` applied, by partition of `rollups`.
    counts
        Sums over all rollups applied.
    opened, hour, newest, incident
        As in `BrandWatch`.
    learned
        State of its detectors, plain numbers.
    """

    v: int
    applied: list[tuple[int, int]]
    counts: Counts
    opened: int | None
    hour: int
    newest: list[tuple[int, int]]
    incident: IncidentKey | None
    learned: dict[str, Any]


class Restored(NamedTuple):
    """A watch, the last offset of `rollups` applied by partition, and the sums over what was applied."""

    watch: BrandWatch
    applied: dict[int, int]
    counts: Counts


class KeptMinute(msgspec.Struct, array_like=True, frozen=True):
    """A closed minute, or a part of one.

    Parameters
    ----------
    minute
        Its start, in minutes since the epoch.
    recent
        What the detectors need of it for a day; in its first part.
    rollups
        One a network, less what only the detectors needed, while a person may be told of them.
    """

    minute: int
    recent: list[Any]
    rollups: list[Rollup]


_encode = msgspec.msgpack.Encoder(order="sorted").encode
_decode_brand = msgspec.msgpack.Decoder(BrandRow).decode
_decode_open = msgspec.msgpack.Decoder(list[Rollup]).decode
_decode_closed = msgspec.msgpack.Decoder(list[KeptMinute]).decode
_decode_terms = msgspec.msgpack.Decoder(list[tuple[int, list[Sample]]]).decode


def brand_row(watch: BrandWatch, applied: Mapping[int, int], counts: Counts) -> bytes:
    """Encode the brand's own row."""
    return _encode(
        BrandRow(
            VERSION,
            sorted(applied.items()),
            counts,
            watch.opened,
            watch.hour,
            sorted(watch.newest.items()),
            watch.incident,
            watch.detector.state(),
        )
    )


def row_counts(row: bytes) -> Counts:
    """Give the sums that a brand's own row holds."""
    return _decode_brand(row).counts


def open_rows(watch: BrandWatch) -> list[bytes]:
    """Encode all that came for minutes that are still open."""
    buckets = [watch.buckets[minute] for minute in sorted(watch.buckets)]
    rollups = [rollup for bucket in buckets for network in sorted(bucket) for rollup in bucket[network]]
    return _cut_open(rollups) if rollups else []


def _cut_open(rollups: list[Rollup]) -> list[bytes]:
    row = _encode(rollups)
    if len(row) <= MAX_ROW or len(rollups) == 1:
        return [row]
    half = len(rollups) // 2
    return _cut_open(rollups[:half]) + _cut_open(rollups[half:])


def oldest_kept(watch: BrandWatch) -> int:
    """Give the oldest minute whose row is needed."""
    return (watch.opened or 0) - KEPT_MINUTES


def closed_rows(watch: BrandWatch) -> list[tuple[int, bytes]]:
    """Encode the minutes closed since the last snapshot: each row and the first minute in it."""
    oldest = oldest_kept(watch)
    closed = [minute for minute in watch.closed if minute >= oldest]
    if not closed:
        return []
    told = {row.minute: row.rollups for row in watch.recent.closed_since(closed[0])}
    return _cut_closed([KeptMinute(m, watch.detector.recent_row(m), told.get(m, [])) for m in closed])


def _cut_closed(minutes: list[KeptMinute]) -> list[tuple[int, bytes]]:
    row = _encode(minutes)
    if len(row) <= MAX_ROW:
        return [(minutes[0].minute, row)]
    if len(minutes) > 1:
        half = len(minutes) // 2
        return _cut_closed(minutes[:half]) + _cut_closed(minutes[half:])
    minute, recent, rollups = minutes[0].minute, minutes[0].recent, minutes[0].rollups
    if len(rollups) <= 1:
        return [(minute, row)]
    half = len(rollups) // 2
    return _cut_closed([KeptMinute(minute, recent, rollups[:half])]) + _cut_closed(
        [KeptMinute(minute, [], rollups[half:])]
    )


def terms_row(watch: BrandWatch) -> bytes:
    """Encode the brand's usual terms: they change at most once an hour."""
    return _encode(watch.trending.state())


def restore(
    brand: str,
    config: Config,
    row: bytes,
    closed: Iterable[bytes],
    still_open: Iterable[bytes],
    terms: bytes | None,
) -> Restored:
    """Rebuild a watch from its rows.

    Parameters
    ----------
    brand, config
        As for `BrandWatch`.
    row, terms
        The newest of each: the brand's own, its usual terms.
    closed
        The rows of closed minutes in the order they were written; what is older than `KEPT_MINUTES` is not needed.
    still_open
        The newest rows of what was open.

    Raises
    ------
    InputError
        A row is of a version this program does not know, or is damaged.
    """
    try:
        kept = _decode_brand(row)
        minutes = [minute for data in closed for minute in _decode_closed(data)]
        waiting = [rollup for data in still_open for rollup in _decode_open(data)]
        background = _decode_terms(terms) if terms else []
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"expected the rows of a watch of version {VERSION} for {brand!r}: {error}") from None
    if kept.v != VERSION:
        raise InputError(f"expected a row of version {VERSION} for {brand!r}, got version {kept.v}: update this worker")
    watch = BrandWatch(brand, config)
    watch.opened, watch.hour, watch.incident = kept.opened, kept.hour, kept.incident
    watch.newest.update(kept.newest)
    told: dict[int, list[Rollup]] = {}
    for part in minutes:
        told.setdefault(part.minute, []).extend(part.rollups)
    for minute, rollups in told.items():
        watch.recent.add(ClosedMinute(minute, rollups))
    for rollup in waiting:
        watch.buckets.setdefault(rollup.minute, {}).setdefault(rollup.network, []).append(rollup)
    watch.trending.restore(background)
    recent = {part.minute: part.recent for part in minutes if part.recent}
    watch.detector = BrandDetector.restore(config.settings(brand), kept.learned, recent)
    return Restored(watch, dict(kept.applied), kept.counts)
