"""Defaults of every dashboard: data source, time range, runbook links, variables and annotations."""

import re
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

from streams.metrics.families import BUILD
from streams.oncall.grafana import DATASOURCE_UID, TAG

RUNBOOKS = "https://runbooks.example.org/badbuzz"

# Grafana's own escaping breaks names with quotes; between backticks there is none, and no label holds a backtick.
INSTALLATION = "installation=`${installation:raw}`"
BRAND = "brand=`${brand:raw}`"

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
GRAFANA = DataSourceRef(type_val="grafana", uid="-- Grafana --")


def link(title: str, url: str, *, keep_time: bool = True) -> dashboard.DashboardLink:
    """Return a link; to another dashboard it keeps the time range, to anything else it opens a tab."""
    return (
        dashboard.DashboardLink(title)
        .type(DashboardLinkType.LINK)
        .url(url)
        .keep_time(keep_time)
        .target_blank(not keep_time)
    )


def runbook(alert: str) -> dashboard.DashboardLink:
    """Return a link to the runbook of an alert, titled after it."""
    words = re.findall("[A-Z][a-z]+", alert.removeprefix("BadBuzz"))
    return link(f"Runbook: {' '.join(words).lower()}", f"${{runbooks}}/{alert}.md", keep_time=False)


def board(
    title: str,
    uid: str,
    description: str,
    *,
    links: Iterable[dashboard.DashboardLink],
    panels: Iterable[Builder[Panel]],
) -> dashboard.Dashboard:
    """Return a dashboard with the defaults, a fixed uid, and these links and panels."""
    built = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
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
        .with_variable(installation_variable())
    )
    for target in links:
        built.link(target)
    for panel in panels:
        built.with_panel(panel)
    return built


def installation_variable() -> dashboard.QueryVariable:
    """Return the variable `installation`: one of those that the data source scrapes."""
    return (
        dashboard.QueryVariable("installation")
        .label("Installation")
        .datasource(SOURCE)
        .query({"query": f"label_values({BUILD.name}, installation)", "refId": "installation"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(False)
        .include_all(False)
    )


def selector(*matchers: str) -> str:
    """Return the label selector of a query: the chosen installation, and these matchers.

    Examples
    --------
    >>> selector('signal="volume"')
    '{installation=`${installation:raw}`,signal="volume"}'
    """
    return f"{{{','.join((INSTALLATION, *matchers))}}}"


def brand_variable(expression: str) -> dashboard.QueryVariable:
    """Return the variable `brand`: one of the brands that a query lists."""
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
    """Return the query of the annotations that badbuzz sends for incident events."""
    return (
        dashboard.AnnotationQuery()
        .name("incidents")
        .datasource(GRAFANA)
        .enable(True)
        .icon_color("red")
        .target(dashboard.AnnotationTarget().limit(200).match_any(False).tags(tags).type("tags"))
    )
