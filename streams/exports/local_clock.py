"""Local times in UTC: an hour that the clocks repeat is resolved by the order of rows, one they skip is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

_NONE = timedelta(0)
_NOISE = timedelta(minutes=1)
_REPEATED = timedelta(hours=2)
_SORTED_SHARE = 0.95
"""Least share of steps in one direction in an export that is sorted."""


class Resolved(NamedTuple):
    """Times in UTC.

    Parameters
    ----------
    times
        In the order of the rows; `None` where there was none, or where the zone skipped it.
    skipped
        Rows whose time the clocks skipped.
    repeated
        Number of times in an hour that the clocks repeated.
    in_order
        Whether the order of the rows tells the two apart; otherwise all of them are in the first.
    """

    times: list[datetime | None]
    skipped: frozenset[int]
    repeated: int
    in_order: bool


def resolve(times: Sequence[datetime | None], zone: ZoneInfo) -> Resolved:
    """Resolve the times of an export.

    A sorted export steps back where the clocks were put back: what follows in this hour is its second run. One that is
    newest first is read from its end.

    Parameters
    ----------
    times
        Of the rows, in their order; those without a zone are of `zone`.
    zone
        The export's time zone.

    Examples
    --------
    >>> rows = [datetime.fromisoformat(f"2026-10-25T{clock}") for clock in ("01:59", "02:30", "02:10", "03:00")]
    >>> resolved = resolve(rows, ZoneInfo("Europe/Paris"))
    >>> [time.strftime("%H:%M") for time in resolved.times], resolved.repeated
    (['23:59', '00:30', '01:10', '02:00'], 2)
    """
    changes = [_change(time, zone) if time is not None and time.tzinfo is None else _NONE for time in times]
    outside = [time for time, change in zip(times, changes, strict=True) if not change and time is not None]
    direction = _direction(outside) if outside else _direction(times, contrary=1)
    resolved: list[datetime | None] = [
        None if time is None else time.astimezone(UTC) if time.tzinfo else None for time in times
    ]
    previous: datetime | None = None
    second = False
    rows = range(len(times))
    for row in reversed(rows) if direction < 0 else rows:
        time, change = times[row], changes[row]
        if time is None or time.tzinfo is not None or change > _NONE:
            continue
        if not change:
            previous = None
        else:
            if previous is None or abs(time - previous) > _REPEATED:
                second = False
            elif direction and previous - time > _NOISE:
                second = True
            previous = time
        resolved[row] = time.replace(tzinfo=zone, fold=int(bool(change) and second)).astimezone(UTC)
    skipped = frozenset(row for row, change in enumerate(changes) if change > _NONE)
    repeated = sum(change < _NONE for change in changes)
    return Resolved(resolved, skipped, repeated, direction != 0)


def _change(time: datetime, zone: ZoneInfo) -> timedelta:
    """Return by how much the clocks were put forward at a time: negative where it occurs twice, 0 on most days."""
    before = time.replace(tzinfo=zone, fold=0).utcoffset()
    after = time.replace(tzinfo=zone, fold=1).utcoffset()
    return (after or _NONE) - (before or _NONE)


def _direction(times: Sequence[datetime | None], contrary: int = 0) -> int:
    """Return 1 for rows that are oldest first, -1 for newest first, 0 for rows that are not sorted.

    Parameters
    ----------
    times
        In the order of the rows.
    contrary
        Steps in the other direction that are allowed however few the rows are: one where the clocks were put back.
    """
    naive = [time for time in times if time is not None and time.tzinfo is None]
    steps = [after - before for before, after in pairwise(naive) if after != before]
    up = sum(step > _NONE for step in steps)
    down = len(steps) - up
    if min(up, down) > max(contrary, (1 - _SORTED_SHARE) * len(steps)):
        return 0
    return (up > down) - (up < down)
