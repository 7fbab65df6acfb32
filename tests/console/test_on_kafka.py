"""Consoles on a real broker: people on different consoles see each other, and an action outlives the console."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from streams.console.views.overview import path
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.console.chaos import Chaos
from tests.helpers.console_process import ConsoleProcess, send
from tests.helpers.consoles import Viewer
from tests.helpers.situations import records, situation

SHOWN = situation()
INCIDENT = path(SHOWN.incident)
ACT = INCIDENT.replace("/incident/", "/act/")
SEEN_WITHIN_S = 5.0
"""Far above what is measured (tests/benchmarks/console.py): two busy cores are slow."""


@pytest.fixture
def topics(kafka_settings: KafkaSettings) -> KafkaSettings:
    create(kafka_settings, TopicSettings(rollups_partitions=2, mentions_partitions=1))
    send(kafka_settings, records(SHOWN))
    return kafka_settings


def test_people_on_two_consoles_see_each_other_and_the_same_page(
    topics: KafkaSettings, view: Callable[..., Viewer], tmp_path: Path
) -> None:
    with ConsoleProcess(topics, tmp_path / "1.log") as first, ConsoleProcess(topics, tmp_path / "2.log") as second:
        anne, marc = view(first.address), view(second.address)
        anne.live(INCIDENT)
        page = marc.live(INCIDENT)
        began = time.monotonic()
        anne.page.get_by_role("button", name="I have it").click()
        expect(page.locator("#p-log")).to_contain_text("has it")
        assert time.monotonic() - began < SEEN_WITHIN_S
        for number in range(10):
            where = (first, second)[number % 2]
            assert where.act(ACT, {"kind": "note", "id": f"note-{number:04d}", "text": f"note {number}"}) == 200
        late = {"kind": "acknowledge", "id": "ack-00001", "seen": "0"}
        assert second.act(ACT, late) == 409
        expect(page.locator("#p-log")).to_contain_text("note 9")
        expect(anne.page.locator("#p-log")).to_contain_text("note 9")
        assert _log(first) == _log(second)
        expect(page.locator("#p-health")).to_contain_text("No worker runs the watcher")


def test_every_action_survives_a_killed_console_and_appears_once(kafka_settings: KafkaSettings, tmp_path: Path) -> None:
    chaos = Chaos(kafka_settings, tmp_path, seed=1)
    try:
        for _ in range(2):
            result = chaos.trial()
            assert result.good, result
    finally:
        chaos.close()


def _log(console: ConsoleProcess) -> str:
    text = console.get(INCIDENT)
    assert text is not None
    return re.sub('name="id" value="[^"]*"', "", text.split('id="p-log"')[1])
