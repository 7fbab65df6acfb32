"""Take the pictures of docs/console.md from the 3 Suisses reconstruction: `python -m tests.console.screenshots`.

The reconstruction is replayed to the afternoon of the second day, and a made-up cell works on it.
"""

import re
import tempfile
import time
from itertools import takewhile
from pathlib import Path

import msgspec
import requests
from PIL import Image
from playwright.sync_api import sync_playwright

from detectors.negativity import NegativityModel
from streams.console.replay_feed import ReplayFeed
from streams.mentions.message import Message, event_ms
from streams.pipeline import Pipeline
from streams.scenarios.scenario import load_scenario
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.consoles import CHROMIUM, Viewer, console
from tests.helpers.paths import ROOT

UNTIL_MS = 1_339_511_700_000  # 12 June 2012, 16:35 in Paris
COLOURS = 64
DONE = (
    ("Anne", {"kind": "acknowledge"}),
    ("Anne", {"kind": "role", "role": "lead", "person": "Anne"}),
    ("Anne", {"kind": "role", "role": "writer", "person": "Marc"}),
    ("Marc", {"kind": "note", "text": "IT: the code was meant for staff, it is not valid for customers"}),
    ("Marc", {"kind": "hold"}),
    ("Anne", {"kind": "promise", "text": "what happens to the orders", "minutes": "90"}),
)
WINDOWS = {
    "console": {"viewport": {"width": 1280, "height": 1640}, "color_scheme": "light"},
    "console-phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


def main() -> None:
    """Replay, act, and write the pictures."""
    scenario = load_scenario("trois_suisses_2012")
    config = msgspec.structs.replace(
        Config(console=ConsoleSettings(port=0, metrics_port=0)), timezone=str(scenario.zone)
    )
    lines = (Message(scenario.title, i, line.rstrip()) for i, line in enumerate(scenario.mentions()))
    part = takewhile(lambda message: (event_ms(message.value) or 0) < UNTIL_MS, lines)
    feed = ReplayFeed(part, Pipeline(config, NegativityModel.load()), speed=0)
    with console(feed, config) as address, sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        feed.join()
        incident = re.findall('href="(/incident/[^"]*)"', requests.get(address, timeout=60).text)[0]
        for number, (who, form) in enumerate(DONE):
            act = address + incident.replace("/incident/", "/act/")
            headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"badbuzz_name={who}"}
            fields = form | {"id": f"form-{number:04d}", "seen": "99"}
            requests.post(act, fields, headers=headers, timeout=10).raise_for_status()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, window in WINDOWS.items():
            viewer = Viewer(browser, address, **window)
            viewer.context.add_cookies([{"name": "badbuzz_name", "value": "Anne", "url": address}])
            viewer.live(incident)
            time.sleep(0.3)
            taken = Path(folder) / f"{name}.png"
            viewer.page.screenshot(path=taken)
            # Few colours, so that the repository stays small.
            Image.open(taken).quantize(COLOURS).save(ROOT / "docs" / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
