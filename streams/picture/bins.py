"""Binning: buckets of event time summed into bins, no more than a picture can show."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from streams.picture.time_axis import as_days

WIDTHS_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
MAX_BINS = 260

Floats = NDArray[np.float64]


class PictureBucket(NamedTuple):
    """One bucket of event time.

    Parameters
    ----------
    start
        Its first instant, UTC.
    mentions, negatives
        Counts; `negatives` is a part of `mentions`.
    expected
        Expected mentions, or None where that is not known yet.
    score
        Anomaly score (tail surprisal, -log10 of the probability by chance), or None.
    """

    start: datetime
    mentions: int
    negatives: int
    expected: float | None
    score: float | None


class Bins(NamedTuple):
    """Bins of one width; the arrays hold one value for each."""

    minutes: int
    edges: Floats  # days, as matplotlib counts them; one more than bins
    mentions: Floats
    negatives: Floats
    expected: Floats  # nan where unknown
    score: Floats  # nan where unknown


def binned(buckets: Sequence[PictureBucket], begin: datetime, end: datetime, tz: ZoneInfo, bucket_minutes: int) -> Bins:
    """Sum the buckets between two times into bins; bins of hours or a day begin at local ones."""
    span = (end - begin).total_seconds() / 60
    minutes = max(bucket_minutes, next((m for m in WIDTHS_MINUTES if span / m <= MAX_BINS), math.ceil(span / MAX_BINS)))
    offset = begin.astimezone(tz).utcoffset() or timedelta()
    width = minutes * 60
    origin = (begin.timestamp() + offset.total_seconds()) // width * width - offset.total_seconds()
    count = max(1, math.ceil((end.timestamp() - origin) / width))
    columns = np.zeros((4, count))  # mentions, negatives, sum of expected, buckets with one
    score = np.full(count, np.nan)
    for bucket in buckets:
        index = int((bucket.start.timestamp() - origin) // width)
        if not 0 <= index < count:
            continue
        columns[:2, index] += bucket.mentions, bucket.negatives
        if bucket.expected is not None:
            columns[2:, index] += bucket.expected, 1
        if bucket.score is not None:
            score[index] = np.fmax(score[index], bucket.score)
    with np.errstate(invalid="ignore"):
        expected = columns[2] / columns[3] * (minutes / bucket_minutes)
    edges = np.array([as_days(datetime.fromtimestamp(origin + i * width, UTC)) for i in range(count + 1)])
    return Bins(minutes, edges, columns[0], columns[1], _forward_filled(expected), score)


def _forward_filled(values: Floats) -> Floats:
    """Fill each gap with the value before it."""
    known = np.where(np.isnan(values), 0, np.arange(len(values)))
    filled: Floats = values[np.maximum.accumulate(known)]
    return filled
