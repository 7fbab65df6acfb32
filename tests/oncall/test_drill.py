"""What a crisis cell that practises can rely on: the whole chain is real, all of it says EXERCISE, and it is timed."""

import os
import queue
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests

from deploy.local.drill import DrillStack
from deploy.local.inbox import Notification
from deploy.local.server import LocalServerError
from streams.console.views.overview import path
from tests.helpers.console_process import SAME

pytestmark = pytest.mark.usefixtures("tools")

PATIENCE_S = 240.0
BEGIN = "2012-06-11T23:55:00Z"
"""Ten seconds before the warning, with a lateness of ten."""


def test_a_drill_alerts_people_of_an_exercise_and_ends_with_how_long_they_took(tmp_path: Path) -> None:
    notifications: queue.Queue[Notification] = queue.Queue()
    options = {"BADBUZZ_LATENESS_SECONDS": "10"}
    output = tmp_path / "output"
    try:
        with (
            DrillStack(quick=True, on_notification=notifications.put, environment=options) as stack,
            output.open("w", encoding="utf-8") as lines,
        ):
            arguments = ("--begin", BEGIN, "--minutes", "8", "--report", str(tmp_path / "report"))
            with stack.drill(*arguments, output=lines) as drill:
                assert _first_alert(notifications).title.count("EXERCISE 3 Suisses")
                _answer(stack.console.url)
                assert drill.wait(PATIENCE_S) == 0
            _check(output.read_text(encoding="utf-8"), tmp_path / "report")
    except LocalServerError as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


def _first_alert(notifications: queue.Queue[Notification]) -> Notification:
    while True:
        notification = notifications.get(timeout=PATIENCE_S)
        if "3 Suisses" in notification.title:
            return notification


def _answer(console: str) -> None:
    """Do on the console what is due, as a person would."""
    page = requests.get(console, timeout=10).text
    incident = re.search(r'href="/incident/([^"]+)"', page)
    assert incident, "the exercise is on the console's first page"
    assert "EXERCISE" in page
    requests.get(console + path(unquote(incident[1])), timeout=10).raise_for_status()
    for number, form in enumerate(
        (
            {"kind": "acknowledge"},
            {"kind": "statement", "text": "We know that the code does not work and will say more at noon."},
            {"kind": "hold"},
        )
    ):
        fields = form | {"id": f"drill-{number:04d}", "seen": "99"}
        answer = requests.post(f"{console}/act/{incident[1]}", fields, headers=SAME, timeout=10)
        assert answer.status_code == 200, answer.text


def _check(output: str, folder: Path) -> None:
    ended = output.partition("EXERCISE ended")[2]
    for step in ("somebody had it", "holding answer", "posts held"):
        assert re.search(rf"{step} +-?\d+\.\d \(.+\)", ended), output
    (report,) = folder.glob("*.md")
    text = report.read_text(encoding="utf-8")
    assert "**EXERCISE: nothing of this happened.**" in text
    assert "will say more at noon" in text, "what people logged is in the report"
