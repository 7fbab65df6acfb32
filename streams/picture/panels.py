"""The panels of the picture: each function draws one into axes of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from streams.event_time import duration
from streams.picture.bins import Bins
from streams.picture.style import EXPECTED, FAINT, INK, NEGATIVE, OTHER, SEVERITY_COLOURS, SEVERITY_INKS
from streams.picture.time_axis import as_days, mark_days

MIN_MENTIONS_FOR_SHARE = 5  # in a bin; of fewer, a share of negatives means nothing


def draw_overview(axes: Axes, bins: Bins, begin: datetime, end: datetime, tz: ZoneInfo) -> None:
    """Draw the whole record small, and shade the part that the other panels show."""
    # A square root, or the quiet weeks would be a flat line beside the incident.
    axes.fill_between(bins.edges, np.sqrt(np.append(bins.mentions, 0)), step="post", color=FAINT, linewidth=0)
    axes.set_ylim(bottom=0)
    axes.axvspan(as_days(begin), as_days(end), color="#000000", alpha=0.07, linewidth=0)
    axes.set_xlim(bins.edges[0], bins.edges[-1])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylabel("overview\n(√ scale)", rotation=0, ha="right", va="center", fontsize=10, color="#555555")
    mark_days(axes, bins.edges[0], bins.edges[-1], tz)


def draw_mentions(axes: Axes, bins: Bins) -> None:
    """Draw the mentions by tone, and the expected mentions with their usual range."""
    _stack(axes, bins)
    expected = np.append(bins.expected, bins.expected[-1:])
    spread = 2 * np.sqrt(expected)
    band: dict[str, Any] = {"step": "post", "color": EXPECTED, "linewidth": 0, "zorder": 3}
    axes.fill_between(
        bins.edges, np.maximum(expected - spread, 0), expected + spread, alpha=0.18, label="usual range", **band
    )
    axes.step(bins.edges, expected, where="post", color=EXPECTED, linewidth=1.1, label="expected", zorder=4)
    axes.set_ylabel(f"mentions per {_unit(bins.minutes)}")
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylim(0, max(1.0, float(bins.mentions.max())) * 1.06)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", frameon=True, framealpha=0.95, edgecolor="none", fontsize=10)


def draw_share(axes: Axes, bins: Bins) -> None:
    """Draw the share of negatives."""
    enough = bins.mentions >= MIN_MENTIONS_FOR_SHARE
    share = np.where(enough, 100 * bins.negatives / np.maximum(bins.mentions, 1), np.nan)
    share = np.append(share, share[-1:])
    axes.fill_between(bins.edges, share, step="post", color=NEGATIVE, alpha=0.3, linewidth=0)
    axes.step(bins.edges, share, where="post", color=NEGATIVE, linewidth=1.2)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"], fontsize=9)
    axes.set_ylabel("negative", fontsize=10)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.7)


def draw_score(axes: Axes, bins: Bins) -> None:
    """Draw the anomaly score."""
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


def draw_severity(
    axes: Axes, events: Sequence[Mapping[str, Any]], times: Sequence[datetime], begin: datetime, end: datetime
) -> None:
    """Draw the severity as a band, each period named where there is room."""
    changes = [
        (begin, "calm"),
        *((at, str(event["severity"])) for at, event in zip(times, events, strict=True)),
        (end, ""),
    ]
    whole = (end - begin).total_seconds()
    for (start, name), (stop, _) in pairwise(changes):
        left, right = as_days(start), as_days(stop)
        axes.axvspan(left, right, color=SEVERITY_COLOURS[name], linewidth=0)
        if (stop - start).total_seconds() > whole * 0.06:
            axes.text((left + right) / 2, 0.46, name, ha="center", va="center", fontsize=10, color=SEVERITY_INKS[name])
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_ylabel("severity", rotation=0, ha="right", va="center", fontsize=10)


def _stack(axes: Axes, bins: Bins) -> None:
    style: dict[str, Any] = {"width": np.diff(bins.edges), "align": "edge", "linewidth": 0.3, "edgecolor": "white"}
    axes.bar(bins.edges[:-1], bins.negatives, color=NEGATIVE, label="negative", **style)
    others = bins.mentions - bins.negatives
    axes.bar(bins.edges[:-1], others, bottom=bins.negatives, color=OTHER, label="other", **style)


def _unit(minutes: int) -> str:
    return {1: "minute", 60: "hour"}.get(minutes) or duration(minutes)
