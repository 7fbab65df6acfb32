"""What people owe is on /metrics while they owe it, and for brands with an open incident alone."""

import pytest

from streams.desk_log.action import DeskAction, instant_ms
from streams.desk_log.fold import DeskState
from streams.event_time import MINUTE_MS
from streams.metrics import desk_action_families as f
from streams.metrics.desk_action_gauges import DeskActionGauges, Watched
from streams.metrics.registry import Metrics
from tests.helpers.desk_actions import INCIDENT, action, picture

WARNED = instant_ms("2024-03-09T09:05:00Z")


def exported(metrics: Metrics) -> dict[str, float]:
    """The gauges of what Acme owes, by the rest of their name."""
    prefix = "badbuzz_desk_actions_"
    return {
        sample.name.removeprefix(prefix): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name.startswith(prefix) and sample.labels["brand"] == "Acme"
    }


def watched(*actions: DeskAction, **fields: object) -> Watched:
    return Watched("Acme", picture(**fields), DeskState(INCIDENT, actions))


def test_an_open_incident_shows_what_is_overdue_and_an_ended_one_nothing() -> None:
    metrics = Metrics()
    gauges = DeskActionGauges(metrics)
    gauges.update([watched()], WARNED + 31 * MINUTE_MS)
    assert exported(metrics) == {
        "unacknowledged_seconds": 31 * 60,
        "promise_overdue_seconds": 0,
        "posted_during_hold": 0,
        "statement_sent": 0,
        "held": 0,
        "roles_open": 4,
    }
    acted = watched(action("acknowledge"), action("statement", text="We know"), action("hold"))
    acted = watched(*acted.state.actions, action("role", role="lead", person="Anne"))
    gauges.update([acted], WARNED + 32 * MINUTE_MS)
    assert exported(metrics)["unacknowledged_seconds"] == 0
    assert exported(metrics)["statement_sent"] == exported(metrics)["held"] == 1
    assert exported(metrics)["roles_open"] == 3
    gauges.update([watched(ended=True)], WARNED + 33 * MINUTE_MS)
    assert exported(metrics) == {}


def test_a_promise_is_shown_after_the_incident_has_ended() -> None:
    metrics = Metrics()
    promise = action("promise", text="a call", due="2024-03-09T09:30:00Z")
    DeskActionGauges(metrics).update([watched(promise, ended=True)], WARNED + 30 * MINUTE_MS)
    assert exported(metrics)["promise_overdue_seconds"] == 300


@pytest.mark.parametrize(
    ("kind", "verdict"), [("false_alarm", "false_alarm"), ("planned", "planned"), ("close", "real")]
)
def test_a_judged_incident_counts_once_under_its_verdict(kind: str, verdict: str) -> None:
    metrics = Metrics()
    gauges = DeskActionGauges(metrics)
    for _ in range(3):
        gauges.update([watched(), watched(action(kind, why="a joke"))], WARNED)
    labels = {"brand": "Acme", "verdict": verdict}
    assert metrics.registry.get_sample_value(f.ALERTS.name, labels) == 1
