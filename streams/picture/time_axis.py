"""Time axes: matplotlib's dates, in days since the epoch, and ticks at local hours and days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes
from matplotlib.dates import SEC_PER_DAY
from matplotlib.ticker import FixedLocator, FuncFormatter


def as_days(at: datetime) -> float:
    """Return a time as matplotlib's date, in days since the epoch."""
    return at.timestamp() / SEC_PER_DAY


def mark_hours(axes: Axes, begin: datetime, end: datetime, tz: ZoneInfo) -> None:
    """Mark the hours of an axis, at most 24 of them, and the day at each midnight."""
    hours = (end - begin).total_seconds() / 3600
    step = next((h for h in (1, 2, 3, 6, 12, 24, 48, 168) if hours / h <= 24), 672)
    start = begin.astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = [start + timedelta(hours=step * n) for n in range(int(hours / step) + 25)]
    days = [as_days(t.astimezone(UTC)) for t in ticks if begin <= t.astimezone(UTC) <= end]
    axes.xaxis.set_major_locator(FixedLocator(days))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _hour(_local(x, tz))))
    axes.tick_params(axis="x", labelsize=10, length=3)


def mark_days(axes: Axes, begin: float, end: float, tz: ZoneInfo) -> None:
    """Mark the days of an axis between two times, in days since the epoch, a dozen of them or fewer."""
    first = datetime.fromtimestamp(begin * SEC_PER_DAY, UTC).astimezone(tz)
    twelfth = (end - begin) / 12
    step = next((d for d in (1, 2, 7, 14, 28, 91, 182, 364) if d >= twelfth), 728)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = [midnight + timedelta(days=step * n) for n in range(14)]
    axes.xaxis.set_major_locator(FixedLocator([as_days(t.astimezone(UTC)) for t in ticks if t >= first]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _day(_local(x, tz))))
    axes.tick_params(axis="x", labelsize=9, length=2, pad=1, colors="#555555")


def _local(days: float, tz: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(round(days * SEC_PER_DAY), UTC).astimezone(tz)


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b}"


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}\n{_day(at)}" if at.hour == 0 else f"{at:%H:%M}"
