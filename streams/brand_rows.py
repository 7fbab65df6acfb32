"""A brand's watch as rows that a store can keep: what is learned, each closed minute, and the usual terms.

A snapshot rewrites the brand's own row (a few kilobytes); a minute's row is written once, when it closes, and may be
dropped after `KEPT_MINUTES`. A watch restored from its rows goes on to the byte.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from detectors.brand import BrandDetector
from detectors.trending import RECENT_HOURS, Sample
from streams.brand_watch import BrandWatch
from streams.config import Config
from streams.context import REMEMBERED_MINUTES, MinuteContext
from streams.errors import InputError
from streams.incident_event import Incident
from streams.rollup import Rollup

VERSION = 1
KEPT_MINUTES = 25 * 60


class BrandRow(msgspec.Struct, array_like=True, frozen=True):
    """What a brand's watch has learned, its open buckets and incident, and how far it has read.

    Parameters
    ----------
    v
        Version of the record.
    applied
        Last offset of `rollups` applied, by partition of `rollups`.
    opened, newest, open_buckets, incident
        As in `BrandWatch`.
    learned
        State of its detectors, plain numbers.
    """

    v: int
    applied: list[tuple[int, int]]
    opened: int | None
    newest: list[tuple[int, int]]
    open_buckets: list[Rollup]
    incident: Incident | None
    learned: dict[str, Any]


class MinuteRow(msgspec.Struct, array_like=True, frozen=True):
    """One closed minute: what the detectors need of it for a day, and what a person may be told of it."""

    recent: list[Any]
    context: MinuteContext


_encode = msgspec.msgpack.Encoder(order="sorted").encode
_decode_brand = msgspec.msgpack.Decoder(BrandRow).decode
_decode_minute = msgspec.msgpack.Decoder(MinuteRow).decode
_decode_terms = msgspec.msgpack.Decoder(list[tuple[int, list[Sample]]]).decode


def brand_row(watch: BrandWatch, applied: Mapping[int, int]) -> bytes:
    """Encode the brand's own row."""
    buckets = [bucket[network] for _, bucket in sorted(watch.buckets.items()) for network in sorted(bucket)]
    return _encode(
        BrandRow(
            VERSION,
            sorted(applied.items()),
            watch.opened,
            sorted(watch.newest.items()),
            buckets,
            watch.incident,
            watch.detector.state(),
        )
    )


def minute_row(watch: BrandWatch, minute: int) -> bytes:
    """Encode the row of a minute that has just closed."""
    context = next(row for row in reversed(watch.context.rows) if row.minute == minute)
    return _encode(MinuteRow(watch.detector.recent_row(minute), context))


def terms_row(watch: BrandWatch) -> bytes:
    """Encode the brand's usual terms: they change at most once an hour."""
    return _encode(watch.trending.state())


def restore(
    brand: str, config: Config, row: bytes, minutes: Mapping[int, bytes], terms: bytes | None
) -> tuple[BrandWatch, dict[int, int]]:
    """Rebuild a watch from its rows.

    Parameters
    ----------
    brand, config
        As for `BrandWatch`.
    row, terms
        The newest of each.
    minutes
        The rows of closed minutes; those older than `KEPT_MINUTES` are not needed.

    Returns
    -------
    watch, applied
        The watch, and the last offset applied by partition.

    Raises
    ------
    InputError
        A row is of a version this program does not know, or is damaged.
    """
    try:
        kept = _decode_brand(row)
        rows = {minute: _decode_minute(data) for minute, data in sorted(minutes.items())}
        background = _decode_terms(terms) if terms else []
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(f"expected the rows of a watch of version {VERSION} for {brand!r}: {error}") from None
    if kept.v != VERSION:
        raise InputError(f"expected a row of version {VERSION} for {brand!r}, got version {kept.v}: update this worker")
    watch = BrandWatch(brand, config)
    watch.opened, watch.incident = kept.opened, kept.incident
    watch.newest.update(kept.newest)
    for rollup in kept.open_buckets:
        watch.buckets.setdefault(rollup.minute, {})[rollup.network] = rollup
    contexts = [entry.context for entry in rows.values()]
    for context in contexts:
        watch.context.add(context)
    watch.trending.restore(background, ((c.minute, samples) for c, samples in _samples(contexts)))
    recent = {minute: entry.recent for minute, entry in rows.items() if entry.recent}
    watch.detector = BrandDetector.restore(config.settings(brand), kept.learned, recent)
    return watch, dict(kept.applied)


def _samples(contexts: list[MinuteContext]) -> Iterable[tuple[MinuteContext, list[Sample]]]:
    newest = contexts[-1].minute if contexts else 0
    for context in contexts:
        if context.counts.mentions and context.minute > newest - (RECENT_HOURS + 1) * 60 - REMEMBERED_MINUTES:
            yield context, [Sample(post.identity, post.text) for _, posts in context.posts for post in posts]
