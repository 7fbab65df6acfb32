"""What the crisis cell can rely on: the right people are notified, once, of where, how much and what to do next."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.configuration import local_alertmanager
from deploy.local.prometheus import LocalAlertmanager, binary
from tests.helpers.alert_rules import ALERTS
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"
TEMPLATES = DEPLOY / "alertmanager" / "templates"


def amtool(*arguments: str | Path) -> str:
    done = subprocess.run([binary("amtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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


def rendered(
    tmp_path: Path, template: str, *alerts: dict[str, Any], status: str = "firing", file: str = "badbuzz.tmpl"
) -> str:
    data = tmp_path / "data.json"
    common = {"receiver": "x", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": ""}
    data.write_text(json.dumps({"status": status, "alerts": alerts, **common}), encoding="utf-8")
    text = f'{{{{ template "{template}" . }}}}'
    return amtool(
        "template", "render", "--template.glob", TEMPLATES / file, "--template.text", text, "--template.data", data
    )


def alert(status: str = "firing") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "BadBuzzCrisis", "brand": "Acme"},
        "annotations": {
            "summary": "CRISIS Acme",
            "description": "245 people negative in 1 h; since 15:31 CEST",
            "terms": "code, refund",
            "post_1": "@jane, twitter (1,250,000): “It burns” https://t.example/1",
            "post_2": "a private account, forum: “Mine too”",
            "reach": "1.25M",
            "copies": "-",
            "next_step": "Call the cell",
            "dashboard_url": "https://grafana/d/badbuzz-brand",
            "runbook_url": "https://runbooks/BadBuzzCrisis.md",
        },
        "startsAt": "2012-06-11T15:31:00Z",
        "endsAt": "2012-06-12T01:31:00Z",
    }


def test_a_notification_has_figures_terms_quotations_next_step_and_links_and_does_not_repeat_its_title(
    tmp_path: Path,
) -> None:
    assert rendered(tmp_path, "badbuzz.text", alert()).strip().splitlines() == [
        "How much, where, since when: 245 people negative in 1 h; since 15:31 CEST",
        "People reached by one post: 1.25M",
        "What is being said: code, refund",
        "@jane, twitter (1,250,000): “It burns” https://t.example/1",
        "a private account, forum: “Mine too”",
        "Next step: Call the cell",
        "Dashboard: https://grafana/d/badbuzz-brand",
        "Runbook: https://runbooks/BadBuzzCrisis.md",
    ]
    assert rendered(tmp_path, "badbuzz.subject", alert()).strip() == "CRISIS Acme"
    assert rendered(tmp_path, "badbuzz.subject", alert(), alert()).strip() == "CRISIS Acme (and 1 more)"
    assert rendered(tmp_path, "badbuzz.text", alert(), alert()).count("CRISIS Acme") == 1, "the title of the second"


def test_a_resolved_alert_says_what_was(tmp_path: Path) -> None:
    resolved = alert("resolved")
    assert rendered(tmp_path, "badbuzz.subject", resolved, status="resolved").strip() == "Over: Acme was in crisis"
    text = rendered(tmp_path, "badbuzz.text", resolved, status="resolved")
    assert text.startswith("It ended at 2012-06-12 01:31 UTC.")
    assert "CRISIS" not in text
    assert "Over: Acme was in crisis\nIt ended at" in rendered(tmp_path, "badbuzz.text", alert(), resolved)


@pytest.mark.parametrize("name", [rule["alert"] for rule in ALERTS if rule["labels"]["audience"] != "engineers"])
@pytest.mark.parametrize(("file", "over"), [("badbuzz.tmpl", "Over: "), ("badbuzz.fr.tmpl", "Fin : ")])
def test_the_end_of_every_alert_of_the_crisis_cell_has_words_of_its_own(
    tmp_path: Path, name: str, file: str, over: str
) -> None:
    resolved = alert("resolved")
    resolved["labels"]["alertname"] = name
    subject = rendered(tmp_path, "badbuzz.subject", resolved, status="resolved", file=file).strip()
    assert subject.startswith(over)
    assert "Acme" in subject


@pytest.mark.parametrize("rule", [rule for rule in ALERTS if rule["labels"]["audience"] != "engineers"])
def test_the_title_and_next_step_of_every_alert_are_translated(tmp_path: Path, rule: dict[str, Any]) -> None:
    firing = alert()
    firing["labels"]["alertname"] = rule["alert"]
    firing["annotations"] |= {"summary": "ENGLISH", "next_step": "ENGLISH"}
    for template in ("badbuzz.subject", "badbuzz.text"):
        assert "ENGLISH" not in rendered(tmp_path, template, firing, file="badbuzz.fr.tmpl")


def test_an_alert_on_an_answer_says_who_waits_and_what_to_do(tmp_path: Path) -> None:
    due = alert()
    due["labels"] |= {"alertname": "BadBuzzHoldingAnswerDue", "audience": "response-desk"}
    due["annotations"] = {
        "summary": "Acme: nothing said yet",
        "description": "The case began at six.",
        "open": "18",
        "overdue": "10",
        "next_step": "Say one sentence.",
    }
    assert rendered(tmp_path, "badbuzz.text", due).strip().splitlines() == [
        "What it means: The case began at six.",
        "Customers who wait for an answer: 18, 10 of them too long",
        "Next step: Say one sentence.",
    ]
    french = rendered(tmp_path, "badbuzz.text", due, file="badbuzz.fr.tmpl").strip().splitlines()
    assert french[0] == "Clients qui attendent une réponse : 18, dont 10 depuis trop longtemps"
    assert french[1].startswith("À faire : Dites une phrase")


def test_a_french_notification_is_french_throughout(tmp_path: Path) -> None:
    def french(template: str, *alerts: dict[str, Any], status: str = "firing") -> str:
        return rendered(tmp_path, template, *alerts, status=status, file="badbuzz.fr.tmpl").strip()

    assert french("badbuzz.subject", alert()) == "CRISE Acme : beaucoup de personnes sont négatives, et cela dure"
    lines = french("badbuzz.text", alert()).splitlines()
    assert [line.partition(" : ")[0] for line in lines if " : " in line] == [
        "Combien, où, depuis quand",
        "Personnes touchées par une publication",
        "Ce qui se dit",
        "À faire",
        "Tableau de bord",
        "Consignes",
    ]
    assert "Appelez la cellule de crise" in "".join(lines)
    resolved = alert("resolved")
    assert french("badbuzz.subject", resolved, status="resolved") == "Fin : Acme était en crise"
    assert french("badbuzz.text", resolved, status="resolved").startswith("Terminé le 12/06/2012 01:31 UTC.")


def test_that_nobody_watches_is_told_in_words_of_its_own(tmp_path: Path) -> None:
    unwatched = alert()
    unwatched["labels"]["alertname"] = "BadBuzzIncidentUnwatched"
    unwatched["annotations"] = {
        "summary": "Acme: nobody is watching",
        "description": "It goes on.",
        "next_step": "Watch.",
    }
    text = rendered(tmp_path, "badbuzz.text", unwatched).strip()
    assert text.splitlines() == ["What it means: It goes on.", "Next step: Watch."]
    subject = rendered(tmp_path, "badbuzz.subject", unwatched, file="badbuzz.fr.tmpl").strip()
    assert subject == "Acme : personne ne surveille alors que son incident est ouvert"
    text = rendered(tmp_path, "badbuzz.text", unwatched, file="badbuzz.fr.tmpl").strip()
    assert [line.partition(" : ")[0] for line in text.splitlines()] == ["Ce que cela signifie", "À faire"]
    assert "It goes on" not in text
    assert "Watch." not in text
