"""The console's process: serves the page until SIGTERM or Ctrl-C, or until its records no longer come."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from streams.console.app import ConsoleApp
from streams.console.console_metrics import metrics_served
from streams.console.feed import Feed
from streams.console.situation_reports import SituationReports
from streams.console.state import ConsoleState
from streams.errors import BadBuzzError, ConfigError, WorkerError
from streams.settings.config import Config

logger = logging.getLogger(__name__)

CHECK_S = 0.5
SHUTDOWN_S = 1.0
MAX_WAITING = 256


def run_console(config: Config, feed: Feed, on_ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until SIGTERM or SIGINT.

    Parameters
    ----------
    config
        Section `[console]`: where to listen, who may read and act.
    feed
        Where records come from, and where actions go.
    on_ready
        Called with the console's address once it answers.

    Raises
    ------
    BrokerError
        Kafka cannot be reached or is not set up.
    ConfigError
        The port is in use, or a file of the section cannot be read.
    WorkerError
        Records no longer come.
    """
    asyncio.run(_run(config, feed, on_ready))


async def _run(config: Config, feed: Feed, on_ready: Callable[[str], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with serving(config, feed) as address:
        on_ready(address)
        while not stopping.is_set() and feed.failure() is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), CHECK_S)
    failure = feed.failure()
    if failure is not None and not stopping.is_set():
        if isinstance(failure, BadBuzzError):
            raise failure
        raise WorkerError(f"the console cannot go on: {type(failure).__name__}: {failure}") from failure


@contextlib.asynccontextmanager
async def serving(config: Config, feed: Feed) -> AsyncIterator[str]:
    """Serve the console while in the context; yield its address.

    Raises
    ------
    ConfigError
        The port is in use.
    """
    settings = config.console
    state = ConsoleState()
    console = ConsoleApp(config, state, feed)
    reports = SituationReports(config, state, feed)
    sending: asyncio.Task[None] | None = None
    try:
        await feed.start(state)
        runner = web.AppRunner(console.application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, backlog=MAX_WAITING)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise ConfigError(
                f"console.port (BADBUZZ_CONSOLE_PORT): expected a free port on {settings.host}, got {settings.port}: "
                f"{error.strerror}"
            ) from None
        port = runner.addresses[0][1]
        try:
            with metrics_served(config, state, feed):
                sending = asyncio.create_task(reports.run())
                yield f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}"
        finally:
            if sending is not None:
                sending.cancel()
            console.hub.close()
            await runner.cleanup()
    finally:
        await feed.stop()
