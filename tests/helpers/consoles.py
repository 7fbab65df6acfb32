"""A console in this process, on a thread of its own; and pages of it in a real Chromium."""

import asyncio
import contextlib
import shutil
import threading
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from streams.console.feed import Feed
from streams.console.process import serving
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
TIMEOUT_S = 15.0


@contextlib.contextmanager
def console(feed: Feed, config: Config | None = None) -> Iterator[str]:
    """Serve a console on any free port; yield its address."""
    config = config or Config(console=ConsoleSettings(port=0, metrics_port=0))
    loop = asyncio.new_event_loop()
    address: list[str] = []
    failures: list[BaseException] = []
    started, stopping = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with serving(config, feed) as where:
            address.append(where)
            started.set()
            await stopping.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:  # raised in the test
            failures.append(error)
        finally:
            started.set()
            loop.close()

    thread = threading.Thread(target=run, name="console")
    thread.start()
    try:
        assert started.wait(TIMEOUT_S)
        if failures:
            raise failures[0]
        yield address[0]
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(stopping.set)
        thread.join(TIMEOUT_S)
    assert not thread.is_alive(), "the console did not end"


class Viewer:
    """A person's browser window: a page, and everything its console complained about."""

    def __init__(self, browser: Browser, address: str, **context: Any) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(**context)
        self.context.set_default_timeout(TIMEOUT_S * 1000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> Page:
        """Open a page of the console, live where scripts run."""
        self.page.goto(self.address + path)
        return self.page

    def live(self, path: str) -> Page:
        """Open a page and wait until it is live."""
        self.open(path)
        self.page.locator("#link", has_text="live").wait_for()
        return self.page

    def close(self) -> None:
        self.context.close()
