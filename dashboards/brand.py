"""Brand: what is said of one brand, against what is usual, and its incident."""

from grafana_foundation_sdk.builders import dashboard, table, timeseries
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import panels as p
from dashboards.defaults import brand_variable, incident_annotations, link, page, runbook
from streams.metrics import families as m
from streams.oncall.grafana import TAG

UID = "badbuzz-brand"
BRAND = '{brand="$brand"}'


def brand() -> dashboard.Dashboard:
    """Draw the dashboard."""
    board = page(
        "badbuzz: brand",
        UID,
        "One brand: how much is said, how it sounds, and against what is usual.",
        links=[
            link("Overview", "/d/badbuzz-overview"),
            runbook("crisis", "BadBuzzCrisis"),
            runbook("negatives grow", "BadBuzzNegativeGrowth"),
            runbook("far-reaching post", "BadBuzzFarReachingPost"),
        ],
        panels=[
            p.figure(
                "Severity",
                "The open incident's severity.",
                f"max({m.SEVERITY.name}{BRAND})",
                steps=((None, p.GREEN), (1, p.BLUE), (2, p.ORANGE), (3, p.RED)),
            ).mappings(p.SEVERITIES),
            p.figure(
                "Since",
                "When the open incident began.",
                f"1000 * max({m.SINCE.name}{BRAND})",
                unit="dateTimeAsIso",
                steps=((None, "text"),),
            ),
            p.figure(
                "People in the last hour",
                "Distinct authors, and how many are usual at this hour.",
                {
                    "seen": f"max({m.OBSERVED.name}{_signal('volume')})",
                    "expected": f"max({m.EXPECTED.name}{_signal('volume')})",
                },
                steps=((None, "text"),),
                decimals=0,
            ),
            p.figure(
                "Negative share, last hour",
                "Of the mentions.",
                _share("1h"),
                unit="percentunit",
                steps=((None, p.GREEN), (0.4, p.ORANGE), (0.6, p.RED)),
                decimals=0,
            ),
            _said(),
            p.lines(
                "Mentions in 15 minutes, by tone",
                "Every mention but the brand's own.",
                {"{{tone}}": f"sum by (tone) (increase({m.MENTIONS.name}{BRAND}[15m]))"},
                exemplars=["{{tone}}"],
                stacked=True,
            ),
            p.lines(
                "Negative share",
                "Of the mentions of 15 minutes.",
                {"negative": _share("15m")},
                unit="percentunit",
            ).max(1),
            _against_usual("People in an hour, against what is usual", "volume"),
            _against_usual("Negative people in an hour, against what is usual", "negatives"),
            p.lines(
                "Anomaly score",
                f"-log10 of how likely it is by chance; a warning takes {p.USUAL.warning_score:g} of the negatives, a "
                f"watch {p.USUAL.watch_score:g} of the volume, unless configured otherwise.",
                {"{{signal}}": f"max by (signal) ({m.SCORE.name}{BRAND})"},
                marks=((None, "transparent"), (p.USUAL.warning_score, p.ORANGE)),
            ),
            p.lines(
                "Reach of the widest publication of the hour",
                "Followers of its author or views, whichever is more.",
                {"{{tone}}": f"max by (tone) ({m.REACH.name}{BRAND})"},
            ),
            p.lines(
                "Networks, mentions in 15 minutes",
                "Where it is said.",
                {"{{network}}": f"sum by (network) (increase({m.MENTIONS.name}{BRAND}[15m]))"},
                stacked=True,
            ),
            p.lines(
                "Distinct authors in 6 hours",
                "A crowd, or a few loud ones.",
                {"{{tone}}": f"max by (tone) ({m.AUTHORS.name}{BRAND})"},
                stacked=True,
            ),
            p.timeline(
                "What holds in the open incident",
                "The criteria that have held since it opened.",
                {"{{criterion}}": f"max by (criterion) ({m.CRITERION.name}{BRAND})"},
                p.YES_NO,
            ),
            p.lines(
                "What the brand does, in an hour",
                "Answers help; deletions, blocks and scheduled publications in a crisis make it worse.",
                {"{{action}}": f"sum by (action) (increase({m.ACTIONS.name}{BRAND}[1h]))"},
            ),
            p.lines(
                "Complaints in an hour",
                "Negative mentions, reposts left out: those who wait for an answer.",
                {"negative": f"sum(increase({m.COMPLAINTS.name}{BRAND}[1h]))"},
            ),
        ],
    )
    board.with_variable(brand_variable(f"label_values({m.SEVERITY.name}, brand)"))
    return board.annotation(incident_annotations([TAG, "$brand"]))


def _signal(name: str) -> str:
    return f'{{brand="$brand",signal="{name}"}}'


def _share(window: str) -> str:
    negative = f'sum(increase({m.MENTIONS.name}{{brand="$brand",tone="negative"}}[{window}]))'
    return f"{negative} / (sum(increase({m.MENTIONS.name}{BRAND}[{window}])) > 0)"


def _against_usual(title: str, signal: str) -> timeseries.Panel:
    panel = p.lines(
        title,
        "What is seen, what is expected at this hour, and the most that is still usual.",
        {
            "seen": f"max({m.OBSERVED.name}{_signal(signal)})",
            "expected": f"max({m.EXPECTED.name}{_signal(signal)})",
            "usual at most": f"max({m.USUAL_MAX.name}{_signal(signal)})",
        },
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
        [f"max by (network, share, terms) ({m.INFO.name}{BRAND})"],
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
