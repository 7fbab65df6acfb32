"""The parts that every dashboard is drawn from: queries, panels, severities, links."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
    VariableOption,
    VariableRefresh,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from detectors.settings import DetectorSettings

USUAL = DetectorSettings()
"""The thresholds that hold unless configured otherwise."""

DATASOURCE_UID = "badbuzz-prometheus"
FOLDER_UID = "badbuzz"
RUNBOOKS = "https://runbooks.example.org/badbuzz"
TAG = "badbuzz"

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
GRAFANA = DataSourceRef(type_val="grafana", uid="-- Grafana --")
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

# What tones and lines look like, the same on every dashboard.
COLORS = {"negative": RED, "other": BLUE, "seen": RED, "expected": GREEN, "usual at most": GREY}


def query(expression: str, legend: str = "", *, ref: str = "A") -> prometheus.Dataquery:
    """Ask for series over the time shown."""
    return prometheus.Dataquery().expr(expression).legend_format(legend or "__auto").range().ref_id(ref)


def latest(expression: str, legend: str = "", *, ref: str = "A") -> prometheus.Dataquery:
    """Ask for the series at the end of the time shown."""
    return prometheus.Dataquery().expr(expression).legend_format(legend or "__auto").instant().ref_id(ref)


def rows(expression: str, *, ref: str) -> prometheus.Dataquery:
    """Ask for the rows of a table at the end of the time shown."""
    return latest(expression, ref=ref).format(PromQueryFormat.TABLE)


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
    queries: Sequence[prometheus.Dataquery],
    *,
    unit: str = "short",
    width: int = 12,
    height: int = 8,
    stacked: bool = False,
    marks: Limits = (),
) -> timeseries.Panel:
    """Draw series over time; `marks` are lines at fixed values."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(meaning)
        .datasource(SOURCE)
        .targets(list(queries))
        .unit(unit)
        .span(width)
        .height(height)
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
    queries: Sequence[prometheus.Dataquery],
    *,
    unit: str = "short",
    steps: Limits = ((None, GREEN),),
    width: int = 6,
    height: int = 4,
    decimals: int | None = None,
) -> stat.Panel:
    """Show one number, or a few side by side."""
    panel = (
        stat.Panel()
        .title(title)
        .description(meaning)
        .datasource(SOURCE)
        .targets(list(queries))
        .unit(unit)
        .span(width)
        .height(height)
        .thresholds(limits(steps))
        .color_mode(shapes.BigValueColorMode.BACKGROUND)
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("-")
    )
    return panel if decimals is None else panel.decimals(decimals)


def timeline(
    title: str, meaning: str, queries: Sequence[prometheus.Dataquery], mappings: list[ValueMapping], *, height: int = 6
) -> statetimeline.Panel:
    """Show states over time as coloured bands."""
    return (
        statetimeline.Panel()
        .title(title)
        .description(meaning)
        .datasource(SOURCE)
        .targets(list(queries))
        .mappings(mappings)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(limits([(None, GREEN)]))
        .span(24)
        .height(height)
        .merge_values(True)
        .show_value(shapes.VisibilityMode.AUTO)
        .row_height(0.8)
        .legend(common.VizLegendOptions().show_legend(False).display_mode(shapes.LegendDisplayMode.LIST))
    )


def grid(title: str, meaning: str, queries: Sequence[prometheus.Dataquery], *, height: int = 10) -> table.Panel:
    """Show a table as wide as the screen."""
    return (
        table.Panel()
        .title(title)
        .description(meaning)
        .datasource(SOURCE)
        .targets(list(queries))
        .span(24)
        .height(height)
        .cell_height(shapes.TableCellHeight.MD)
        .filterable(False)
        .no_value("-")
    )


def link(title: str, url: str, *, keep_time: bool = True) -> dashboard.DashboardLink:
    """Link to a page; those of Grafana keep the time shown."""
    return (
        dashboard.DashboardLink(title)
        .type(DashboardLinkType.LINK)
        .url(url)
        .keep_time(keep_time)
        .target_blank(not keep_time)
    )


def page(title: str, uid: str, meaning: str, *, shown: str = "now-6h", refresh: str = "10s") -> dashboard.Dashboard:
    """Begin a dashboard with what all have in common: a fixed uid, the data source, links, annotations."""
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(meaning)
        .tags([TAG])
        .version(1)
        .timezone("browser")
        .time(shown, "now")
        .refresh(refresh)
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(
            dashboard.DatasourceVariable("datasource")
            .label("Prometheus")
            .type("prometheus")
            .current(VariableOption(selected=True, text="badbuzz", value=DATASOURCE_UID))
        )
        .with_variable(dashboard.ConstantVariable("runbooks").value(RUNBOOKS))
    )


def brand_variable(expression: str) -> dashboard.QueryVariable:
    """Choose one brand of those that a metric has."""
    return (
        dashboard.QueryVariable("brand")
        .label("Brand")
        .datasource(SOURCE)
        .query({"query": expression, "refId": "brand"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(False)
        .include_all(False)
    )


def incident_annotations(tags: list[str]) -> dashboard.AnnotationQuery:
    """Mark the incident events that badbuzz sent to Grafana."""
    return (
        dashboard.AnnotationQuery()
        .name("incidents")
        .datasource(GRAFANA)
        .enable(True)
        .icon_color(RED)
        .target(dashboard.AnnotationTarget().limit(200).match_any(False).tags(tags).type("tags"))
    )
