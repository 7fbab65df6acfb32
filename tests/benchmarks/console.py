"""How fast the console is, in a real Chromium and through a real Kafka.

`python -m tests.benchmarks.console`: from one person's click to another's page, on two consoles; first paint; what a
page weighs; the processor time of fifty viewers.
"""

import statistics
import tempfile
import threading
import time
import uuid
from pathlib import Path

import requests
from playwright.sync_api import Browser, Response, sync_playwright

from deploy.local.kafka import LocalKafka
from streams.console.state import SITUATIONS, Record
from streams.console.views.overview import path
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.console_process import ConsoleProcess, send
from tests.helpers.consoles import CHROMIUM, Viewer
from tests.helpers.situations import records, situation

CLICKS = 40
VIEWERS = 50
VIEWED_S = 30.0
SHOWN = situation()
INCIDENT = path(SHOWN.incident)
# Set before the click and after what came: the clock is that of the machine, in milliseconds.
WATCH = """() => new Promise((done) => {
  const log = document.getElementById("p-log");
  new MutationObserver((_, observer) => { observer.disconnect(); done(Date.now()); }).observe(log, {childList: true});
})"""


def clicks(browser: Browser, first: ConsoleProcess, second: ConsoleProcess) -> dict[str, float]:
    """Measure from a click on one console to the page of another."""
    anne, marc = Viewer(browser, first.address), Viewer(browser, second.address)
    anne.live(INCIDENT)
    marc.live(INCIDENT)
    took = []
    for number in range(CLICKS):
        anne.page.get_by_label("Write in the log").fill(f"note {number}")
        marc.page.evaluate(f"() => {{ window.seen = ({WATCH})(); }}")
        button = anne.page.get_by_role("button", name="Note", exact=True)
        began = button.evaluate("(button) => { const now = Date.now(); button.click(); return now; }")
        took.append(marc.page.evaluate("() => window.seen") - began)
    for viewer in (anne, marc):
        viewer.close()
    return {"median": statistics.median(took), "p95": sorted(took)[int(0.95 * len(took))], "most": max(took)}


def paint(browser: Browser, console: ConsoleProcess) -> dict[str, float]:
    """Measure the first paint and the weight of an incident's page."""
    painted = []
    weight = 0
    for _ in range(5):
        viewer = Viewer(browser, console.address)
        answers: list[Response] = []

        def note(answer: Response, answers: list[Response] = answers) -> None:
            answers.append(answer)

        viewer.page.on("response", note)
        viewer.live(INCIDENT)
        viewer.page.wait_for_timeout(200)
        painted.append(viewer.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        weight = sum(len(each.body()) for each in answers if "stream" not in each.url)
        viewer.close()
    return {"paint": statistics.median(painted), "bytes": weight}


def viewers(console: ConsoleProcess, settings: KafkaSettings) -> float:
    """Measure the processor time of the console while fifty streams are open and a new picture comes each second."""
    stopping = threading.Event()

    def read() -> None:
        with requests.get(
            console.address + INCIDENT.replace("/incident/", "/stream/"), stream=True, timeout=60
        ) as answer:
            for _ in answer.iter_lines():
                if stopping.is_set():
                    return

    threads = [threading.Thread(target=read, daemon=True) for _ in range(VIEWERS)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    before, began = console.processor_s(), time.monotonic()
    for number in range(round(VIEWED_S)):
        shown = situation(minute=SHOWN.minute, terms=[*SHOWN.terms[:1]] * (number % 3))
        send(settings, [Record(SITUATIONS, shown.brand.encode(), shown.to_json())])
        time.sleep(max(0.0, began + number + 1 - time.monotonic()))
    used, passed = console.processor_s() - before, time.monotonic() - began
    stopping.set()
    return used / passed


def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder, LocalKafka() as broker, sync_playwright() as playwright:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix=f"bench{uuid.uuid4().hex[:8]}.")
        create(settings, TopicSettings(rollups_partitions=8, mentions_partitions=1))
        send(settings, records(SHOWN))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        logs = Path(folder)
        with (
            ConsoleProcess(settings, logs / "1.log") as first,
            ConsoleProcess(settings, logs / "2.log") as second,
        ):
            seen, painted = clicks(browser, first, second), paint(browser, first)
            browser.close()
            share = viewers(first, settings)
            memory = first.memory_mb()
    rows = (
        ("a click on one console to the page of another, median", f"{seen['median']:.0f} ms"),
        ("the same, 95th percentile; most", f"{seen['p95']:.0f} ms; {seen['most']:.0f} ms"),
        ("first paint of an incident's page, median of 5", f"{painted['paint']:.0f} ms"),
        ("an incident's page with script and style", f"{painted['bytes'] / 1000:.0f} kB"),
        (f"{VIEWERS} viewers, a new picture a second: processor", f"{100 * share:.1f} % of a core"),
        ("resident memory", f"{memory:.0f} MB"),
    )
    print("| measured | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
