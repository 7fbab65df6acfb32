"""Brand: what is said of one brand, against what is usual, and its incident."""

from grafana_foundation_sdk.builders import dashboard, table, timeseries
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import panels as p
from streams import metric_families as m

UID = "badbuzz-brand"
BRAND = '{brand="$brand"}'


def brand() -> dashboard.Dashboard:
    """Draw the dashboard."""
    return (
        p.page("badbuzz: brand", UID, "One brand: how much is said, how it sounds, and against what is usual.")
        .with_variable(p.brand_variable(f"label_values({m.SEVERITY.name}, brand)"))
        .link(p.link("Overview", "/d/badbuzz-overview"))
        .link(p.link("Runbook: crisis", "${runbooks}/BadBuzzCrisis.md", keep_time=False))
        .link(p.link("Runbook: negatives grow", "${runbooks}/BadBuzzNegativeGrowth.md", keep_time=False))
        .link(p.link("Runbook: far-reaching post", "${runbooks}/BadBuzzFarReachingPost.md", keep_time=False))
        .annotation(p.incident_annotations([p.TAG, "$brand"]))
        .with_panel(
            p.figure(
                "Severity",
                "The open incident's severity.",
                [p.latest(f"max({m.SEVERITY.name}{BRAND})")],
                steps=((None, p.GREEN), (1, p.BLUE), (2, p.ORANGE), (3, p.RED)),
            ).mappings(p.SEVERITIES)
        )
        .with_panel(
            p.figure(
                "Since",
                "When the open incident began.",
                [p.latest(f"1000 * max({m.SINCE.name}{BRAND})")],
                unit="dateTimeAsIso",
                steps=((None, "text"),),
            )
        )
        .with_panel(
            p.figure(
                "People in the last hour",
                "Distinct authors, and how many are usual at this hour.",
                [
                    p.latest(f"max({m.OBSERVED.name}{_signal('volume')})", "seen", ref="A"),
                    p.latest(f"max({m.EXPECTED.name}{_signal('volume')})", "expected", ref="B"),
                ],
                steps=((None, "text"),),
                decimals=0,
            )
        )
        .with_panel(
            p.figure(
                "Negative share, last hour",
                "Of the mentions.",
                [p.latest(_share("1h"))],
                unit="percentunit",
                steps=((None, p.GREEN), (0.4, p.ORANGE), (0.6, p.RED)),
                decimals=0,
            )
        )
        .with_panel(_said())
        .with_panel(
            p.lines(
                "Mentions in 15 minutes, by tone",
                "Every mention but the brand's own.",
                [p.query(f"sum by (tone) (increase({m.MENTIONS.name}{BRAND}[15m]))", "{{tone}}").exemplar(True)],
                stacked=True,
            )
        )
        .with_panel(
            p.lines(
                "Negative share",
                "Of the mentions of 15 minutes.",
                [p.query(_share("15m"), "negative")],
                unit="percentunit",
            ).max(1)
        )
        .with_panel(_against_usual("People in an hour, against what is usual", "volume"))
        .with_panel(_against_usual("Negative people in an hour, against what is usual", "negatives"))
        .with_panel(
            p.lines(
                "Anomaly score",
                f"-log10 of how likely it is by chance; a warning takes {p.USUAL.warning_score:g} of the negatives, a "
                f"watch {p.USUAL.watch_score:g} of the volume, unless configured otherwise.",
                [p.query(f"max by (signal) ({m.SCORE.name}{BRAND})", "{{signal}}")],
                marks=((None, "transparent"), (p.USUAL.warning_score, p.ORANGE)),
            )
        )
        .with_panel(
            p.lines(
                "Reach of the widest publication of the hour",
                "Followers of its author or views, whichever is more.",
                [p.query(f"max by (tone) ({m.REACH.name}{BRAND})", "{{tone}}")],
            )
        )
        .with_panel(
            p.lines(
                "Networks, mentions in 15 minutes",
                "Where it is said.",
                [p.query(f"sum by (network) (increase({m.MENTIONS.name}{BRAND}[15m]))", "{{network}}")],
                stacked=True,
            )
        )
        .with_panel(
            p.lines(
                "Distinct authors in 6 hours",
                "A crowd, or a few loud ones.",
                [p.query(f"max by (tone) ({m.AUTHORS.name}{BRAND})", "{{tone}}")],
                stacked=True,
            )
        )
        .with_panel(
            p.timeline(
                "What holds in the open incident",
                "The criteria that have held since it opened.",
                [p.query(f"max by (criterion) ({m.CRITERION.name}{BRAND})", "{{criterion}}")],
                p.YES_NO,
            )
        )
        .with_panel(
            p.lines(
                "What the brand does, in an hour",
                "Answers help; deletions, blocks and scheduled publications in a crisis make it worse.",
                [p.query(f"sum by (action) (increase({m.ACTIONS.name}{BRAND}[1h]))", "{{action}}")],
            )
        )
        .with_panel(
            p.lines(
                "Complaints in an hour",
                "Negative mentions, reposts left out: those who wait for an answer.",
                [p.query(f"sum(increase({m.COMPLAINTS.name}{BRAND}[1h]))", "negative")],
            )
        )
    )


def _signal(name: str) -> str:
    return f'{{brand="$brand",signal="{name}"}}'


def _share(window: str) -> str:
    negative = f'sum(increase({m.MENTIONS.name}{{brand="$brand",tone="negative"}}[{window}]))'
    return f"{negative} / (sum(increase({m.MENTIONS.name}{BRAND}[{window}])) > 0)"


def _against_usual(title: str, signal: str) -> timeseries.Panel:
    panel = p.lines(
        title,
        "What is seen, what is expected at this hour, and the most that is still usual.",
        [
            p.query(f"max({m.OBSERVED.name}{_signal(signal)})", "seen", ref="A"),
            p.query(f"max({m.EXPECTED.name}{_signal(signal)})", "expected", ref="B"),
            p.query(f"max({m.USUAL_MAX.name}{_signal(signal)})", "usual at most", ref="C"),
        ],
    )
    panel.override_by_name(
        "usual at most",
        [
            DynamicConfigValue("custom.fillBelowTo", "expected"),
            DynamicConfigValue("custom.fillOpacity", 15),
            DynamicConfigValue("custom.lineWidth", 0),
        ],
    )
    return panel


def _said() -> table.Panel:
    panel = p.grid(
        "What is being said",
        "Of the open incident: the terms that spread, and where most of it is said.",
        [p.rows(f"max by (network, share, terms) ({m.INFO.name}{BRAND})", ref="A")],
        height=4,
    )
    return panel.with_transformation(
        DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Time": True, "Value": True},
                "indexByName": {"terms": 0, "network": 1, "share": 2},
                "renameByName": {"terms": "Terms that spread", "network": "Network", "share": "Share of the mentions"},
            },
        )
    )
