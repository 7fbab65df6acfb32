"""The console's metrics: what people owe is scraped beside the page, and ends with what they do."""

import requests

from streams.console.local_feed import LocalFeed
from streams.console.state import Record
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.cluster import wait_until
from tests.helpers.console_process import free_port
from tests.helpers.consoles import console
from tests.helpers.situations import action, records, situation

SHOWN = situation()


def test_what_nobody_has_done_is_exported_until_somebody_does_it() -> None:
    port = free_port()
    feed = LocalFeed(records(SHOWN))
    config = Config(installation="fr", console=ConsoleSettings(port=0, metrics_port=port))
    with console(feed, config):

        def value(name: str) -> float:
            text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
            lines = [line for line in text.splitlines() if line.startswith(name + "{")]
            assert len(lines) == 1, lines
            assert 'brand="3 Suisses"' in lines[0]
            assert 'installation="fr"' in lines[0]
            return float(lines[0].rpartition(" ")[2])

        assert value("badbuzz_desk_actions_unacknowledged_seconds") > 30 * 60
        for number, kind in enumerate(("acknowledge", "statement")):
            done = action(SHOWN, number, kind, **({"text": "we know"} if kind == "statement" else {}))
            feed.deliver([Record("desk", b"", done.to_json())])
        wait_until(lambda: value("badbuzz_desk_actions_unacknowledged_seconds") == 0, lambda: "")
        wait_until(lambda: value("badbuzz_desk_actions_statement_sent") == 1, lambda: "")
        assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).status_code == 200
