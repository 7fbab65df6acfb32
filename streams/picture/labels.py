"""Placement of labels above a time axis, without overlaps."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from streams.picture.style import FAINT, INK, SEVERITY_COLOURS, SEVERITY_INKS

GAP_PX = 12  # between two labels of a lane
FONT_SIZE = 10.0
LANE_PER_POINT = 0.0122  # of the axes' height: in lower lanes the words are smaller, so that no box covers another
LEADER: dict[str, Any] = {"linewidth": 1.0, "zorder": 1}


class Label(NamedTuple):
    """One label.

    Parameters
    ----------
    x
        Its instant, in data coordinates.
    text
        Its words.
    severity
        Selects its colours; None for a documented instant.
    """

    x: float
    text: str
    severity: str | None


def lanes_of(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Assign a lane to each span so that no two in a lane touch, and no leader crosses a label.

    A label starts at its leader and extends to the right. From right to left, each is put in the lane above every label
    whose leader is under it: those leaders end below, and its own leader passes left of all of them.

    Parameters
    ----------
    spans
        Left and right end of each label, in order of the left end.

    Returns
    -------
    list of int
        Lane of each, 0 lowest.

    Examples
    --------
    >>> lanes_of([(0, 10), (4, 9), (20, 30)])
    [1, 0, 0]
    """
    lanes = [0] * len(spans)
    for index in range(len(spans) - 1, -1, -1):
        _, right = spans[index]
        under = [lanes[i] for i in range(index + 1, len(spans)) if spans[i][0] <= right]
        lanes[index] = max(under, default=-1) + 1
    return lanes


def place(axes: Axes, below: Sequence[Axes], labels: Sequence[Label]) -> None:
    """Draw labels in lanes, and their leaders down through the axes below.

    Parameters
    ----------
    axes
        Holds the labels; its y axis is reset.
    below
        Axes that the leaders cross.
    labels
        In any order.
    """
    axes.set_ylim(0, 1)
    axes.axis("off")
    labels = sorted(labels, key=lambda label: label.x)
    texts = []
    for label in labels:
        if label.severity is None:
            back, edge, ink, style = "#FFFFFF", FAINT, INK, "italic"
        else:
            back = edge = SEVERITY_COLOURS[label.severity]
            ink, style = SEVERITY_INKS[label.severity], "normal"
        box = {"boxstyle": "square,pad=0.22", "facecolor": back, "edgecolor": edge}
        texts.append(
            axes.text(
                label.x, 0, label.text, fontsize=FONT_SIZE, color=ink, style=style, va="center", bbox=box, zorder=5
            )
        )
    canvas = axes.figure.canvas
    if not texts or not isinstance(canvas, FigureCanvasAgg):
        return
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    area = axes.get_window_extent(renderer)
    spans = []
    for label, text in zip(labels, texts, strict=True):
        width = text.get_window_extent(renderer).width + GAP_PX
        left = axes.transData.transform((label.x, 0))[0]
        spans.append((left, left + width))
        if left + width > area.x1 + 0.02 * area.width:
            text.set_horizontalalignment("right")
            spans[-1] = (left - width, left)
    order = sorted(range(len(spans)), key=lambda index: spans[index])
    lanes = dict(zip(order, lanes_of([spans[index] for index in order]), strict=True))
    height = min(0.16, 0.74 / (max(lanes.values()) + 1))
    for index, (label, text) in enumerate(zip(labels, texts, strict=True)):
        y = 0.02 + height * (lanes[index] + 0.5)
        text.set_y(y)
        text.set_fontsize(min(FONT_SIZE, height / LANE_PER_POINT))
        line: dict[str, Any] = (
            {"color": "#555555", "linestyle": (0, (4, 3))} if label.severity is None else {"color": INK}
        )
        axes.plot([label.x, label.x], [0, y], **LEADER, **line)
        for other in below:
            other.axvline(label.x, **LEADER, **line)
