"""The page that panels stand on: what all dashboards have in common, their links, variables and annotations."""

from collections.abc import Iterable

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    Panel,
    VariableOption,
    VariableRefresh,
)

from streams.oncall.grafana import DATASOURCE_UID, TAG

RUNBOOKS = "https://runbooks.example.org/badbuzz"

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
GRAFANA = DataSourceRef(type_val="grafana", uid="-- Grafana --")


def link(title: str, url: str, *, keep_time: bool = True) -> dashboard.DashboardLink:
    """Link to a page; those of Grafana keep the time shown."""
    return (
        dashboard.DashboardLink(title)
        .type(DashboardLinkType.LINK)
        .url(url)
        .keep_time(keep_time)
        .target_blank(not keep_time)
    )


def runbook(what: str, name: str) -> dashboard.DashboardLink:
    """Link to a page of `deploy/runbooks`."""
    return link(f"Runbook: {what}", f"${{runbooks}}/{name}.md", keep_time=False)


def page(
    title: str,
    uid: str,
    meaning: str,
    *,
    links: Iterable[dashboard.DashboardLink],
    panels: Iterable[Builder[Panel]],
) -> dashboard.Dashboard:
    """Draw a dashboard with what all have in common: a fixed uid, the data source, where runbooks are."""
    board = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(meaning)
        .tags([TAG])
        .version(1)
        .timezone("browser")
        .time("now-6h", "now")
        .refresh("10s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(
            dashboard.DatasourceVariable("datasource")
            .label("Prometheus")
            .type("prometheus")
            .current(VariableOption(selected=True, text="badbuzz", value=DATASOURCE_UID))
        )
        .with_variable(dashboard.ConstantVariable("runbooks").value(RUNBOOKS))
    )
    for to in links:
        board.link(to)
    for panel in panels:
        board.with_panel(panel)
    return board


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
        .icon_color("red")
        .target(dashboard.AnnotationTarget().limit(200).match_any(False).tags(tags).type("tags"))
    )
