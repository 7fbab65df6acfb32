"""The picture of a replay: what was said, what was expected, when badbuzz spoke up, and what is documented.

Colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/), which colour-blind people tell apart; every severity
also stands in words. The same input gives the same SVG, byte for byte.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from streams.errors import ConfigError, InputError
from streams.picture_labels import Label, place
from streams.scenarios import Fact

NEGATIVE, OTHER, EXPECTED, INK, FAINT = "#D55E00", "#56B4E9", "#000000", "#222222", "#8A8A8A"
SEVERITIES = {"calm": "#E8E8E8", "watch": "#F0E442", "warning": "#E69F00", "critical": "#A3195B"}
ON_SEVERITIES = {"calm": INK, "watch": INK, "warning": INK, "critical": "#FFFFFF"}
RANK = {name: rank for rank, name in enumerate(SEVERITIES)}
BINS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)  # minutes
MOST_BINS = 260
MOST_LABELS = 8
BEFORE = timedelta(hours=18)
LEAST_FOR_SHARE = 5  # mentions in a bin, below which a share of negatives says nothing
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "badbuzz",
}

Floats = NDArray[np.float64]


class PictureBucket(NamedTuple):
    """One bucket of event time.

    Parameters
    ----------
    start
        Its first instant, UTC.
    mentions, negatives
        How many there were, and how many of them negative.
    expected
        Mentions expected in it, or None where that is not known yet.
    score
        Anomaly score (-log10 of how likely that is by chance), or None.
    """

    start: datetime
    mentions: int
    negatives: int
    expected: float | None
    score: float | None


class _Bins(NamedTuple):
    minutes: int
    edges: Floats  # days, as matplotlib counts them; one more than bins
    mentions: Floats
    negatives: Floats
    expected: Floats  # nan where unknown
    score: Floats  # nan where unknown


def draw(
    path: Path,
    *,
    title: str,
    buckets: Sequence[PictureBucket],
    events: Sequence[Mapping[str, Any]],
    facts: Sequence[Fact],
    tz: ZoneInfo,
    note: str = "",
    bucket_minutes: int = 1,
) -> Path:
    """Draw a replay.

    The whole record stands in a strip on top; below it, from 18 hours before the first event to the end: mentions by
    tone against what was expected, the share of negatives, the score and the severity.

    Parameters
    ----------
    path
        Where to write: `.png` (1600 x 900) or `.svg`.
    title
        Title of the picture.
    buckets
        In order of time; a missing one had no mentions.
    events
        Incident events as `badbuzz replay --json` gives them, in order of time, of one brand.
    facts
        Documented instants, drawn as dashed lines.
    tz
        Zone of the time axis.
    note
        A line at the foot, such as that this is a reconstruction.
    bucket_minutes
        Length of a bucket.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    ConfigError
        The path has another suffix or cannot be written.
    InputError
        There is nothing to draw.
    """
    if path.suffix.lower() not in {".png", ".svg"}:
        raise ConfigError(f"picture: expected a path that ends in .png or .svg, got {str(path)!r}; rename it")
    if not buckets:
        raise InputError("picture: expected at least one bucket of mentions, got none; replay a file that has mentions")
    with mpl.rc_context():
        mpl.rcdefaults()  # the picture must not depend on anybody's matplotlibrc
        mpl.rcParams.update(STYLE)
        figure = _figure(buckets, events, facts, tz, bucket_minutes)
        figure.text(0.012, 0.955, title, fontsize=17, fontweight="bold", color=INK)
        figure.text(0.012, 0.014, note, fontsize=10, style="italic", color="#555555")
        try:
            figure.savefig(path, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
        except OSError as error:
            raise ConfigError(f"picture: expected a path that can be written, got {error}; choose another") from None
    return path


def _figure(
    buckets: Sequence[PictureBucket],
    events: Sequence[Mapping[str, Any]],
    facts: Sequence[Fact],
    tz: ZoneInfo,
    bucket_minutes: int,
) -> Figure:
    times = [datetime.fromisoformat(event["at"]) for event in events]
    first = buckets[0].start
    last = max([buckets[-1].start + timedelta(minutes=bucket_minutes), *times])
    begin = max(first, times[0] - BEFORE) if times else first
    figure = Figure(figsize=(16, 9), dpi=100)
    FigureCanvasAgg(figure)
    heights = [0.6, 1.95, 4.2, 0.85, 0.85, 0.3]
    grid = figure.add_gridspec(
        6, 1, height_ratios=heights, left=0.06, right=0.975, top=0.925, bottom=0.085, hspace=0.16
    )
    whole, lanes, main, share, score, severity = (figure.add_subplot(grid[row]) for row in range(6))
    figure.text(0.975, 0.014, f"times: {tz.key}", fontsize=10, color="#555555", ha="right")

    _draw_whole(whole, _binned(buckets, first, last, tz, bucket_minutes), begin, last, tz)
    bins = _binned(buckets, begin, last, tz, bucket_minutes)
    _draw_main(main, bins)
    _draw_share(share, bins)
    _draw_score(score, bins)
    _draw_severity(severity, events, times, begin, last)
    shown = [fact for fact in facts if begin <= fact.at <= last]
    for axes in (lanes, main, share, score, severity):
        axes.set_xlim(_days(begin), _days(last))
        if axes is not severity:
            axes.tick_params(axis="x", which="both", labelbottom=False, length=0)
    rises = _worth_a_label(events, times, tz)
    _draw_labels(lanes, (main, share, score), rises, shown, tz)
    _draw_lead(lanes, times, shown)
    _time_axis(severity, begin, last, tz)
    figure.align_ylabels([main, share, score])
    return figure


def _binned(
    buckets: Sequence[PictureBucket], begin: datetime, end: datetime, tz: ZoneInfo, bucket_minutes: int
) -> _Bins:
    span = (end - begin).total_seconds() / 60
    minutes = max(bucket_minutes, next((m for m in BINS if span / m <= MOST_BINS), math.ceil(span / MOST_BINS)))
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
    edges = np.array([_days(datetime.fromtimestamp(origin + i * width, UTC)) for i in range(count + 1)])
    return _Bins(minutes, edges, columns[0], columns[1], _carried(expected), score)


def _carried(values: Floats) -> Floats:
    """Fill each gap with the value before it."""
    known = np.where(np.isnan(values), 0, np.arange(len(values)))
    filled: Floats = values[np.maximum.accumulate(known)]
    return filled


def _stack(axes: Axes, bins: _Bins) -> None:
    style: dict[str, Any] = {"width": np.diff(bins.edges), "align": "edge", "linewidth": 0.3, "edgecolor": "white"}
    axes.bar(bins.edges[:-1], bins.negatives, color=NEGATIVE, label="negative", **style)
    others = bins.mentions - bins.negatives
    axes.bar(bins.edges[:-1], others, bottom=bins.negatives, color=OTHER, label="other", **style)


def _draw_whole(axes: Axes, bins: _Bins, begin: datetime, end: datetime, tz: ZoneInfo) -> None:
    # A square root, or the quiet weeks would be a flat line beside the incident.
    axes.fill_between(bins.edges, np.sqrt(np.append(bins.mentions, 0)), step="post", color=FAINT, linewidth=0)
    axes.set_ylim(bottom=0)
    axes.axvspan(_days(begin), _days(end), color="#000000", alpha=0.07, linewidth=0)
    axes.set_xlim(bins.edges[0], bins.edges[-1])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylabel("overview\n(√ scale)", rotation=0, ha="right", va="center", fontsize=10, color="#555555")
    first = datetime.fromtimestamp((bins.edges[0]) * 86400, UTC).astimezone(tz)
    days = (bins.edges[-1] - bins.edges[0]) / 12
    step = next((d for d in (1, 2, 7, 14, 28, 91, 182, 364) if d >= days), 728)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = [midnight + timedelta(days=step * n) for n in range(14)]
    axes.xaxis.set_major_locator(FixedLocator([_days(t.astimezone(UTC)) for t in ticks if t >= first]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _day(_local(x, tz))))
    axes.tick_params(axis="x", labelsize=9, length=2, pad=1, colors="#555555")


def _draw_main(axes: Axes, bins: _Bins) -> None:
    _stack(axes, bins)
    expected = np.append(bins.expected, bins.expected[-1:])
    spread = 2 * np.sqrt(expected)
    band: dict[str, Any] = {"step": "post", "color": EXPECTED, "linewidth": 0, "zorder": 3}
    axes.fill_between(
        bins.edges, np.maximum(expected - spread, 0), expected + spread, alpha=0.18, label="usual range", **band
    )
    axes.step(bins.edges, expected, where="post", color=EXPECTED, linewidth=1.1, label="expected", zorder=4)
    axes.set_ylabel(f"mentions per {_span(bins.minutes)}")
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylim(0, max(1.0, float(bins.mentions.max())) * 1.06)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", frameon=True, framealpha=0.95, edgecolor="none", fontsize=10)


def _draw_share(axes: Axes, bins: _Bins) -> None:
    enough = bins.mentions >= LEAST_FOR_SHARE
    share = np.where(enough, 100 * bins.negatives / np.maximum(bins.mentions, 1), np.nan)
    share = np.append(share, share[-1:])
    axes.fill_between(bins.edges, share, step="post", color=NEGATIVE, alpha=0.3, linewidth=0)
    axes.step(bins.edges, share, where="post", color=NEGATIVE, linewidth=1.2)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"], fontsize=9)
    axes.set_ylabel("negative", fontsize=10)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)


def _draw_score(axes: Axes, bins: _Bins) -> None:
    score = np.append(bins.score, bins.score[-1:])
    axes.fill_between(bins.edges, np.nan_to_num(score), step="post", color=INK, alpha=0.25, linewidth=0)
    axes.step(bins.edges, score, where="post", color=INK, linewidth=1)
    # Scores run from 3 at an alert to 300 at the worst: on a linear scale the alert could not be seen.
    axes.set_yscale("symlog", linthresh=3)
    axes.set_ylim(0, max(30.0, float(np.nanmax(score, initial=0))))
    axes.set_yticks([0, 3, 30, 300][: 3 + (axes.get_ylim()[1] >= 300)], minor=False)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.0f}"))
    axes.minorticks_off()
    axes.tick_params(axis="y", labelsize=9)
    axes.set_ylabel("score", fontsize=10)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)


def _draw_severity(
    axes: Axes, events: Sequence[Mapping[str, Any]], times: Sequence[datetime], begin: datetime, end: datetime
) -> None:
    changes = [
        (begin, "calm"),
        *((at, str(event["severity"])) for at, event in zip(times, events, strict=True)),
        (end, ""),
    ]
    whole = (end - begin).total_seconds()
    for (start, name), (stop, _) in pairwise(changes):
        left, right = _days(start), _days(stop)
        axes.axvspan(left, right, color=SEVERITIES[name], linewidth=0)
        if (stop - start).total_seconds() > whole * 0.06:
            axes.text((left + right) / 2, 0.46, name, ha="center", va="center", fontsize=10, color=ON_SEVERITIES[name])
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_ylabel("severity", rotation=0, ha="right", va="center", fontsize=10)


def _draw_labels(
    lanes: Axes, below: Sequence[Axes], rises: Sequence[tuple[datetime, str, str]], facts: Sequence[Fact], tz: ZoneInfo
) -> None:
    labels = [Label(_days(at), text, severity) for at, text, severity in rises]
    for fact in facts:
        at = fact.at.astimezone(tz)
        labels.append(Label(_days(fact.at), f"{'≈ ' if fact.approximate else ''}{at:%H:%M} {fact.label}", None))
    place(lanes, below, labels, {name: (colour, ON_SEVERITIES[name]) for name, colour in SEVERITIES.items()})


def _draw_lead(lanes: Axes, times: Sequence[datetime], facts: Sequence[Fact]) -> None:
    answer = next((fact for fact in facts if fact.answer), None)
    if answer is None or not times or times[0] >= answer.at:
        return
    left, right, y = _days(times[0]), _days(answer.at), 0.84
    lanes.annotate("", (right, y), (left, y), arrowprops={"arrowstyle": "<->", "color": INK, "linewidth": 1.2})
    text = f"first alert {_duration(answer.at - times[0])} before the public answer"
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
    lanes.text((left + right) / 2, y, text, ha="center", va="center", fontsize=11, fontweight="bold", bbox=box)
    for x in (left, right):
        lanes.plot([x, x], [0, y + 0.04], color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=0)


def _worth_a_label(
    events: Sequence[Mapping[str, Any]], times: Sequence[datetime], tz: ZoneInfo
) -> list[tuple[datetime, str, str]]:
    """Choose the events that opened or escalated; the gravest and earliest where there are too many."""
    rises = []
    rank = 0
    for at, event in zip(times, events, strict=True):
        severity = str(event["severity"])
        if RANK[severity] > rank:
            criteria = " + ".join(str(name).replace("_", " ") for name in event["criteria"])
            rises.append(
                (at, f"{at.astimezone(tz):%H:%M} {severity}" + (f": {criteria}" if criteria else ""), severity)
            )
        rank = RANK[severity]
    rises.sort(key=lambda rise: (-RANK[rise[2]], rise[0]))
    return sorted(rises[:MOST_LABELS])


def _time_axis(axes: Axes, begin: datetime, end: datetime, tz: ZoneInfo) -> None:
    hours = (end - begin).total_seconds() / 3600
    step = next((h for h in (1, 2, 3, 6, 12, 24, 48, 168) if hours / h <= 24), 672)
    start = begin.astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = [start + timedelta(hours=step * n) for n in range(int(hours / step) + 25)]
    kept = [_days(t.astimezone(UTC)) for t in ticks if begin <= t.astimezone(UTC) <= end]
    axes.xaxis.set_major_locator(FixedLocator(kept))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _hour(_local(x, tz))))
    axes.tick_params(axis="x", labelsize=10, length=3)


def _days(at: datetime) -> float:
    """Give the days since the epoch, which is how matplotlib counts time."""
    return at.timestamp() / 86400


def _local(days: float, tz: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(round(days * 86400), UTC).astimezone(tz)


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b}"


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}\n{_day(at)}" if at.hour == 0 else f"{at:%H:%M}"


def _span(minutes: int) -> str:
    if minutes % 60:
        return f"{minutes} min" if minutes > 1 else "minute"
    return f"{minutes // 60} h" if minutes > 60 else "hour"


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
