"""A brand's watch as rows that a store can keep: what is learned, each minute, and the usual terms.

A snapshot rewrites the brand's own row (a few kilobytes) and what is still open; a minute's row is written once, when
it closes, and may be dropped after `KEPT_MINUTES`. A watch restored from its rows goes on to the byte.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from detectors.brand import BrandDetector
from detectors.trending import Sample
from streams.brand_watch import BrandWatch
from streams.config import Config
from streams.context import ClosedMinute
from streams.errors import InputError
from streams.incident_event import Incident
from streams.rollup import Counts, Rollup

VERSION = 1
KEPT_MINUTES = 25 * 60
MAX_ROW = 512 * 1024
"""A minute that would be larger is cut in several rows: half of what a broker takes by default."""


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
    incident: Incident | None
    learned: dict[str, Any]


class Restored(NamedTuple):
    """A watch, the last offset of `rollups` applied by partition, and the sums over what was applied."""

    watch: BrandWatch
    applied: dict[int, int]
    counts: Counts


class MinuteRow(msgspec.Struct, array_like=True, frozen=True):
    """A closed minute, all that is open, or a part of either.

    Parameters
    ----------
    recent
        What the detectors need of a closed minute for a day, in its first part.
    rollups
        Of a closed minute one a network, less what only the detectors needed; of open ones, all that came.
    """

    recent: list[Any]
    rollups: list[Rollup]


_encode = msgspec.msgpack.Encoder(order="sorted").encode
_decode_brand = msgspec.msgpack.Decoder(BrandRow).decode
_decode_minute = msgspec.msgpack.Decoder(MinuteRow).decode
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
    return _cut([], rollups) if rollups else []


def closed_rows(watch: BrandWatch, minute: int) -> list[bytes]:
    """Encode a minute that has just closed."""
    # Where many minutes closed at once, the first are older than what a person is told of.
    told = next((row.rollups for row in reversed(watch.context.rows) if row.minute == minute), [])
    return _cut(watch.detector.recent_row(minute), told)


def _cut(recent: list[Any], rollups: list[Rollup]) -> list[bytes]:
    row = _encode(MinuteRow(recent, rollups))
    if len(row) <= MAX_ROW or len(rollups) <= 1:
        return [row]
    half = len(rollups) // 2
    return _cut(recent, rollups[:half]) + _cut([], rollups[half:])


def terms_row(watch: BrandWatch) -> bytes:
    """Encode the brand's usual terms: they change at most once an hour."""
    return _encode(watch.trending.state())


def restore(
    brand: str,
    config: Config,
    row: bytes,
    minutes: Mapping[tuple[int, int], bytes],
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
    minutes
        The rows of each closed minute, by the minute and their number; those older than `KEPT_MINUTES` are not needed.
    still_open
        The newest rows of what was open.

    Raises
    ------
    InputError
        A row is of a version this program does not know, or is damaged.
    """
    try:
        kept = _decode_brand(row)
        rows = [(minute, _decode_minute(data)) for (minute, _), data in sorted(minutes.items())]
        waiting = [rollup for data in still_open for rollup in _decode_minute(data).rollups]
        background = _decode_terms(terms) if terms else []
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"expected the rows of a watch of version {VERSION} for {brand!r}: {error}") from None
    if kept.v != VERSION:
        raise InputError(f"expected a row of version {VERSION} for {brand!r}, got version {kept.v}: update this worker")
    watch = BrandWatch(brand, config)
    watch.opened, watch.hour, watch.incident = kept.opened, kept.hour, kept.incident
    watch.newest.update(kept.newest)
    closed: dict[int, list[Rollup]] = {}
    for minute, entry in rows:
        closed.setdefault(minute, []).extend(entry.rollups)
    for minute, rollups in closed.items():
        watch.context.add(ClosedMinute(minute, rollups))
    for rollup in waiting:
        watch.buckets.setdefault(rollup.minute, {}).setdefault(rollup.network, []).append(rollup)
    watch.trending.restore(background)
    recent = {minute: entry.recent for minute, entry in rows if entry.recent}
    watch.detector = BrandDetector.restore(config.settings(brand), kept.learned, recent)
    return Restored(watch, dict(kept.applied), kept.counts)
