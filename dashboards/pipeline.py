"""Dashboard of badbuzz itself: progress, lag, latency, throughput, dead letters and sources."""

from grafana_foundation_sdk.builders import dashboard

from dashboards import panels as p
from dashboards.defaults import board, link, runbook, selector
from dashboards.sources import source_panels
from streams.metrics import families as m

UID = "badbuzz-pipeline"
OF_INSTALLATION = selector()


def pipeline() -> dashboard.Dashboard:
    """Return the dashboard."""
    return board(
        "badbuzz: pipeline",
        UID,
        "badbuzz itself: progress, lag, latency, throughput, dead letters and sources.",
        links=[
            link("Overview", "/d/badbuzz-overview"),
            runbook("BadBuzzPipelineStalled"),
            runbook("BadBuzzLagging"),
            runbook("BadBuzzSourceSilent"),
            runbook("BadBuzzSourceStopped"),
            runbook("BadBuzzDeadLetters"),
        ],
        panels=[
            p.stat(
                "Time since last progress",
                "By the wall clock. Beyond two minutes a stage has stalled.",
                {"{{stage}}": f"time() - max by (stage) ({m.PROGRESS.name}{OF_INSTALLATION})"},
                unit="s",
                steps=p.PROGRESS_THRESHOLDS,
                width=8,
                decimals=0,
            ),
            p.stat(
                "Consumer lag",
                "Messages not read yet, of all partitions.",
                {"{{stage}}": f"sum by (stage) ({m.LAG.name}{OF_INSTALLATION})"},
                steps=((None, p.GREEN), (1000, p.ORANGE), (100_000, p.RED)),
                width=8,
                decimals=0,
            ),
            p.stat(
                "Dead letters in an hour",
                "Messages rejected as unreadable.",
                f"sum(increase({m.DEAD_LETTERS.name}{OF_INSTALLATION}[1h]))",
                steps=((None, p.GREEN), (1, p.ORANGE), (40, p.RED)),
                width=8,
                decimals=0,
            ),
            p.time_series(
                "Throughput",
                "Messages processed a second: mentions by the scorer, batches of rollups by the watcher.",
                {"{{stage}}": f"sum by (stage) (rate({m.MESSAGES.name}{OF_INSTALLATION}[15m]))"},
                unit="cps",
            ),
            p.time_series(
                "Consumer lag by partition",
                "Messages not read yet.",
                {"{{stage}} {{partition}}": f"sum by (stage, partition) ({m.LAG.name}{OF_INSTALLATION})"},
            ),
            p.time_series(
                "Latency from mention to incident event",
                "Median and 99th percentile of the events of an hour.",
                {"median": _quantile(0.5), "99 %": _quantile(0.99)},
                exemplars=["99 %"],
                unit="s",
            ),
            p.time_series(
                "Watermark lag",
                "Wall clock minus watermark, of the ten brands furthest behind.",
                {"{{brand}}": f"topk(10, time() - max by (brand) ({m.WATERMARK.name}{OF_INSTALLATION}))"},
                unit="s",
            ),
            p.time_series(
                "Sources: time since last event",
                "Wall clock minus the newest event time of a network's mentions and heartbeats.",
                {"{{network}}": f"time() - max by (network) ({m.SOURCE_EVENT.name}{OF_INSTALLATION})"},
                unit="s",
                lines_at=((None, "transparent"), (900, p.ORANGE)),
            ),
            p.time_series(
                "Sources: time since last mention",
                "A network with heartbeats but no mentions is quiet, not silent.",
                {"{{network}}": f"time() - max by (network) ({m.SOURCE_MENTION.name}{OF_INSTALLATION})"},
                unit="s",
            ),
            p.time_series(
                "Dead letters in 15 minutes",
                "By reason.",
                {"{{reason}}": f"sum by (reason) (increase({m.DEAD_LETTERS.name}{OF_INSTALLATION}[15m])) > 0"},
                stacked=True,
            ),
            p.time_series(
                "Late, duplicate and updated mentions in 15 minutes",
                "Late: counted in their minute, or over 3 hours late and dropped. Updated: new counts of a post.",
                {
                    "late, {{outcome}}, {{network}}": (
                        f"sum by (network, outcome) (increase({m.LATE.name}{OF_INSTALLATION}[15m]))"
                    ),
                    "duplicate": f"sum(increase({m.DUPLICATES.name}{OF_INSTALLATION}[15m]))",
                    "updated": f"sum(increase({m.UPDATES.name}{OF_INSTALLATION}[15m]))",
                },
            ),
            p.time_series(
                "Incident events in an hour",
                "By the new severity.",
                {"{{severity}}": f"sum by (severity) (increase({m.INCIDENT_EVENTS.name}{OF_INSTALLATION}[1h]))"},
                stacked=True,
            ),
            p.time_series(
                "Label overflow in an hour",
                "Brands and networks exported as other: raise `metrics.brands`, or configure those that matter.",
                {"{{label}}": f"sum by (label) (increase({m.OVERFLOW.name}{OF_INSTALLATION}[1h]))"},
            ),
            p.time_series(
                "Offsets of another log in an hour",
                "Committed offsets ignored because a topic was created anew or ends before them.",
                {"{{stage}}": f"sum by (stage) (increase({m.OFFSET_RESETS.name}{OF_INSTALLATION}[1h]))"},
            ),
            p.time_series(
                "Messages lost in an hour",
                "Deleted by the topic's retention before the stage processed them.",
                {"{{stage}}": f"sum by (stage) (increase({m.LOST.name}{OF_INSTALLATION}[1h]))"},
            ),
            *source_panels(),
            p.table(
                "Running versions",
                "Workers by version of badbuzz and Python.",
                [f"count by (version, python) ({m.BUILD.name}{OF_INSTALLATION})"],
                height=4,
            ),
        ],
    )


def _quantile(q: float) -> str:
    return f"histogram_quantile({q:g}, sum by (le) (increase({m.LATENCY.name}_bucket{OF_INSTALLATION}[1h])))"
