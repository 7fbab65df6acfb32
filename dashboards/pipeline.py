"""Pipeline: whether badbuzz itself keeps up, and whether its sources speak."""

from grafana_foundation_sdk.builders import dashboard

from dashboards import panels as p
from streams import metric_families as m

UID = "badbuzz-pipeline"


def pipeline() -> dashboard.Dashboard:
    """Draw the dashboard."""
    return (
        p.page("badbuzz: pipeline", UID, "Lag, latency, throughput, dead letters and sources of badbuzz itself.")
        .link(p.link("Overview", "/d/badbuzz-overview"))
        .link(p.link("Runbook: stalled", "${runbooks}/BadBuzzPipelineStalled.md", keep_time=False))
        .link(p.link("Runbook: lagging", "${runbooks}/BadBuzzLagging.md", keep_time=False))
        .link(p.link("Runbook: source silent", "${runbooks}/BadBuzzSourceSilent.md", keep_time=False))
        .link(p.link("Runbook: dead letters", "${runbooks}/BadBuzzDeadLetters.md", keep_time=False))
        .with_panel(
            p.figure(
                "Since the last round",
                "Wall clock. Beyond two minutes a stage stands still.",
                [p.latest(f"time() - max by (stage) ({m.PROGRESS.name})", "{{stage}}")],
                unit="s",
                steps=((None, p.GREEN), (60, p.ORANGE), (120, p.RED)),
                width=8,
                decimals=0,
            )
        )
        .with_panel(
            p.figure(
                "Waiting messages",
                "Of all partitions.",
                [p.latest(f"sum by (stage) ({m.LAG.name})", "{{stage}}")],
                steps=((None, p.GREEN), (1000, p.ORANGE), (100_000, p.RED)),
                width=8,
                decimals=0,
            )
        )
        .with_panel(
            p.figure(
                "Dead letters in an hour",
                "Messages that could not be read.",
                [p.latest(f"sum(increase({m.DEAD_LETTERS.name}[1h]))")],
                steps=((None, p.GREEN), (1, p.ORANGE), (40, p.RED)),
                width=8,
                decimals=0,
            )
        )
        .with_panel(
            p.lines(
                "Throughput",
                "Messages a second: mentions into the scorer, rollups into the watcher.",
                [p.query(f"sum by (stage) (rate({m.MESSAGES.name}[15m]))", "{{stage}}")],
                unit="cps",
            )
        )
        .with_panel(
            p.lines(
                "Lag",
                "Messages that wait, by partition.",
                [p.query(f"sum by (stage, partition) ({m.LAG.name})", "{{stage}} {{partition}}")],
            )
        )
        .with_panel(
            p.lines(
                "From a mention's arrival to its incident event",
                "Median and 99th percentile of the last hour's events.",
                [
                    p.query(_quantile(0.5), "median", ref="A"),
                    p.query(_quantile(0.99), "99 %", ref="B").exemplar(True),
                ],
                unit="s",
            )
        )
        .with_panel(
            p.lines(
                "Delay of the watermarks",
                "Up to where the ten slowest brands' minutes are closed, behind the clock.",
                [p.query(f"topk(10, time() - max by (brand) ({m.WATERMARK.name}))", "{{brand}}")],
                unit="s",
            )
        )
        .with_panel(
            p.lines(
                "Sources: last heard",
                "How far each network's newest event time, of a mention or heartbeat, is behind the clock.",
                [p.query(f"time() - max by (network) ({m.SOURCE_HEARD.name})", "{{network}}")],
                unit="s",
                marks=((None, "transparent"), (900, p.ORANGE)),
            )
        )
        .with_panel(
            p.lines(
                "Sources: last mention",
                "A network that is heard and says nothing is quiet, not silent.",
                [p.query(f"time() - max by (network) ({m.SOURCE_MENTION.name})", "{{network}}")],
                unit="s",
            )
        )
        .with_panel(
            p.lines(
                "Dead letters in 15 minutes",
                "By reason.",
                [p.query(f"sum by (reason) (increase({m.DEAD_LETTERS.name}[15m])) > 0", "{{reason}}")],
                stacked=True,
            )
        )
        .with_panel(
            p.lines(
                "Late and duplicate mentions in 15 minutes",
                "Kept in the oldest open minute, dropped as more than an hour late, dropped as known.",
                [
                    p.query(f"sum by (fate) (increase({m.LATE.name}[15m]))", "late, {{fate}}", ref="A"),
                    p.query(f"sum(increase({m.DUPLICATES.name}[15m]))", "duplicate", ref="B"),
                ],
            )
        )
        .with_panel(
            p.lines(
                "Incident events in an hour",
                "By the new severity.",
                [p.query(f"sum by (severity) (increase({m.CHANGES.name}[1h]))", "{{severity}}")],
                stacked=True,
            )
        )
        .with_panel(
            p.lines(
                "Names beyond the limit in an hour",
                "Brands and networks counted as other: raise `metrics.brands`, or configure those that matter.",
                [p.query(f"sum by (label) (increase({m.OVERFLOW.name}[1h]))", "{{label}}")],
            )
        )
        .with_panel(
            p.grid(
                "Running",
                "What each worker runs.",
                [p.rows(f"count by (version, python) ({m.BUILD.name})", ref="A")],
                height=4,
            )
        )
    )


def _quantile(q: float) -> str:
    return f"histogram_quantile({q:g}, sum by (le) (increase({m.LATENCY.name}_bucket[1h])))"
