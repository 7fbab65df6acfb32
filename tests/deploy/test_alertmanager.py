"""What the crisis cell can rely on: the right people are notified, once, of where, how much and what to do next."""

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
        (
            {
                "alertname": "BadBuzzIncidentUnwatched",
                "severity": "critical",
                "audience": "crisis-cell",
                "brand": "Acme",
            },
            "community-manager,customer-care,spokesperson,direction",
        ),
        (
            {
                "alertname": "BadBuzzCrisis",
                "severity": "critical",
                "audience": "crisis-cell",
                "installation": "fr-staging",
            },
            "engineers",
        ),
        (
            {
                "alertname": "BadBuzzCrisis",
                "severity": "critical",
                "audience": "crisis-cell",
                "installation": "contest",
            },
            "community-manager,customer-care,spokesperson,direction",
        ),
        ({"alertname": "BadBuzzPipelineStalled", "severity": "critical", "audience": "engineers"}, "engineers"),
        ({"alertname": "BadBuzzSourceSilent", "severity": "warning", "audience": "engineers"}, "engineers"),
        ({"alertname": "Watchdog", "severity": "none", "audience": "engineers"}, "dead-mans-switch"),
        ({"alertname": "SomebodyElses", "severity": "unknown"}, "community-manager"),
    ],
    ids=lambda value: value["alertname"] if isinstance(value, dict) else "",
)
def test_each_alert_reaches_the_people_who_decide(labels: dict[str, str], receivers: str) -> None:
    given = [f"{name}={value}" for name, value in labels.items()]
    assert amtool("config", "routes", "test", "--config.file", CONFIG, *given).strip() == receivers


def test_every_receiver_of_a_route_is_defined() -> None:
    routes = settings()["route"]["routes"]
    assert {route["receiver"] for route in routes} <= {receiver["name"] for receiver in settings()["receivers"]}


def test_critical_inhibits_warning_and_info_of_the_same_brand_alone() -> None:
    rule = settings()["inhibit_rules"][0]
    assert rule["equal"] == ["installation", "brand"]
    assert 'severity=~"warning|info"' in rule["target_matchers"]


def test_an_alert_of_one_installation_never_holds_back_or_joins_those_of_another() -> None:
    assert all("installation" in rule["equal"] for rule in settings()["inhibit_rules"])
    routes = [settings()["route"], *settings()["route"]["routes"]]
    assert all("installation" in route["group_by"] for route in routes if "group_by" in route)


def test_that_nobody_watches_is_told_while_a_crisis_holds_back_lower_alerts() -> None:
    for rule in settings()["inhibit_rules"]:
        assert not any("critical" in matcher for matcher in rule["target_matchers"])
    assert "alertname" in settings()["route"]["group_by"], "a message of its own, with its own subject"


def test_a_warning_at_night_goes_to_duty_and_by_day_to_the_office() -> None:
    warned = [route for route in settings()["route"]["routes"] if route["matchers"] == ['severity="warning"']]
    by_hours = {route["receiver"]: route for route in warned}
    assert by_hours["duty"]["mute_time_intervals"] == ["office-hours"]
    for receiver in ("community-manager", "customer-care"):
        assert by_hours[receiver]["active_time_intervals"] == ["office-hours"]


def test_a_crisis_notifies_at_any_hour() -> None:
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
            "terms": "code, refund",
            "next_step": "Call the cell",
            "dashboard_url": "https://grafana/d/badbuzz-brand",
            "runbook_url": "https://runbooks/BadBuzzCrisis.md",
        },
        "startsAt": "2012-06-11T15:31:00Z",
        "endsAt": "2012-06-12T01:31:00Z",
    }


def test_a_notification_has_figures_spreading_terms_next_step_and_links(tmp_path: Path) -> None:
    assert rendered(tmp_path, "badbuzz.text", alert()).strip().splitlines() == [
        "CRISIS Acme",
        "How much, where, since when: 245 people in 1h, 8.3 expected; 61% on twitter; since 15:31",
        "What is being said: code, refund",
        "Next step: Call the cell",
        "Dashboard: https://grafana/d/badbuzz-brand",
        "Runbook: https://runbooks/BadBuzzCrisis.md",
    ]
    assert rendered(tmp_path, "badbuzz.subject", alert()).strip() == "CRISIS Acme"
    assert rendered(tmp_path, "badbuzz.subject", alert(), alert()).strip() == "CRISIS Acme (and 1 more)"


def test_a_resolved_alert_is_reported_as_resolved(tmp_path: Path) -> None:
    resolved = alert("resolved")
    assert rendered(tmp_path, "badbuzz.subject", resolved, status="resolved").strip() == "Resolved: CRISIS Acme"
    assert "Resolved at 2012-06-12 01:31 UTC" in rendered(tmp_path, "badbuzz.text", resolved, status="resolved")
