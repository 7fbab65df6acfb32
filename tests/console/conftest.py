"""Fixtures of the console's tests: a real Chromium."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.helpers.consoles import CHROMIUM, Viewer


# For a module, not the session: while Playwright runs, no other test could run an event loop on this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "no Chromium to test in: run deploy/local/install-chromium.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Without a sandbox: tests run as root in containers, and load nothing but the console.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def view(browser: Browser) -> Iterator[Callable[..., Viewer]]:
    """Open windows on a console; each must have complained about nothing, unless the test empties `complaints`."""
    viewers: list[Viewer] = []

    def opened(address: str, **context: Any) -> Viewer:
        viewers.append(Viewer(browser, address, **context))
        return viewers[-1]

    yield opened
    complaints = [said for viewer in viewers for said in viewer.complaints]
    for viewer in viewers:
        viewer.close()
    assert not complaints
