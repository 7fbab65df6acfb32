"""Overview: every brand, the worst first."""

from grafana_foundation_sdk.builders import dashboard, stat, table
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import brand, pipeline
from dashboards import panels as p
from dashboards.defaults import incident_annotations, link, page
from streams.metrics import families as m
from streams.oncall.grafana import TAG

UID = "badbuzz-overview"
_SEVERITY = f"max by (brand) ({m.SEVERITY.name})"


def overview() -> dashboard.Dashboard:
    """Draw the dashboard."""
    return page(
        "badbuzz: overview",
        UID,
        "Every brand that is watched, the worst first.",
        links=[
            link("Pipeline", f"/d/{pipeline.UID}"),
            link("Runbooks", "${runbooks}", keep_time=False),
        ],
        panels=[
            _open("critical", p.RED),
            _open("warning", p.ORANGE),
            _open("watch", p.BLUE),
            p.figure(
                "Longest without progress",
                "How long ago the slowest stage finished a round. Beyond two minutes nobody is watching.",
                f"max(time() - max by (stage) ({m.PROGRESS.name}))",
                unit="s",
                steps=p.STANDSTILL,
                decimals=0,
            ),
            _brands(),
            p.timeline(
                "Incidents",
                "Severity of the brands that have an incident.",
                {"{{brand}}": f"{_SEVERITY} > 0"},
                p.SEVERITIES,
            ),
            p.lines(
                "Mentions in 15 minutes",
                "The ten brands most spoken of.",
                {"{{brand}}": f"topk(10, sum by (brand) (increase({m.MENTIONS.name}[15m])))"},
            ),
            p.lines(
                "Highest anomaly scores",
                "-log10 of how likely it is by chance: 4 is once in ten thousand looks.",
                {"{{brand}}": f"topk(10, max by (brand) ({m.SCORE.name}))"},
                marks=((None, "transparent"), (p.USUAL.watch_score, p.ORANGE)),
            ),
        ],
    ).annotation(incident_annotations([TAG]))


def _open(severity: str, color: str) -> stat.Panel:
    return p.figure(
        f"Open: {severity}",
        f"Open incidents at {severity}.",
        f'sum({m.OPEN.name}{{severity="{severity}"}})',
        steps=((None, p.GREEN), (1, color)),
        decimals=0,
    )


def _brands() -> table.Panel:
    hour = f'sum by (brand) (increase({m.MENTIONS.name}{{tone="negative"}}[1h]))'
    columns = {
        "A": ("Severity", f"sort_desc({_SEVERITY})"),
        "B": ("Score", f"max by (brand) ({m.SCORE.name})"),
        "C": ("People in the last hour", f'max by (brand) ({m.OBSERVED.name}{{signal="volume"}})'),
        "D": ("Expected", f'max by (brand) ({m.EXPECTED.name}{{signal="volume"}})'),
        "E": ("Negative", f"{hour} / (sum by (brand) (increase({m.MENTIONS.name}[1h])) > 0)"),
        "F": ("Since", f"1000 * max by (brand) ({m.SINCE.name})"),
        "G": ("Told", f"max by (brand, network, share, terms) ({m.INFO.name})"),
    }
    panel = p.grid(
        "Brands, the worst first",
        "A brand opens its own dashboard.",
        [expression for _, expression in columns.values()],
    )
    names = {f"Value #{ref}": title for ref, (title, _) in columns.items()}
    panel.with_transformation(DataTransformerConfig("joinByField", options={"byField": "brand", "mode": "outer"}))
    panel.with_transformation(
        DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Value #G": True, **{f"Time {n}": True for n in range(1, 8)}, "Time": True},
                "renameByName": names | {"brand": "Brand", "network": "Where", "share": "Share", "terms": "Said"},
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
            "title": "Look at it",
            "url": f"/d/{brand.UID}?var-brand=${{__value.text:percentencode}}&${{__url_time_range}}",
        }
    ]
    panel.override_by_name("Brand", [DynamicConfigValue("links", to_brand)])
    panel.override_by_name(
        "Severity",
        [
            DynamicConfigValue("mappings", p.SEVERITIES),
            DynamicConfigValue("custom.cellOptions", {"type": "color-background"}),
        ],
    )
    panel.override_by_name("Negative", [DynamicConfigValue("unit", "percentunit"), DynamicConfigValue("decimals", 0)])
    panel.override_by_name("Since", [DynamicConfigValue("unit", "dateTimeFromNow")])
    for name in ("Score", "Expected"):
        panel.override_by_name(name, [DynamicConfigValue("decimals", 1)])
    return panel
