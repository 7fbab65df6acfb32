"""What a person woken by an alert can rely on: it was tested, and it says what happened and what to do."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.defaults import RUNBOOKS
from deploy.local.prometheus import binary
from streams.metrics.families import FAMILIES
from tests.helpers.alert_rules import ALERT_NAMES, ALERTS, RULES, metrics_in
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

PROMETHEUS = DEPLOY / "prometheus"
UNIT_TESTS: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "badbuzz.rules.test.yml").read_text(encoding="utf-8"))[
    "tests"
]

OF_THE_INCIDENT = "{{ if eq $value 3.0 }}critical{{ else if eq $value 2.0 }}warning{{ else }}info{{ end }}"


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run([binary("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_and_the_configuration_are_valid() -> None:
    promtool("check", "config", PROMETHEUS / "prometheus.yml")


def test_every_alert_fires_stays_quiet_and_resolves_as_its_unit_tests_say() -> None:
    promtool("test", "rules", PROMETHEUS / "badbuzz.rules.test.yml")


@pytest.mark.parametrize("name", ALERT_NAMES)
def test_every_alert_has_unit_tests_in_which_it_fires_and_stays_quiet(name: str) -> None:
    cases = [case for test in UNIT_TESTS for case in test["alert_rule_test"] if case["alertname"] == name]
    firing = [bool(case["exp_alerts"]) for case in cases]
    assert any(firing)
    if name != "Watchdog":
        assert not firing[0], "quiet before it fires"
        assert not firing[-1] or False in firing[firing.index(True) :], "resolves after it fired"


@pytest.mark.parametrize("rule", ALERTS, ids=ALERT_NAMES)
def test_every_alert_says_what_happened_what_to_do_and_where_to_read_on(rule: dict[str, Any]) -> None:
    severity = rule["labels"]["severity"]
    assert severity in {"critical", "warning", "info", "none", OF_THE_INCIDENT}
    assert rule["labels"]["audience"] in {"crisis-cell", "engineers"}
    annotations = rule["annotations"]
    assert annotations["runbook_url"] == f"{RUNBOOKS}/{rule['alert']}.md"
    assert annotations["summary"]
    assert annotations["description"]
    if rule["alert"] != "Watchdog":
        assert annotations["next_step"]
    if rule["labels"]["audience"] == "crisis-cell":
        assert "$labels.brand" in annotations["summary"]
        assert "by (installation, brand)" in rule["expr"]
        assert annotations["terms"]


@pytest.mark.parametrize("rule", ALERTS, ids=ALERT_NAMES)
def test_every_alert_keeps_the_installation(rule: dict[str, Any]) -> None:
    for labels in re.findall(r"\bby \(([^)]*)\)", rule["expr"]):
        assert "installation" in labels
    for labels in re.findall(r"\bon \(([^)]*)\)", rule["expr"]):
        assert "installation" in labels or labels == "stage"
    assert "{brand=%q}" not in " ".join(rule["annotations"].values())


def test_alert_names_and_severities_are_stable() -> None:
    assert dict(zip(ALERT_NAMES, (rule["labels"]["severity"] for rule in ALERTS), strict=True)) == {
        "BadBuzzIncidentUnwatched": OF_THE_INCIDENT,
        "BadBuzzLateSource": "warning",
        "BadBuzzSourceWideJump": "warning",
        "BadBuzzPartitionUnowned": "critical",
        "BadBuzzPartitionStuck": "critical",
        "BadBuzzMessagesLost": "warning",
        "BadBuzzWatch": "info",
        "BadBuzzNegativeGrowth": "warning",
        "BadBuzzFarReachingPost": "warning",
        "BadBuzzCrisis": "critical",
        "BadBuzzCoordinatedFlood": "info",
        "BadBuzzSourceSilent": "warning",
        "BadBuzzPipelineStalled": "critical",
        "BadBuzzLagging": "warning",
        "BadBuzzDeadLetters": "warning",
        "BadBuzzSourceStopped": "warning",
        "BadBuzzSourceUnauthorized": "warning",
        "BadBuzzSourceBudgetSpent": "warning",
        "BadBuzzSourceCatchingUp": "info",
        "Watchdog": "none",
    }


def test_the_rules_query_exported_metrics() -> None:
    exported = {family.name for family in FAMILIES} | {rule["record"] for rule in RULES if "record" in rule}
    for rule in RULES:
        queried = metrics_in(" ".join([rule["expr"], *rule.get("annotations", {}).values()]))
        assert queried <= exported
