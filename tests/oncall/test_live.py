"""What somebody who tries the whole on one machine can rely on: a post that just happened becomes an alert."""

import os
import queue
from typing import TYPE_CHECKING

import pytest

from deploy.local.live import LiveStack
from deploy.local.server import LocalServerError

if TYPE_CHECKING:
    from deploy.local.inbox import Notification

pytestmark = pytest.mark.usefixtures("tools")

PATIENCE_S = 240.0


def test_an_incident_that_happens_now_on_a_live_source_notifies_a_person() -> None:
    notifications: queue.Queue[Notification] = queue.Queue()
    options = {"BADBUZZ_LATENESS_SECONDS": "10"}
    try:
        with LiveStack(quick=True, on_notification=notifications.put, environment=options, catch_up_s=25.0) as stack:
            while True:
                notification = notifications.get(timeout=PATIENCE_S)
                if notification.receiver != "dead-mans-switch":
                    break
            assert "3 Suisses" in notification.title
            assert "https://bsky.app/profile/" in notification.text, "it links to the post"
            assert stack.prometheus.query('badbuzz_source_up{source="bluesky"} == 1'), "collectors are scraped too"
            assert "Traceback" not in stack.collector.log.read_text()
    except LocalServerError as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
