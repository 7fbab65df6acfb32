"""Dashboard of all brands, the most severe first."""

from grafana_foundation_sdk.builders import dashboard, stat, table
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import brand, pipeline
from dashboards import panels as p
from dashboards.defaults import board, incident_annotations, link, selector
from detectors.severity import SEVERITIES
from streams.metrics import desk_action_families as a
from streams.metrics import families as m
from streams.oncall.grafana import TAG

UID = "badbuzz-overview"
OF_INSTALLATION = selector()
_NEGATIVE = 'tone="negative"'
_VOLUME = 'signal="volume"'
_VERDICTS = f"increase({a.ALERTS.name}{OF_INSTALLATION}[7d])"
_SEVERITY = f"max by (brand) ({m.SEVERITY.name}{OF_INSTALLATION})"


def overview() -> dashboard.Dashboard:
    """Return the dashboard."""
    return board(
        "badbuzz: overview",
        UID,
        "All brands, the most severe first.",
        links=[
            link("Pipeline", f"/d/{pipeline.UID}"),
            link("Runbooks", "${runbooks}", keep_time=False),
        ],
        panels=[
            *(_open_incidents(severity) for severity in reversed(SEVERITIES[1:])),
            p.stat(
                "Time since last progress",
                "Of the slowest stage. Beyond two minutes nobody is watching.",
                f"max(time() - max by (stage) ({m.PROGRESS.name}{OF_INSTALLATION}))",
                unit="s",
                steps=p.PROGRESS_THRESHOLDS,
                decimals=0,
            ),
            _brands(),
            p.state_timeline(
                "Incidents",
                "Severity of the brands with an open incident.",
                {"{{brand}}": f"{_SEVERITY} > 0"},
                p.SEVERITY_NAMES,
            ),
            p.time_series(
                "Mentions in 15 minutes",
                "The ten brands with most mentions.",
                {"{{brand}}": f"topk(10, sum by (brand) (increase({m.MENTIONS.name}{OF_INSTALLATION}[15m])))"},
            ),
            p.time_series(
                "Verdicts in a week",
                "What people said that incidents were, by brand: false_alarm, planned or real.",
                {"{{brand}} {{verdict}}": f"sum by (brand, verdict) ({_VERDICTS}) > 0"},
            ),
            p.time_series(
                "Highest anomaly scores",
                "-log10 of the probability by chance: 4 is once in ten thousand.",
                {"{{brand}}": f"topk(10, max by (brand) ({m.SCORE.name}{OF_INSTALLATION}))"},
                lines_at=((None, "transparent"), (p.DEFAULTS.watch_score, p.ORANGE)),
            ),
            p.time_series(
                "Roles that nobody has",
                "Roles of the crisis cell that nobody has in an open incident, by brand.",
                {"{{brand}}": f"max by (brand) ({a.ROLES_OPEN.name}{OF_INSTALLATION}) > 0"},
            ),
        ],
    ).annotation(incident_annotations([TAG]))


def _open_incidents(severity: str) -> stat.Panel:
    of_severity = selector(f'severity="{severity}"')
    return p.stat(
        f"Open: {severity}",
        f"Open incidents of severity {severity}.",
        f"sum({m.OPEN.name}{of_severity})",
        steps=((None, p.GREEN), (1, p.SEVERITY_COLORS[severity])),
        decimals=0,
    )


def _brands() -> table.Panel:
    negatives = f"sum by (brand) (increase({m.MENTIONS.name}{selector(_NEGATIVE)}[1h]))"
    columns = {
        "A": ("Severity", f"sort_desc({_SEVERITY})"),
        "B": ("Score", f"max by (brand) ({m.SCORE.name}{OF_INSTALLATION})"),
        "C": ("People in the last hour", f"max by (brand) ({m.OBSERVED.name}{selector(_VOLUME)})"),
        "D": ("Expected", f"max by (brand) ({m.EXPECTED.name}{selector(_VOLUME)})"),
        "E": ("Negative", f"{negatives} / (sum by (brand) (increase({m.MENTIONS.name}{OF_INSTALLATION}[1h])) > 0)"),
        "F": ("Since", f"1000 * max by (brand) ({m.SINCE.name}{OF_INSTALLATION})"),
        "G": ("Info", f"max by (brand, network, share, terms) ({m.INFO.name}{OF_INSTALLATION})"),
    }
    panel = p.table(
        "Brands by severity",
        "Each brand links to its own dashboard.",
        [expression for _, expression in columns.values()],
    )
    names = {f"Value #{ref}": title for ref, (title, _) in columns.items()}
    panel.with_transformation(DataTransformerConfig("joinByField", options={"byField": "brand", "mode": "outer"}))
    panel.with_transformation(
        DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Value #G": True, **{f"Time {n}": True for n in range(1, 8)}, "Time": True},
                "renameByName": names
                | {"brand": "Brand", "network": "Network", "share": "Share", "terms": "Spreading terms"},
                "indexByName": {
                    name: at
                    for at, name in enumerate(
                        ["brand", "Value #A", "terms", "network", "share", *[f"Value #{ref}" for ref in "CDEBF"]]
                    )
                },
            },
        )
    )
    panel.with_transformation(
        DataTransformerConfig("sortBy", options={"fields": {}, "sort": [{"field": "Severity", "desc": True}]})
    )
    to_brand = [
        {
            "title": "Open the brand",
            "url": f"/d/{brand.UID}?var-brand=${{__value.text:percentencode}}&${{installation:queryparam}}"
            "&${__url_time_range}",
        }
    ]
    panel.override_by_name("Brand", [DynamicConfigValue("links", to_brand)])
    panel.override_by_name(
        "Severity",
        [
            DynamicConfigValue("mappings", p.SEVERITY_NAMES),
            DynamicConfigValue("custom.cellOptions", {"type": "color-background"}),
        ],
    )
    panel.override_by_name("Negative", [DynamicConfigValue("unit", "percentunit"), DynamicConfigValue("decimals", 0)])
    panel.override_by_name("Since", [DynamicConfigValue("unit", "dateTimeFromNow")])
    for name in ("Score", "Expected"):
        panel.override_by_name(name, [DynamicConfigValue("decimals", 1)])
    return panel
