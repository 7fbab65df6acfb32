"""What a person woken by an alert can rely on: it was tested, and it says what happened and what to do."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.defaults import RUNBOOKS
from deploy.local.prometheus import binary
from streams.metrics.desk_gauges import SPANS
from streams.metrics.families import FAMILIES
from tests.helpers.monitoring.alert_rules import ALERT_NAMES, ALERTS, RULES, RULES_FILES, metrics_in
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

PROMETHEUS = DEPLOY / "prometheus"
TEST_FILES = [
    *(file.with_suffix(".test.yml") for file in RULES_FILES),
    PROMETHEUS / "badbuzz-desk-burn-rates.rules.test.yml",
]
UNIT_TESTS: list[dict[str, Any]] = [
    test for file in TEST_FILES for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]
]

OF_THE_INCIDENT = "{{ if eq $value 3.0 }}critical{{ else if eq $value 2.0 }}warning{{ else }}info{{ end }}"
CRITICAL_IF_LATE = "{{ if eq $value 3.0 }}critical{{ else }}warning{{ end }}"
INFO_BY_ITSELF = "{{ if eq $value 1.0 }}info{{ else }}warning{{ end }}"


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run([binary("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_and_the_configuration_are_valid() -> None:
    promtool("check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: file.name)
def test_every_alert_fires_stays_quiet_and_resolves_as_its_unit_tests_say(file: Path) -> None:
    promtool("test", "rules", file)


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
    assert severity in {"critical", "warning", "info", "none", OF_THE_INCIDENT, CRITICAL_IF_LATE, INFO_BY_ITSELF}
    assert rule["labels"]["audience"] in {"crisis-cell", "response-desk", "engineers"}
    annotations = rule["annotations"]
    assert annotations["runbook_url"] == f"{RUNBOOKS}/{rule['alert']}.md"
    assert annotations["summary"]
    assert annotations["description"]
    if rule["alert"] != "Watchdog":
        assert annotations["next_step"]
    if rule["labels"]["audience"] in {"crisis-cell", "response-desk"}:
        assert "$labels.brand" in annotations["summary"]
        assert "by (installation, brand)" in rule["expr"]
        assert annotations["terms" if rule["labels"]["audience"] == "crisis-cell" else "open"]


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
        "BadBuzzHoldingAnswerDue": CRITICAL_IF_LATE,
        "BadBuzzUpdateDue": "info",
        "BadBuzzLeaderDue": "warning",
        "BadBuzzComplaintsWaiting": "warning",
        "BadBuzzPromiseBroken": "warning",
        "BadBuzzScheduledPending": CRITICAL_IF_LATE,
        "BadBuzzPromoInCrisis": "warning",
        "BadBuzzModerationInCrisis": "warning",
        "BadBuzzModerationBacklash": "critical",
        "BadBuzzDeletionClaimed": "warning",
        "BadBuzzPostUnderFire": "warning",
        "BadBuzzHotReply": INFO_BY_ITSELF,
        "BadBuzzResolvedDisputed": "warning",
        "BadBuzzContradiction": INFO_BY_ITSELF,
        "BadBuzzWrongNetwork": "warning",
        "BadBuzzOverReply": "info",
        "BadBuzzCannedReplies": INFO_BY_ITSELF,
        "BadBuzzRepliesLate": "warning",
        "BadBuzzReplyObjective": "info",
        "BadBuzzRepliesUnmatched": "warning",
        "BadBuzzNobodyHasIt": CRITICAL_IF_LATE,
        "BadBuzzPromiseOverdue": "warning",
        "BadBuzzPostedInCrisis": "warning",
        "Watchdog": "none",
    }


def test_every_signal_of_the_response_desk_has_an_alert() -> None:
    selected = re.findall(r'badbuzz_desk_signal\{signal=~?"([a-z_|]+)"', " ".join(rule["expr"] for rule in RULES))
    assert sorted(name for names in selected for name in names.split("|")) == sorted(SPANS)


def test_the_rules_query_exported_metrics() -> None:
    exported = {family.name for family in FAMILIES} | {rule["record"] for rule in RULES if "record" in rule}
    for rule in RULES:
        queried = metrics_in(" ".join([rule["expr"], *rule.get("annotations", {}).values()]))
        assert queried <= exported
