"""What the crisis cell can rely on: who is told what, once, in words that say where, how much and what next."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.prometheus import binary
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"
TEMPLATES = DEPLOY / "alertmanager" / "templates" / "*.tmpl"


def amtool(*arguments: str | Path) -> str:
    done = subprocess.run([binary("amtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def settings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return loaded


def test_the_configuration_and_its_templates_are_valid() -> None:
    assert "SUCCESS" in amtool("check-config", CONFIG)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (
            {"alertname": "BadBuzzCrisis", "severity": "critical", "audience": "crisis-cell", "brand": "Acme"},
            "community-manager,customer-care,spokesperson,direction",
        ),
        (
            {"alertname": "BadBuzzNegativeGrowth", "severity": "warning", "audience": "crisis-cell", "brand": "Acme"},
            "community-manager,customer-care,duty,spokesperson",
        ),
        (
            {"alertname": "BadBuzzFarReachingPost", "severity": "warning", "audience": "crisis-cell", "brand": "Acme"},
            "community-manager,customer-care,duty,spokesperson",
        ),
        (
            {"alertname": "BadBuzzWatch", "severity": "info", "audience": "crisis-cell", "brand": "Acme"},
            "community-manager",
        ),
        ({"alertname": "BadBuzzPipelineStalled", "severity": "critical", "audience": "engineers"}, "engineers"),
        ({"alertname": "BadBuzzSourceSilent", "severity": "warning", "audience": "engineers"}, "engineers"),
        ({"alertname": "Watchdog", "severity": "none", "audience": "engineers"}, "dead-mans-switch"),
        ({"alertname": "SomebodyElses", "severity": "unknown"}, "community-manager"),
    ],
    ids=lambda value: value["alertname"] if isinstance(value, dict) else "",
)
def test_each_alert_reaches_those_who_decide(labels: dict[str, str], receivers: str) -> None:
    told = [f"{name}={value}" for name, value in labels.items()]
    assert amtool("config", "routes", "test", "--config.file", CONFIG, *told).strip() == receivers


def test_every_receiver_of_a_route_is_there_to_be_filled_in() -> None:
    routes = settings()["route"]["routes"]
    assert {route["receiver"] for route in routes} <= {receiver["name"] for receiver in settings()["receivers"]}


def test_critical_silences_warning_and_info_of_the_same_brand_alone() -> None:
    rule = settings()["inhibit_rules"][0]
    assert rule["equal"] == ["brand"]
    assert 'severity=~"warning|info"' in rule["target_matchers"]


def test_a_warning_at_night_goes_to_duty_and_by_day_to_the_office() -> None:
    warned = [route for route in settings()["route"]["routes"] if route["matchers"] == ['severity="warning"']]
    by_hours = {route["receiver"]: route for route in warned}
    assert by_hours["duty"]["mute_time_intervals"] == ["office-hours"]
    for receiver in ("community-manager", "customer-care"):
        assert by_hours[receiver]["active_time_intervals"] == ["office-hours"]


def test_nobody_is_kept_from_a_crisis_by_the_hour() -> None:
    for route in settings()["route"]["routes"]:
        if route["matchers"] == ['severity="critical"']:
            assert not {"mute_time_intervals", "active_time_intervals"} & route.keys()


def rendered(tmp_path: Path, template: str, *alerts: dict[str, Any], status: str = "firing") -> str:
    data = tmp_path / "data.json"
    common = {"receiver": "x", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": ""}
    data.write_text(json.dumps({"status": status, "alerts": alerts, **common}), encoding="utf-8")
    text = f'{{{{ template "{template}" . }}}}'
    return amtool("template", "render", "--template.glob", TEMPLATES, "--template.text", text, "--template.data", data)


def alert(status: str = "firing") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "BadBuzzCrisis", "brand": "Acme"},
        "annotations": {
            "summary": "CRISIS Acme",
            "description": "245 people in 1h, 8.3 expected; 61% on twitter; since 15:31",
            "said": "code, refund",
            "next_step": "Call the cell",
            "dashboard_url": "https://grafana/d/badbuzz-brand",
            "runbook_url": "https://runbooks/BadBuzzCrisis.md",
        },
        "startsAt": "2012-06-11T15:31:00Z",
        "endsAt": "2012-06-12T01:31:00Z",
    }


def test_a_message_says_what_where_since_when_how_much_what_is_said_and_what_next(tmp_path: Path) -> None:
    assert rendered(tmp_path, "badbuzz.text", alert()).strip().splitlines() == [
        "CRISIS Acme",
        "How much, where, since when: 245 people in 1h, 8.3 expected; 61% on twitter; since 15:31",
        "What is being said: code, refund",
        "Next step: Call the cell",
        "Look: https://grafana/d/badbuzz-brand",
        "Runbook: https://runbooks/BadBuzzCrisis.md",
    ]
    assert rendered(tmp_path, "badbuzz.subject", alert()).strip() == "CRISIS Acme"
    assert rendered(tmp_path, "badbuzz.subject", alert(), alert()).strip() == "CRISIS Acme (and 1 more)"


def test_the_end_is_told_as_an_end(tmp_path: Path) -> None:
    over = alert("resolved")
    assert rendered(tmp_path, "badbuzz.subject", over, status="resolved").strip() == "Over: CRISIS Acme"
    assert "Over since 2012-06-12 01:31 UTC" in rendered(tmp_path, "badbuzz.text", over, status="resolved")
