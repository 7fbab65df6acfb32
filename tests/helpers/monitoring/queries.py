"""Every PromQL expression of panels and rules, put to a real Prometheus, and those that may return nothing."""

import json
from collections.abc import Mapping

from dashboards.answer import answer_panels
from dashboards.build import build, expressions
from deploy.local.prometheus import LocalPrometheus
from streams.settings.metrics import DEFAULT_INSTALLATION
from tests.helpers.monitoring.alert_rules import ALERTS
from tests.helpers.monitoring.grafana_variables import interpolated

Query = tuple[str, str]
"""A dashboard's uid and a panel's title, or "rule" and an alert's name."""


def queries(brand: str) -> list[tuple[Query, str]]:
    """Every PromQL expression, with the brand chosen."""
    of_panels = [
        ((query.board, query.panel), interpolated(query.text, {"brand": brand, "installation": DEFAULT_INSTALLATION}))
        for text in build().values()
        for query in expressions(json.loads(text))
    ]
    return of_panels + [(("rule", rule["alert"]), rule["expr"]) for rule in ALERTS]


def empty_queries(prometheus: LocalPrometheus, brand: str, at: float | None) -> set[Query]:
    """Evaluate every expression at a time; return those without a result. An invalid one raises."""
    return {name for name, expression in queries(brand) if not prometheus.query(expression, at)}


# Empty during an incident on healthy machines, with the reason.
HEALTHY: Mapping[Query, str] = {
    (
        "badbuzz-pipeline",
        "Dead letters in 15 minutes",
    ): "shows only reasons that occur, and every line was readable",
    ("badbuzz-pipeline", "Label overflow in an hour"): "no brand or network was beyond the limit",
    ("rule", "BadBuzzFarReachingPost"): "this incident is one of negative growth",
    ("rule", "BadBuzzCoordinatedFlood"): "these are people, not copies",
    ("rule", "BadBuzzSourceSilent"): "every source sends",
    ("rule", "BadBuzzPipelineStalled"): "the worker makes progress",
    ("rule", "BadBuzzLagging"): "the worker keeps up",
    ("rule", "BadBuzzIncidentUnwatched"): "the worker watches",
    ("rule", "BadBuzzLateSource"): "mentions arrive in order",
    ("rule", "BadBuzzSourceWideJump"): "few brands have incidents",
    ("rule", "BadBuzzPartitionUnowned"): "the worker owns every partition",
    ("rule", "BadBuzzPartitionStuck"): "the worker keeps up",
    ("rule", "BadBuzzMessagesLost"): "nothing was deleted unread",
    ("rule", "BadBuzzDeadLetters"): "every line was readable",
}
# Empty where a brand answers as the documented one did until its crisis.
ANSWERED: Mapping[Query, str] = {
    ("badbuzz-brand", "First word and statement after"): "nobody has spoken in the case yet",
    ("badbuzz-brand", "Effect of the latest statement"): "there is no statement yet",
    ("badbuzz-brand", "Shares that make it worse"): "nothing was said anywhere, so nothing is left uncovered",
    **{
        ("rule", rule["alert"]): "its signal does not hold at that moment"
        for rule in ALERTS
        if rule["labels"]["audience"] == "response-desk"
    },
    ("rule", "BadBuzzRepliesUnmatched"): "the source says whom each reply answers",
}
# Empty for a brand that never speaks.
NO_VOICE: Mapping[Query, str] = {
    ("badbuzz-brand", panel.build().title or ""): "this brand has no official voice" for panel in answer_panels()
}
# Empty where mentions are not collected from networks.
NOT_COLLECTED: Mapping[Query, str] = {
    ("badbuzz-overview", "Verdicts in a week"): "no console ran",
    ("badbuzz-overview", "Roles that nobody has"): "no console ran",
    ("badbuzz-pipeline", "Sources: read"): "no collector ran",
    ("badbuzz-pipeline", "Sources: mentions collected"): "no collector ran",
    ("badbuzz-pipeline", "Sources: time behind"): "no collector ran",
    ("badbuzz-pipeline", "Sources: time since last post"): "no collector ran",
    ("badbuzz-pipeline", "Sources: failures in 15 minutes"): "no collector ran",
    ("badbuzz-pipeline", "Sources: left out and missing in 15 minutes"): "no collector ran",
    ("badbuzz-pipeline", "Sources: waiting for Kafka"): "no collector ran",
    ("badbuzz-pipeline", "Sources: paid for and looked up in 15 minutes"): "no collector ran",
    ("rule", "BadBuzzSourceStopped"): "no collector ran",
    ("rule", "BadBuzzSourceUnauthorized"): "no collector ran",
    ("rule", "BadBuzzSourceBudgetSpent"): "no collector ran",
    ("rule", "BadBuzzSourceCatchingUp"): "no collector ran",
}
# Empty for a replay in one process, which has no worker and no latency.
REPLAYED: Mapping[Query, str] = {
    ("badbuzz-overview", "Time since last progress"): "no worker ran",
    ("badbuzz-pipeline", "Time since last progress"): "no worker ran",
    ("badbuzz-pipeline", "Consumer lag"): "no worker ran",
    ("badbuzz-pipeline", "Consumer lag by partition"): "no worker ran",
    ("badbuzz-pipeline", "Offsets of another log in an hour"): "no worker ran",
    ("badbuzz-pipeline", "Messages lost in an hour"): "no worker ran",
    ("badbuzz-pipeline", "Latency from mention to incident event"): "there is no wall clock",
}
