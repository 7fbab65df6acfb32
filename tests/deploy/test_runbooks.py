"""What a person woken by an alert can rely on: a runbook for it, in a fixed form, that agrees with the settings."""

import json
import re

import pytest

from dashboards.build import BOARDS, build
from detectors.settings import DetectorSettings
from streams.desk_log.overdue import ACKNOWLEDGE_WITHIN_MS
from streams.event_time import MINUTE_MS
from streams.response.case.wrong_network import FOLLOW_MINUTES
from streams.response.conduct import promo_in_case
from streams.settings.desk import DeskSettings
from tests.helpers.monitoring.alert_rules import ALERT_NAMES, ALERTS
from tests.helpers.paths import DEPLOY, ROOT

RUNBOOKS = DEPLOY / "runbooks"
SETTINGS = DetectorSettings()
DESK = DeskSettings()
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
    "twenty": 20,
    "fifty thousand": 50_000,
}


def runbook(name: str) -> str:
    """A runbook with its lines joined."""
    return " ".join((RUNBOOKS / f"{name}.md").read_text(encoding="utf-8").split())


def test_every_alert_has_one_runbook_and_there_is_no_other() -> None:
    assert sorted(path.stem for path in RUNBOOKS.glob("*.md") if path.stem != "README") == sorted(ALERT_NAMES)


@pytest.mark.parametrize("name", ALERT_NAMES)
def test_a_runbook_answers_the_questions_of_three_in_the_morning(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
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
        assert (RUNBOOKS / link).exists()


@pytest.mark.parametrize("name", ALERT_NAMES)
def test_the_panels_that_a_runbook_names_exist(name: str) -> None:
    titles = [panel["title"].lower() for board in build().values() for panel in json.loads(board)["panels"]]
    section = runbook(name).partition("## What to look at ")[2].partition(" ## ")[0]
    for panel in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", section):
        assert any(title.startswith(panel.lower()) for title in titles), panel


@pytest.mark.parametrize("name", [rule["alert"] for rule in ALERTS if rule["labels"]["audience"] == "response-desk"])
def test_a_runbook_of_an_answer_begins_with_what_to_do(name: str) -> None:
    assert re.match(rf"# {name} \*\*[A-Z][^*]+[.!]\*\* ## What it means", runbook(name))


@pytest.mark.parametrize("name", ["BadBuzzNegativeGrowth", "BadBuzzFarReachingPost", "BadBuzzCrisis"])
def test_a_runbook_of_a_crisis_names_what_never_to_do_and_the_five_ps(name: str) -> None:
    text = runbook(name).lower()
    for word in ("verify", "holding answer", "scheduled", "delete", "block"):
        assert word in text
    for word in ("apologise", "counter", "admit", "repair", "compensate"):
        assert word in text


@pytest.mark.parametrize(
    ("name", "sentence", "expected"),
    [
        ("BadBuzzWatch", r"closes by itself after (\w+) quiet hours", SETTINGS.quiet_hold / 60),
        ("BadBuzzNegativeGrowth", r"closes by itself after (\w+) quiet hours", SETTINGS.quiet_hold / 60),
        ("BadBuzzFarReachingPost", r"closes by itself after (\w+) quiet hours", SETTINGS.quiet_hold / 60),
        ("BadBuzzCrisis", r"closes by itself after (\w+) quiet hours", SETTINGS.quiet_hold / 60),
        ("BadBuzzCrisis", r"For (\d+) hours after it closed", SETTINGS.aftermath_hours),
        ("BadBuzzCrisis", r"at least (\w+) people within six hours", SETTINGS.critical_authors),
        ("BadBuzzCrisis", r"holding for (\d+) minutes", SETTINGS.critical_hold),
        ("BadBuzzCoordinatedFlood", r"closes by itself after (\w+) quiet hours", SETTINGS.quiet_hold / 60),
        ("BadBuzzCoordinatedFlood", r"At least (\w+) accounts", SETTINGS.copies_least),
        ("BadBuzzNegativeGrowth", r"At least (\w+) people", SETTINGS.warning_authors),
        ("BadBuzzWatch", r"At least (\w+) people", SETTINGS.watch_authors),
        ("BadBuzzFarReachingPost", r"at least (fifty thousand) people", SETTINGS.reach_least),
        ("BadBuzzNobodyHasIt", r"a warning (\w+) minutes ago", ACKNOWLEDGE_WITHIN_MS / MINUTE_MS),
        ("BadBuzzHoldingAnswerDue", r"a warning (\d+) minutes ago", DESK.holding_warning_minutes),
        ("BadBuzzHoldingAnswerDue", r"critical (\d+) minutes ago", DESK.holding_critical_minutes),
        ("BadBuzzHoldingAnswerDue", r"it is (\d+) minutes overdue", DESK.holding_grace_minutes),
        ("BadBuzzHoldingAnswerDue", r"or after (\d+) hours", DESK.case_hours),
        ("BadBuzzUpdateDue", r"than (\d+) minutes", DESK.update_minutes),
        ("BadBuzzLeaderDue", r"more than (\d+) hours ago", DESK.leader_hours),
        ("BadBuzzComplaintsWaiting", r"at least (\w+) customers", DESK.overdue_least),
        ("BadBuzzComplaintsWaiting", r"`desk.reply_within_minutes`, (\d+)", DESK.reply_within_minutes),
        ("BadBuzzRepliesLate", r"\((\d+) % within", 100 * DESK.reply_objective),
        ("BadBuzzPromiseBroken", r"within (\d+) minutes of it", DESK.promise_grace_minutes),
        ("BadBuzzPromiseBroken", r"at least (\w+) people", DESK.clue_authors),
        ("BadBuzzPromoInCrisis", r"lasts (\d+) minutes", promo_in_case.HOLD),
        ("BadBuzzModerationBacklash", r"Within (\d+) minutes", DESK.backlash_minutes),
        ("BadBuzzModerationBacklash", r"at least (\w+) different people", DESK.backlash_least),
        ("BadBuzzModerationBacklash", r"at least (\w+) times", DESK.backlash_factor),
        ("BadBuzzDeletionClaimed", r"At least (\w+) different people", DESK.clue_authors),
        ("BadBuzzPostUnderFire", r"at least (\w+) different people", DESK.fire_authors),
        ("BadBuzzPostUnderFire", r"at least (\d+) % of them", 100 * DESK.fire_share),
        ("BadBuzzResolvedDisputed", r"at least (\w+) different people", DESK.dispute_authors),
        ("BadBuzzWrongNetwork", r"(\d+) minutes have passed", FOLLOW_MINUTES),
        ("BadBuzzOverReply", r"more than (\w+) public replies", DESK.replies_per_customer),
        ("BadBuzzOverReply", r"more than (\d+) % of an hour", 100 * DESK.excess_share),
        ("BadBuzzCannedReplies", r"at least (\w+), begin", DESK.canned_least),
    ],
)
def test_a_runbook_names_the_default_thresholds(name: str, sentence: str, expected: float) -> None:
    stated = re.search(sentence, runbook(name))
    assert stated, f"{name} does not say: {sentence}"
    assert float(NUMBERS.get(stated[1], stated[1])) == expected


def test_the_readme_names_the_default_quiet_time() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    stated = re.search(r"closes [^.]*?(\w+) (?:quiet )?hours", text)
    assert stated
    assert NUMBERS[stated[1]] == SETTINGS.quiet_hold / 60
