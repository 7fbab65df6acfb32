"""Asking a real Prometheus everything that panels and rules ask, and knowing what may come back empty."""

import json
from collections.abc import Mapping

from dashboards.build import build, expressions
from deploy.local.prometheus import LocalPrometheus
from tests.deploy.test_rules import ALERTS

Question = tuple[str, str]
"""A dashboard's uid and a panel's title, or "rule" and an alert's name; and what may be empty, by the reason."""


def questions(brand: str) -> list[tuple[Question, str]]:
    """Every PromQL expression, with the brand chosen."""
    asked = [
        ((found.board, found.panel), found.text.replace("$brand", brand))
        for text in build().values()
        for found in expressions(json.loads(text))
    ]
    return asked + [(("rule", rule["alert"]), rule["expr"]) for rule in ALERTS]


def unanswered(prometheus: LocalPrometheus, brand: str, at: float | None) -> set[Question]:
    """Ask everything at a time and give what came back empty; what Prometheus cannot parse raises."""
    return {name for name, expression in questions(brand) if not prometheus.query(expression, at)}


# A calm day is empty too, but this is during an incident on healthy machines.
HEALTHY: Mapping[Question, str] = {
    (
        "badbuzz-pipeline",
        "Dead letters in 15 minutes",
    ): "shows only reasons that occur, and every line was read",
    ("badbuzz-pipeline", "Names beyond the limit in an hour"): "no brand or network was beyond the limit",
    ("rule", "BadBuzzFarReachingPost"): "this incident rests on growth",
    ("rule", "BadBuzzCoordinatedFlood"): "these are people, not copies",
    ("rule", "BadBuzzSourceSilent"): "every source speaks",
    ("rule", "BadBuzzPipelineStalled"): "the worker works",
    ("rule", "BadBuzzLagging"): "the worker keeps up",
    ("rule", "BadBuzzDeadLetters"): "every line was read",
}
# A replay in one process has no worker, and takes no time to arrive.
REPLAYED: Mapping[Question, str] = {
    ("badbuzz-overview", "Longest without progress"): "no worker ran",
    ("badbuzz-pipeline", "Since the last round"): "no worker ran",
    ("badbuzz-pipeline", "Waiting messages"): "no worker ran",
    ("badbuzz-pipeline", "Lag"): "no worker ran",
    ("badbuzz-pipeline", "From a mention's arrival to its incident event"): "nothing arrived by the wall clock",
}
