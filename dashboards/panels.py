"""Panel types with their defaults, and the colours of severities, tones and thresholds."""

from collections.abc import Collection, Mapping, Sequence
from string import ascii_uppercase
from typing import TypeVar

from grafana_foundation_sdk.builders import common, dashboard, prometheus
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.statetimeline import Panel as StateTimeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards.defaults import SOURCE
from detectors.settings import DetectorSettings
from detectors.severity import SEVERITIES
from streams.response.signal import SEVERITIES as DESK_SEVERITIES

DEFAULTS = DetectorSettings()
"""The default thresholds of the detectors."""

GREEN, BLUE, ORANGE, RED, GREY = "green", "blue", "orange", "red", "#8e8e8e"
SEVERITY_COLORS = dict(zip(SEVERITIES, (GREEN, BLUE, ORANGE, RED), strict=True))
SEVERITY_NAMES: list[ValueMapping] = [
    ValueMap(
        {
            str(rank): ValueMappingResult(text=severity, color=color, index=rank)
            for rank, (severity, color) in enumerate(SEVERITY_COLORS.items())
        }
    )
]
SIGNAL_NAMES: list[ValueMapping] = [
    ValueMap(
        {
            str(rank): ValueMappingResult(text=severity, color=color, index=rank)
            for rank, (severity, color) in enumerate(zip(DESK_SEVERITIES, (BLUE, ORANGE, RED), strict=True), start=1)
        }
    )
]
"""Of the response desk's signals."""
YES_NO: list[ValueMapping] = [
    ValueMap(
        {
            "0": ValueMappingResult(text="no", color=GREY, index=0),
            "1": ValueMappingResult(text="yes", color=ORANGE, index=1),
        }
    )
]
Thresholds = Sequence[tuple[float | None, str]]
"""Colours, each with the value from which it applies; the first has None."""
Queries = str | Mapping[str, str]
"""One PromQL expression, or several by their legends."""
P = TypeVar("P", TimeSeries, Stat, StateTimeline, Table)

FULL_WIDTH = 24
"""Columns of Grafana's grid."""
PROGRESS_THRESHOLDS: Thresholds = ((None, GREEN), (60, ORANGE), (120, RED))
"""Seconds since a stage's last progress."""

COLORS = {"negative": RED, "other": BLUE, "observed": RED, "expected": GREEN, "upper bound": GREY}
"""Colours of legends, the same on every dashboard."""


def thresholds(steps: Thresholds) -> dashboard.ThresholdsConfig:
    """Return the configuration of absolute thresholds."""
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def time_series(
    title: str,
    description: str,
    queries: Queries,
    *,
    exemplars: Collection[str] = (),
    unit: str = "short",
    width: int = 12,
    height: int = 8,
    stacked: bool = False,
    lines_at: Thresholds = (),
) -> TimeSeries:
    """Return a panel of series over time.

    Parameters
    ----------
    exemplars
        Legends of the queries whose exemplars are shown.
    lines_at
        Thresholds drawn as lines.
    """
    targets = [
        query.range().exemplar(True) if legend in exemplars else query.range() for legend, query in _targets(queries)
    ]
    panel = (
        _with_common(TimeSeries(), title, description, targets, width, height)
        .unit(unit)
        .min(0)
        .line_width(2)
        .show_points(shapes.VisibilityMode.NEVER)
        # Five minutes: the lookback of Prometheus itself.
        .span_nulls(300_000)
        .legend(
            common.VizLegendOptions()
            .display_mode(shapes.LegendDisplayMode.LIST)
            .placement(shapes.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI).sort(shapes.SortOrder.DESCENDING))
    )
    for name, color in COLORS.items():
        panel.override_by_name(name, [DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color})])
    if stacked:
        panel.draw_style(shapes.GraphDrawStyle.BARS).fill_opacity(80).line_width(0)
        panel.stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL).group("A"))
    if lines_at:
        panel.thresholds(thresholds(lines_at))
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED))
    return panel


def stat(
    title: str,
    description: str,
    queries: Queries,
    *,
    unit: str = "short",
    steps: Thresholds = ((None, GREEN),),
    width: int = 6,
    height: int = 4,
    decimals: int | None = None,
) -> Stat:
    """Return a panel of one number, or a few side by side, at the end of the time range."""
    targets = [query.instant() for _, query in _targets(queries)]
    panel = (
        _with_common(Stat(), title, description, targets, width, height)
        .unit(unit)
        .thresholds(thresholds(steps))
        .color_mode(shapes.BigValueColorMode.BACKGROUND)
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("-")
    )
    return panel if decimals is None else panel.decimals(decimals)


def state_timeline(
    title: str, description: str, queries: Queries, mappings: list[ValueMapping], *, height: int = 6
) -> StateTimeline:
    """Return a panel of states over time, as coloured bands."""
    targets = [query.range() for _, query in _targets(queries)]
    return (
        _with_common(StateTimeline(), title, description, targets, FULL_WIDTH, height)
        .mappings(mappings)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(thresholds([(None, GREEN)]))
        .merge_values(True)
        .show_value(shapes.VisibilityMode.AUTO)
        .row_height(0.8)
        .legend(common.VizLegendOptions().show_legend(False).display_mode(shapes.LegendDisplayMode.LIST))
    )


def table(title: str, description: str, expressions: Sequence[str], *, height: int = 10) -> Table:
    """Return a table of full width: the series of each expression at the end of the time range."""
    targets = [
        _query(expression, "", ref).instant().format(PromQueryFormat.TABLE)
        for ref, expression in zip(ascii_uppercase, expressions, strict=False)
    ]
    return (
        _with_common(Table(), title, description, targets, FULL_WIDTH, height)
        .cell_height(shapes.TableCellHeight.MD)
        .filterable(False)
        .no_value("-")
    )


def _targets(queries: Queries) -> list[tuple[str, prometheus.Dataquery]]:
    by_legend = {"": queries} if isinstance(queries, str) else queries
    return [
        (legend, _query(expression, legend, ref))
        for ref, (legend, expression) in zip(ascii_uppercase, by_legend.items(), strict=False)
    ]


def _query(expression: str, legend: str, ref: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(expression).legend_format(legend or "__auto").ref_id(ref)


def _with_common(
    panel: P, title: str, description: str, targets: Sequence[prometheus.Dataquery], width: int, height: int
) -> P:
    """Set the options that every panel type has."""
    panel.title(title).description(description).datasource(SOURCE).targets(list(targets)).span(width).height(height)
    return panel
