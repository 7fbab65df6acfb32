"""Layout of the figure: an overview of the record on top, and the incident below it, panel by panel."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from streams.errors import ConfigError, InputError
from streams.picture.bins import PictureBucket, binned
from streams.picture.owed import draw_owed, owed_rows
from streams.picture.panels import draw_mentions, draw_overview, draw_score, draw_severity, draw_share
from streams.picture.story import draw_labels, draw_lead
from streams.picture.style import INK, STYLE
from streams.picture.time_axis import as_days, mark_hours
from streams.scenarios import Fact

LEAD_IN = timedelta(hours=18)


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
    answering: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """Draw a replay.

    On top is an overview of the whole record; below it, from 18 hours before the first event to the end: mentions by
    tone and expected mentions, the share of negatives, the score and the severity; then what the brand owed.

    Parameters
    ----------
    path
        Where to write: `.png` (1600 x 900) or `.svg`.
    title
        Title of the picture.
    buckets
        In order of time; a missing one had no mentions.
    events
        Incident events of one brand, as `badbuzz replay --json` writes them, in order of time.
    facts
        Documented instants, drawn as dashed lines.
    tz
        Zone of the time axis.
    note
        A line at the bottom, for example that this is a reconstruction.
    bucket_minutes
        Length of a bucket.
    answering
        Desk events of the brand, in the same form: what was owed to whom, and when it was given.

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
        mpl.rcdefaults()  # the picture must not depend on a user's matplotlibrc
        mpl.rcParams.update(STYLE)
        figure = _figure(buckets, events, facts, tz, bucket_minutes, answering)
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
    answering: Sequence[Mapping[str, Any]],
) -> Figure:
    times = [datetime.fromisoformat(event["at"]) for event in events]
    first = buckets[0].start
    last = max([buckets[-1].start + timedelta(minutes=bucket_minutes), *times])
    begin = max(first, times[0] - LEAD_IN) if times else first
    figure = Figure(figsize=(16, 9), dpi=100)
    FigureCanvasAgg(figure)
    heights = [0.6, 1.95, 4.2, 0.85, 0.85, 0.3]
    rows = owed_rows(answering)
    if rows:
        heights[2] -= 0.24 * len(rows)
        heights.append(0.24 * len(rows))
    grid = figure.add_gridspec(
        len(heights), 1, height_ratios=heights, left=0.06, right=0.975, top=0.925, bottom=0.085, hspace=0.16
    )
    overview, lanes, mentions, share, score, severity = (figure.add_subplot(grid[row]) for row in range(6))
    figure.text(0.975, 0.014, f"times: {tz.key}", fontsize=10, color="#555555", ha="right")

    draw_overview(overview, binned(buckets, first, last, tz, bucket_minutes), begin, last, tz)
    bins = binned(buckets, begin, last, tz, bucket_minutes)
    draw_mentions(mentions, bins)
    draw_share(share, bins)
    draw_score(score, bins)
    draw_severity(severity, events, times, begin, last)
    shown = [fact for fact in facts if begin <= fact.at <= last]
    lowest = severity
    if rows:
        lowest = figure.add_subplot(grid[6])
        draw_owed(lowest, answering, begin, last)
    for axes in dict.fromkeys((lanes, mentions, share, score, severity, lowest)):
        axes.set_xlim(as_days(begin), as_days(last))
        if axes is not lowest:
            axes.tick_params(axis="x", which="both", labelbottom=False, length=0)
    draw_labels(lanes, (mentions, share, score), events, times, shown, tz)
    draw_lead(lanes, times, shown)
    mark_hours(lowest, begin, last, tz)
    figure.align_ylabels([mentions, share, score])
    return figure
