"""The panels that every dashboard is drawn from, and how severities, tones and limits look on them."""

from collections.abc import Collection, Mapping, Sequence
from string import ascii_uppercase
from typing import TypeVar

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, statetimeline, table, timeseries
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

USUAL = DetectorSettings()
"""The thresholds that hold unless configured otherwise."""

GREEN, BLUE, ORANGE, RED, GREY = "green", "blue", "orange", "red", "#8e8e8e"
SEVERITIES: list[ValueMapping] = [
    ValueMap(
        {
            "0": ValueMappingResult(text="calm", color=GREEN, index=0),
            "1": ValueMappingResult(text="watch", color=BLUE, index=1),
            "2": ValueMappingResult(text="warning", color=ORANGE, index=2),
            "3": ValueMappingResult(text="critical", color=RED, index=3),
        }
    )
]
YES_NO: list[ValueMapping] = [
    ValueMap(
        {
            "0": ValueMappingResult(text="no", color=GREY, index=0),
            "1": ValueMappingResult(text="yes", color=ORANGE, index=1),
        }
    )
]
Limits = Sequence[tuple[float | None, str]]
"""From which value on which colour; the first from None."""
Queries = str | Mapping[str, str]
"""One expression, or some by their legends."""
P = TypeVar("P", timeseries.Panel, stat.Panel, statetimeline.Panel, table.Panel)

WHOLE = 24
"""Width of the screen."""
STANDSTILL: Limits = ((None, GREEN), (60, ORANGE), (120, RED))
"""Seconds since a stage's last round."""

# What tones and lines look like, the same on every dashboard.
COLORS = {"negative": RED, "other": BLUE, "seen": RED, "expected": GREEN, "usual at most": GREY}


def limits(steps: Limits) -> dashboard.ThresholdsConfig:
    """Colour by value."""
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def lines(
    title: str,
    meaning: str,
    queries: Queries,
    *,
    exemplars: Collection[str] = (),
    unit: str = "short",
    width: int = 12,
    height: int = 8,
    stacked: bool = False,
    marks: Limits = (),
) -> timeseries.Panel:
    """Draw series over time; `exemplars` are legends of queries that show them, `marks` lines at fixed values."""
    asked = [query.range().exemplar(True) if name in exemplars else query.range() for name, query in _asked(queries)]
    panel = (
        _begun(timeseries.Panel(), title, meaning, asked, width, height)
        .unit(unit)
        .min(0)
        .line_width(2)
        .show_points(shapes.VisibilityMode.NEVER)
        # Five minutes: what Prometheus itself looks back.
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
    if marks:
        panel.thresholds(limits(marks))
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED))
    return panel


def figure(
    title: str,
    meaning: str,
    queries: Queries,
    *,
    unit: str = "short",
    steps: Limits = ((None, GREEN),),
    width: int = 6,
    height: int = 4,
    decimals: int | None = None,
) -> stat.Panel:
    """Show one number, or a few side by side, at the end of the time shown."""
    asked = [query.instant() for _, query in _asked(queries)]
    panel = (
        _begun(stat.Panel(), title, meaning, asked, width, height)
        .unit(unit)
        .thresholds(limits(steps))
        .color_mode(shapes.BigValueColorMode.BACKGROUND)
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("-")
    )
    return panel if decimals is None else panel.decimals(decimals)


def timeline(
    title: str, meaning: str, queries: Queries, mappings: list[ValueMapping], *, height: int = 6
) -> statetimeline.Panel:
    """Show states over time as coloured bands."""
    asked = [query.range() for _, query in _asked(queries)]
    return (
        _begun(statetimeline.Panel(), title, meaning, asked, WHOLE, height)
        .mappings(mappings)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(limits([(None, GREEN)]))
        .merge_values(True)
        .show_value(shapes.VisibilityMode.AUTO)
        .row_height(0.8)
        .legend(common.VizLegendOptions().show_legend(False).display_mode(shapes.LegendDisplayMode.LIST))
    )


def grid(title: str, meaning: str, expressions: Sequence[str], *, height: int = 10) -> table.Panel:
    """Show a table as wide as the screen: the rows of each expression at the end of the time shown."""
    asked = [
        _query(expression, "", ref).instant().format(PromQueryFormat.TABLE)
        for ref, expression in zip(ascii_uppercase, expressions, strict=False)
    ]
    return (
        _begun(table.Panel(), title, meaning, asked, WHOLE, height)
        .cell_height(shapes.TableCellHeight.MD)
        .filterable(False)
        .no_value("-")
    )


def _asked(queries: Queries) -> list[tuple[str, prometheus.Dataquery]]:
    by_legend = {"": queries} if isinstance(queries, str) else queries
    return [
        (legend, _query(expression, legend, ref))
        for ref, (legend, expression) in zip(ascii_uppercase, by_legend.items(), strict=False)
    ]


def _query(expression: str, legend: str, ref: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(expression).legend_format(legend or "__auto").ref_id(ref)


def _begun(panel: P, title: str, meaning: str, asked: Sequence[prometheus.Dataquery], width: int, height: int) -> P:
    """Set what every kind of panel has."""
    panel.title(title).description(meaning).datasource(SOURCE).targets(list(asked)).span(width).height(height)
    return panel
