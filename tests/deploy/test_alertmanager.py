"""What the crisis cell can rely on: the right people are notified, once, of where, how much and what to do next."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from deploy.local.configuration import local_alertmanager
from deploy.local.prometheus import LocalAlertmanager
from tests.deploy.amtool import amtool
from tests.helpers.monitoring.alert_rules import ALERTS
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"


def settings() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return loaded


def test_the_configuration_and_its_templates_are_valid() -> None:
    assert "SUCCESS" in amtool("check-config", CONFIG)


DAY_AND_NIGHT = "spokesperson,customer-care,community-manager"
ANSWERING = [
    ("BadBuzzHoldingAnswerDue", "critical", DAY_AND_NIGHT),
    ("BadBuzzScheduledPending", "critical", DAY_AND_NIGHT),
    ("BadBuzzModerationBacklash", "critical", DAY_AND_NIGHT),
    ("BadBuzzNobodyHasIt", "critical", f"direction,{DAY_AND_NIGHT}"),
    ("BadBuzzNobodyHasIt", "warning", "duty,customer-care,community-manager"),
    ("BadBuzzPromiseOverdue", "warning", "duty,customer-care,community-manager"),
    ("BadBuzzPostedInCrisis", "warning", "duty,community-manager"),
    ("BadBuzzHoldingAnswerDue", "warning", "duty,spokesperson,customer-care,community-manager"),
    *(
        (f"BadBuzz{name}", "warning", "duty,spokesperson,community-manager")
        for name in ("PostUnderFire", "HotReply", "ResolvedDisputed", "Contradiction", "WrongNetwork")
    ),
    ("BadBuzzLeaderDue", "warning", "duty,direction,community-manager"),
    *(
        (f"BadBuzz{name}", "warning", "duty,customer-care")
        for name in ("ComplaintsWaiting", "PromiseBroken", "RepliesLate", "CannedReplies")
    ),
    *(
        (f"BadBuzz{name}", "warning", "duty,community-manager")
        for name in ("ScheduledPending", "PromoInCrisis", "ModerationInCrisis", "DeletionClaimed")
    ),
    *((f"BadBuzz{name}", "info", "customer-care") for name in ("OverReply", "CannedReplies", "ReplyObjective")),
    *((f"BadBuzz{name}", "info", "community-manager") for name in ("UpdateDue", "HotReply", "Contradiction")),
]
"""Alerts on how a brand answers, their severity, and who can do something about it."""


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
        *(
            ({"alertname": name, "severity": severity, "audience": "response-desk", "brand": "Acme"}, receivers)
            for name, severity, receivers in ANSWERING
        ),
        (
            {
                "alertname": "BadBuzzHoldingAnswerDue",
                "severity": "critical",
                "audience": "response-desk",
                "installation": "fr-staging",
            },
            "engineers",
        ),
        ({"alertname": "BadBuzzRepliesUnmatched", "severity": "warning", "audience": "engineers"}, "engineers"),
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
    nested = [child for route in routes for child in route.get("routes", ())]
    named = {route["receiver"] for route in [*routes, *nested]}
    assert named <= {receiver["name"] for receiver in settings()["receivers"]}


def test_every_alert_on_an_answer_has_a_tested_route() -> None:
    named = {rule["alert"] for rule in ALERTS if rule["labels"]["audience"] == "response-desk"}
    assert {name for name, _, _ in ANSWERING} == named


def test_how_a_brand_answers_is_routed_before_the_severities_as_one_message_a_brand() -> None:
    routes = settings()["route"]["routes"]
    (desk,) = [number for number, route in enumerate(routes) if route["matchers"] == ['audience="response-desk"']]
    assert desk < min(number for number, route in enumerate(routes) if "severity" in route["matchers"][0])
    assert routes[desk]["group_by"] == ["installation", "brand"]
    assert (routes[desk]["group_wait"], routes[desk]["group_interval"]) == ("30s", "5m")
    for child in routes[desk]["routes"]:
        if child.get("matchers") == ['severity="critical"']:
            assert not {"mute_time_intervals", "active_time_intervals"} & child.keys()


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


@pytest.fixture(scope="module")
def in_crisis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """The status of each alert in a real Alertmanager in which a crisis and every alert on an answer fire."""
    config = local_alertmanager(tmp_path_factory.mktemp("alertmanager"), "http://127.0.0.1:1")
    crisis = {"alertname": "BadBuzzCrisis", "severity": "critical", "audience": "crisis-cell"}
    watch = {"alertname": "BadBuzzWatch", "severity": "info", "audience": "crisis-cell"}
    answering = [
        {"alertname": name, "severity": severity, "audience": "response-desk"} for name, severity, _ in ANSWERING
    ]
    common = {"brand": "Acme", "installation": "prod"}
    body = json.dumps([{"labels": labels | common} for labels in (crisis, watch, *answering)]).encode()
    with LocalAlertmanager(config) as running:
        request = urllib.request.Request(  # noqa: S310  our own loopback server
            f"{running.url}/api/v2/alerts", body, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
        while len(found := running.alerts()) < 2 + len(answering) or any(
            one["status"]["state"] == "unprocessed" for one in found
        ):
            running.check()
        yield {f"{one['labels']['alertname']} {one['labels']['severity']}": one["status"] for one in found}


def test_a_crisis_holds_back_its_watch_but_no_alert_on_how_it_is_answered(in_crisis: dict[str, dict[str, Any]]) -> None:
    suppressed = {name for name, status in in_crisis.items() if status["state"] == "suppressed"}
    due_later = {"BadBuzzUpdateDue info", "BadBuzzWrongNetwork warning"}
    assert suppressed == {"BadBuzzWatch info", *due_later}, "before a first word nothing is to be updated or repeated"


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
