"""What a person woken by an alert can rely on: it was tested, it says what it must, and a runbook stands behind it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.build import BOARDS
from dashboards.defaults import RUNBOOKS
from deploy.local.prometheus import binary
from streams.metrics.families import FAMILIES
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

PROMETHEUS = DEPLOY / "prometheus"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "badbuzz.rules.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
NAMES = [rule["alert"] for rule in ALERTS]
UNIT_TESTS: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "badbuzz.rules.test.yml").read_text(encoding="utf-8"))[
    "tests"
]
RUNBOOK_DIR = DEPLOY / "runbooks"
_METRIC = re.compile(r"\bbadbuzz_[a-z_]+")


def metrics_in(text: str) -> set[str]:
    """The metrics of badbuzz that a text names."""
    return {name.removesuffix("_bucket") for name in _METRIC.findall(text)}


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run([binary("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_and_the_configuration_are_valid() -> None:
    promtool("check", "config", PROMETHEUS / "prometheus.yml")


def test_every_alert_fires_stays_quiet_and_resolves_as_its_unit_tests_say() -> None:
    promtool("test", "rules", PROMETHEUS / "badbuzz.rules.test.yml")


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_has_a_unit_test_that_sees_it_fire_and_one_that_sees_it_quiet(name: str) -> None:
    cases = [case for test in UNIT_TESTS for case in test["alert_rule_test"] if case["alertname"] == name]
    firing = [bool(case["exp_alerts"]) for case in cases]
    assert any(firing)
    if name != "Watchdog":
        assert not firing[0], "quiet before it fires"
        assert not firing[-1] or False in firing[firing.index(True) :], "resolves after it fired"


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_every_alert_says_what_happened_what_to_do_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning", "info", "none"}
    assert rule["labels"]["audience"] in {"crisis-cell", "engineers"}
    said = rule["annotations"]
    assert said["runbook_url"] == f"{RUNBOOKS}/{rule['alert']}.md"
    assert said["summary"]
    assert said["description"]
    if rule["alert"] != "Watchdog":
        assert said["next_step"]
    if rule["labels"]["audience"] == "crisis-cell":
        assert "$labels.brand" in said["summary"]
        assert "by (brand)" in rule["expr"]
        assert said["terms"]


def test_the_alerts_are_those_people_know() -> None:
    assert dict(zip(NAMES, (rule["labels"]["severity"] for rule in ALERTS), strict=True)) == {
        "BadBuzzWatch": "info",
        "BadBuzzNegativeGrowth": "warning",
        "BadBuzzFarReachingPost": "warning",
        "BadBuzzCrisis": "critical",
        "BadBuzzCoordinatedFlood": "info",
        "BadBuzzSourceSilent": "warning",
        "BadBuzzPipelineStalled": "critical",
        "BadBuzzLagging": "warning",
        "BadBuzzDeadLetters": "warning",
        "Watchdog": "none",
    }


def test_the_rules_ask_for_metrics_that_are_served() -> None:
    served = {family.name for family in FAMILIES}
    for rule in RULES:
        asked = metrics_in(rule["expr"] + " ".join(rule.get("annotations", {}).values()))
        assert asked <= served


def test_there_is_one_runbook_an_alert_and_no_other() -> None:
    assert sorted(path.stem for path in RUNBOOK_DIR.glob("*.md") if path.stem != "README") == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_runbook_answers_what_is_asked_at_three_in_the_morning(name: str) -> None:
    text = (RUNBOOK_DIR / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == [
        "What it means",
        "The first five minutes",
        "Who decides",
        "What to look at",
        "How to close it",
        "Afterwards",
    ]
    for address in re.findall(r"https://grafana\.example\.org/d/([a-z-]+)", text):
        assert address in {board().build().uid for board in BOARDS.values()}
    assert "https://grafana.example.org/d/badbuzz-" in text
    for link in re.findall(r"\]\(([A-Za-z]+\.md)\)", text):
        assert (RUNBOOK_DIR / link).exists()


@pytest.mark.parametrize("name", ["BadBuzzNegativeGrowth", "BadBuzzFarReachingPost", "BadBuzzCrisis"])
def test_a_runbook_of_a_crisis_names_what_never_to_do_and_the_five_ps(name: str) -> None:
    text = (RUNBOOK_DIR / f"{name}.md").read_text(encoding="utf-8").lower()
    for word in ("verify", "holding answer", "scheduled", "delete", "block"):
        assert word in text
    for word in ("apologise", "counter", "admit", "repair", "compensate"):
        assert word in text
