"""What the crisis cell can rely on: a notification says how much, where, what is being said and what to do next."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.amtool import amtool
from tests.helpers.monitoring.alert_rules import ALERTS
from tests.helpers.paths import DEPLOY

pytestmark = pytest.mark.usefixtures("tools")

TEMPLATES = DEPLOY / "alertmanager" / "templates"


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
