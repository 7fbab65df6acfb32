"""Pipeline: whether badbuzz itself keeps up, and whether its sources speak."""

from grafana_foundation_sdk.builders import dashboard

from dashboards import panels as p
from dashboards.defaults import link, page, runbook
from streams.metrics import families as m

UID = "badbuzz-pipeline"


def pipeline() -> dashboard.Dashboard:
    """Draw the dashboard."""
    return page(
        "badbuzz: pipeline",
        UID,
        "Lag, latency, throughput, dead letters and sources of badbuzz itself.",
        links=[
            link("Overview", "/d/badbuzz-overview"),
            runbook("stalled", "BadBuzzPipelineStalled"),
            runbook("lagging", "BadBuzzLagging"),
            runbook("source silent", "BadBuzzSourceSilent"),
            runbook("dead letters", "BadBuzzDeadLetters"),
        ],
        panels=[
            p.figure(
                "Since the last round",
                "Wall clock. Beyond two minutes a stage stands still.",
                {"{{stage}}": f"time() - max by (stage) ({m.PROGRESS.name})"},
                unit="s",
                steps=p.STANDSTILL,
                width=8,
                decimals=0,
            ),
            p.figure(
                "Waiting messages",
                "Of all partitions.",
                {"{{stage}}": f"sum by (stage) ({m.LAG.name})"},
                steps=((None, p.GREEN), (1000, p.ORANGE), (100_000, p.RED)),
                width=8,
                decimals=0,
            ),
            p.figure(
                "Dead letters in an hour",
                "Messages that could not be read.",
                f"sum(increase({m.DEAD_LETTERS.name}[1h]))",
                steps=((None, p.GREEN), (1, p.ORANGE), (40, p.RED)),
                width=8,
                decimals=0,
            ),
            p.lines(
                "Throughput",
                "Messages a second: mentions into the scorer, rollups into the watcher.",
                {"{{stage}}": f"sum by (stage) (rate({m.MESSAGES.name}[15m]))"},
                unit="cps",
            ),
            p.lines(
                "Lag",
                "Messages that wait, by partition.",
                {"{{stage}} {{partition}}": f"sum by (stage, partition) ({m.LAG.name})"},
            ),
            p.lines(
                "From a mention's arrival to its incident event",
                "Median and 99th percentile of the last hour's events.",
                {"median": _quantile(0.5), "99 %": _quantile(0.99)},
                exemplars=["99 %"],
                unit="s",
            ),
            p.lines(
                "Delay of the watermarks",
                "Up to where the ten slowest brands' minutes are closed, behind the clock.",
                {"{{brand}}": f"topk(10, time() - max by (brand) ({m.WATERMARK.name}))"},
                unit="s",
            ),
            p.lines(
                "Sources: last heard",
                "How far each network's newest event time, of a mention or heartbeat, is behind the clock.",
                {"{{network}}": f"time() - max by (network) ({m.SOURCE_EVENT.name})"},
                unit="s",
                marks=((None, "transparent"), (900, p.ORANGE)),
            ),
            p.lines(
                "Sources: last mention",
                "A network that is heard and says nothing is quiet, not silent.",
                {"{{network}}": f"time() - max by (network) ({m.SOURCE_MENTION.name})"},
                unit="s",
            ),
            p.lines(
                "Dead letters in 15 minutes",
                "By reason.",
                {"{{reason}}": f"sum by (reason) (increase({m.DEAD_LETTERS.name}[15m])) > 0"},
                stacked=True,
            ),
            p.lines(
                "Late and duplicate mentions in 15 minutes",
                "Kept in the oldest open minute, dropped as more than an hour late, dropped as known.",
                {
                    "late, {{outcome}}": f"sum by (outcome) (increase({m.LATE.name}[15m]))",
                    "duplicate": f"sum(increase({m.DUPLICATES.name}[15m]))",
                },
            ),
            p.lines(
                "Incident events in an hour",
                "By the new severity.",
                {"{{severity}}": f"sum by (severity) (increase({m.INCIDENT_EVENTS.name}[1h]))"},
                stacked=True,
            ),
            p.lines(
                "Names beyond the limit in an hour",
                "Brands and networks counted as other: raise `metrics.brands`, or configure those that matter.",
                {"{{label}}": f"sum by (label) (increase({m.OVERFLOW.name}[1h]))"},
            ),
            p.grid(
                "Running",
                "What each worker runs.",
                [f"count by (version, python) ({m.BUILD.name})"],
                height=4,
            ),
        ],
    )


def _quantile(q: float) -> str:
    return f"histogram_quantile({q:g}, sum by (le) (increase({m.LATENCY.name}_bucket[1h])))"
