"""The chart: negatives of each ten minutes as bars, statements as lines; the geometry of an inline SVG."""

from typing import NamedTuple

from streams.desk_log.action import instant_ms
from streams.event_time import MINUTE_MS
from streams.situations.situation import TREND_STEP_MINUTES, Situation

WIDTH, HEIGHT = 720, 100


class Bar(NamedTuple):
    """A rectangle: its left, top, width and height."""

    x: float
    y: float
    width: float
    height: float


class Chart(NamedTuple):
    """Bars, the positions of statements, and the highest value."""

    bars: list[Bar]
    statements: list[float]
    most: int


def chart(situation: Situation) -> Chart:
    """Return the chart of the last six hours of a situation."""
    trend = situation.figures.trend
    most = max(trend, default=0)
    step = WIDTH / max(1, len(trend))
    bars = [
        Bar(round(i * step, 1), round(HEIGHT - HEIGHT * n / most, 1), round(step - 2, 1), round(HEIGHT * n / most, 1))
        for i, n in enumerate(trend)
        if n
    ]
    end_ms = instant_ms(situation.minute)
    span_ms = max(1, len(trend)) * TREND_STEP_MINUTES * MINUTE_MS
    places = [WIDTH * (1 - (end_ms - instant_ms(said.at)) / span_ms) for said in situation.statements]
    return Chart(bars, [round(place, 1) for place in places if 0 <= place <= WIDTH], most)
