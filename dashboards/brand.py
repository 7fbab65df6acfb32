"""Dashboard of one brand: its mentions against the baseline, its incident, and how it answers."""

from grafana_foundation_sdk.builders import dashboard, table, timeseries
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import answer
from dashboards import panels as p
from dashboards.defaults import BRAND, board, brand_variable, incident_annotations, link, runbook, selector
from streams.metrics import families as m
from streams.oncall.grafana import TAG

UID = "badbuzz-brand"
OF_BRAND = selector(BRAND)


def brand() -> dashboard.Dashboard:
    """Return the dashboard."""
    built = board(
        "badbuzz: brand",
        UID,
        "One brand: volume, tone and reach of its mentions against the baseline, its incident, and how it answers.",
        links=[
            link("Overview", "/d/badbuzz-overview"),
            runbook("BadBuzzCrisis"),
            runbook("BadBuzzNegativeGrowth"),
            runbook("BadBuzzFarReachingPost"),
            runbook("BadBuzzHoldingAnswerDue"),
        ],
        panels=[
            p.stat(
                "Severity",
                "Severity of the open incident.",
                f"max({m.SEVERITY.name}{OF_BRAND})",
                steps=tuple((rank or None, color) for rank, color in enumerate(p.SEVERITY_COLORS.values())),
            ).mappings(p.SEVERITY_NAMES),
            p.stat(
                "Since",
                "Event time at which the open incident began.",
                f"1000 * max({m.SINCE.name}{OF_BRAND})",
                unit="dateTimeAsIso",
                steps=((None, "text"),),
            ),
            p.stat(
                "People in the last hour",
                "Distinct authors, observed and expected at this hour.",
                {
                    "observed": f"max({m.OBSERVED.name}{_signal('volume')})",
                    "expected": f"max({m.EXPECTED.name}{_signal('volume')})",
                },
                steps=((None, "text"),),
                decimals=0,
            ),
            p.stat(
                "Negative share, last hour",
                "Share of the mentions that are negative.",
                _share("1h"),
                unit="percentunit",
                steps=((None, p.GREEN), (0.4, p.ORANGE), (0.6, p.RED)),
                decimals=0,
            ),
            _spreading_terms(),
            p.time_series(
                "Mentions in 15 minutes, by tone",
                "All mentions except the brand's own.",
                {"{{tone}}": f"sum by (tone) (increase({m.MENTIONS.name}{OF_BRAND}[15m]))"},
                exemplars=["{{tone}}"],
                stacked=True,
            ),
            p.time_series(
                "Negative share",
                "Share of the mentions of 15 minutes that are negative.",
                {"negative": _share("15m")},
                unit="percentunit",
            ).max(1),
            _against_baseline("People in an hour, observed and expected", "volume"),
            _against_baseline("Negative people in an hour, observed and expected", "negatives"),
            p.time_series(
                "Anomaly score",
                f"-log10 of the probability by chance. By default a warning takes {p.DEFAULTS.warning_score:g} of the "
                f"negatives, a watch {p.DEFAULTS.watch_score:g} of the volume.",
                {"{{signal}}": f"max by (signal) ({m.SCORE.name}{OF_BRAND})"},
                lines_at=((None, "transparent"), (p.DEFAULTS.warning_score, p.ORANGE)),
            ),
            p.time_series(
                "Reach of the farthest-reaching post of the hour",
                "Followers of its author or views, whichever is more.",
                {"{{tone}}": f"max by (tone) ({m.REACH.name}{OF_BRAND})"},
            ),
            p.time_series(
                "Mentions in 15 minutes, by network",
                "All mentions except the brand's own.",
                {"{{network}}": f"sum by (network) (increase({m.MENTIONS.name}{OF_BRAND}[15m]))"},
                stacked=True,
            ),
            p.time_series(
                "Distinct authors in 6 hours",
                "Distinguishes a crowd from a few loud authors.",
                {"{{tone}}": f"max by (tone) ({m.AUTHORS.name}{OF_BRAND})"},
                stacked=True,
            ),
            p.state_timeline(
                "Criteria of the open incident",
                "Criteria that have held since it opened.",
                {"{{criterion}}": f"max by (criterion) ({m.CRITERION.name}{OF_BRAND})"},
                p.YES_NO,
            ),
            p.time_series(
                "Brand actions in an hour",
                "Answers help; deletions, blocks and scheduled posts make a crisis worse.",
                {"{{action}}": f"sum by (action) (increase({m.ACTIONS.name}{OF_BRAND}[1h]))"},
            ),
            p.time_series(
                "Complaints in an hour",
                "Negative mentions, reposts excluded, answered or not.",
                {"negative": f"sum(increase({m.COMPLAINTS.name}{OF_BRAND}[1h]))"},
            ),
        ],
    )
    built.with_row(dashboard.Row(answer.TITLE))
    for panel in answer.answer_panels():
        built.with_panel(panel)
    built.with_variable(brand_variable(f"label_values({m.SEVERITY.name}{selector()}, brand)"))
    return built.annotation(incident_annotations([TAG, "$brand"]))


def _signal(name: str) -> str:
    return selector(BRAND, f'signal="{name}"')


def _share(window: str) -> str:
    tone = selector(BRAND, 'tone="negative"')
    negative = f"sum(increase({m.MENTIONS.name}{tone}[{window}]))"
    return f"{negative} / (sum(increase({m.MENTIONS.name}{OF_BRAND}[{window}])) > 0)"


def _against_baseline(title: str, signal: str) -> timeseries.Panel:
    panel = p.time_series(
        title,
        "Distinct authors observed, expected at this hour, and the upper bound of the usual range.",
        {
            "observed": f"max({m.OBSERVED.name}{_signal(signal)})",
            "expected": f"max({m.EXPECTED.name}{_signal(signal)})",
            "upper bound": f"max({m.USUAL_MAX.name}{_signal(signal)})",
        },
    )
    panel.override_by_name(
        "upper bound",
        [
            DynamicConfigValue("custom.fillBelowTo", "expected"),
            DynamicConfigValue("custom.fillOpacity", 15),
            DynamicConfigValue("custom.lineWidth", 0),
        ],
    )
    return panel


def _spreading_terms() -> table.Panel:
    panel = p.table(
        "Spreading terms",
        "Terms that spread in the open incident, and the network with most of its mentions.",
        [f"max by (network, share, terms) ({m.INFO.name}{OF_BRAND})"],
        height=4,
    )
    return panel.with_transformation(
        DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Time": True, "Value": True},
                "indexByName": {"terms": 0, "network": 1, "share": 2},
                "renameByName": {"terms": "Spreading terms", "network": "Network", "share": "Share of the mentions"},
            },
        )
    )
