"""What a direction that is sent situation reports can rely on: when one comes, and what it says."""

from streams.desk_log.fold import DeskState
from streams.event_time import HOUR_MS
from streams.reports.situation_report import due_hours, situation_report
from streams.settings.config import Config
from tests.helpers.desk_actions import INCIDENT, START, action, picture

ALERTED_MS = round(START.timestamp() * 1000)
HOURS = [1.0, 2.0, 24.0]


def due(hours: float, *done: str) -> list[float]:
    state = DeskState(INCIDENT, tuple(action(kind, 5, why="a joke") for kind in done))
    return due_hours(picture(), state, HOURS, ALERTED_MS + round(hours * HOUR_MS))


def test_a_report_is_due_from_its_hour_after_the_first_alert_for_an_hour() -> None:
    assert [due(at) for at in (0, 0.99, 1, 1.99, 2, 2.99, 3, 24, 25)] == [
        [],
        [],
        [1.0],
        [1.0],
        [2.0],
        [2.0],
        [],
        [24.0],
        [],
    ]


def test_no_report_is_due_of_what_was_never_alerted_or_was_a_false_alarm() -> None:
    assert due_hours(picture(warned_at=None), DeskState(INCIDENT), HOURS, ALERTED_MS + HOUR_MS) == []
    assert due(1, "false_alarm") == []


def test_a_report_says_how_much_what_was_said_who_has_it_and_what_is_overdue() -> None:
    state = DeskState(INCIDENT, (action("statement", 20, text="We know."),))
    text = situation_report(picture(), state, 1.0, Config(timezone="Europe/Paris"))
    assert text.splitlines() == [
        "Acme: situation 1 h after the first alert",
        "warning since Sat 2024-03-09 10:00 CET. In the last hour 80 negative mentions of 90, 2 the hour before; "
        "79 negative people in six hours.",
        "Said on the matter: Sat 2024-03-09 10:25 CET, anne.",
        "Has it: nobody.",
        "Overdue: somebody has it.",
    ]


def test_a_report_is_in_the_configured_language_and_its_texts_are_inert() -> None:
    state = DeskState(INCIDENT, (action("acknowledge", 2, who="<b>Anne</b>"),))
    text = situation_report(picture(), state, 2.0, Config(language="fr"))
    assert text.startswith("Acme : situation 2 h après la première alerte\n")
    assert "S'en charge : ‹b›Anne‹/b›." in text
