"""A replay on the page: the console offline, by the same code, with the record's times."""

import re

import pytest
import requests

from detectors.negativity import NegativityModel
from streams.console.replay_feed import ReplayFeed
from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.cluster import wait_until
from tests.helpers.consoles import console
from tests.helpers.records import crisis


@pytest.fixture(scope="module")
def replayed() -> ReplayFeed:
    messages = (Message("record", i, line) for i, line in enumerate(crisis()))
    return ReplayFeed(messages, Pipeline(Config(), NegativityModel.load()), speed=0)


def test_a_record_is_shown_to_its_end_and_people_can_act_in_it(replayed: ReplayFeed) -> None:
    config = Config(console=ConsoleSettings(port=0, metrics_port=0))
    with console(replayed, config) as address:

        def page() -> str:
            return requests.get(address, timeout=10).text

        wait_until(lambda: "/incident/" in page(), page)
        assert "REPLAY" in page()
        incident = re.findall('href="(/incident/[^"]*)"', page())[0]
        act = address + incident.replace("/incident/", "/act/")
        form = {"kind": "mute", "why": "a drill", "hours": "1", "id": "form-0001", "seen": "0"}
        assert requests.post(act, form, headers={"Sec-Fetch-Site": "same-origin"}, timeout=10).status_code == 200
        text = requests.get(address + incident, timeout=10).text
        assert "muted the alerts until" in text
        assert "What we said" in text
        assert "Nothing new since" not in text
