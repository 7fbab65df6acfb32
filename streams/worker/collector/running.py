"""Running sources: what the collector and `badbuzz live` share: opening, serving metrics, and an orderly end."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any, Protocol

from streams.collecting.collection import Collection
from streams.collecting.commit import CommitLog
from streams.errors import BadBuzzError, ConfigError
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.web.server import Response, Routes, Server
from streams.worker.collector.source_metrics import SourceMetrics
from streams.worker.collector.source_runner import SourceRunner


class Opener(Protocol):
    """Opens sources: `streams.collecting.assembly.Assembly`."""

    @property
    def receiver(self) -> contextlib.AbstractAsyncContextManager[object] | None:
        """The server of the webhooks opened, while entered; `None`: there is none."""

    def open(self, name: str) -> Collection:
        """Open a source of the configuration, ready to be collected."""


def source_names(config: Config, names: Sequence[str] = ()) -> list[str]:
    """Return the names of the sources to read: those given, or all of the configuration.

    Raises
    ------
    ConfigError
        One is not in the configuration, or there is none.
    """
    if not config.sources:
        raise ConfigError(
            "expected a table [sources.NAME] in badbuzz.toml, got none: docs/sources.md has one a network"
        )
    for name in names:
        if name not in config.sources:
            raise ConfigError(f"expected one of the sources {', '.join(sorted(config.sources))}, got {name!r}")
    return list(dict.fromkeys(names)) or list(config.sources)


@contextlib.asynccontextmanager
async def opened(
    config: Config,
    opener: Opener,
    names: Sequence[str],
    metrics: Metrics,
    open_log: Callable[[str], CommitLog],
) -> AsyncIterator[list[SourceRunner]]:
    """Open the runner of each source, and the server of the webhooks among them."""
    collections = [opener.open(name) for name in names]
    seconds = config.source.commit_seconds
    runners = [SourceRunner(one, open_log(one.name), SourceMetrics(metrics, one.name), seconds) for one in collections]
    async with contextlib.AsyncExitStack() as stack:
        if opener.receiver is not None:
            await stack.enter_async_context(opener.receiver)
        yield runners


def rendered(metrics: Metrics, accept: str) -> Response:
    """Answer a scrape."""
    body, content_type = metrics.render(accept)
    return Response(200, content_type, body)


async def run_until_stopped(parts: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run coroutines until SIGTERM, SIGINT or the first error, then cancel them and wait for their orderly end.

    Raises
    ------
    BadBuzzError
        The first error of a part.
    """
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    tasks = [asyncio.ensure_future(part) for part in parts]
    waiting = asyncio.ensure_future(stopping.wait())
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *tasks):
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    errors = [result for result in results if isinstance(result, Exception)]
    # A defect needs its traceback more than an error raised on purpose needs its line.
    for error in sorted(errors, key=lambda error: isinstance(error, BadBuzzError)):
        raise error


@contextlib.contextmanager
def served(port: int, host: str, option: str, routes: Routes) -> Iterator[None]:
    """Serve health and metrics, where a port is configured."""
    if not port:
        yield
        return
    setting = f"{option} (BADBUZZ_{option.upper().replace('.', '_')})"
    server = Server(port, routes, host, setting=setting)
    try:
        yield
    finally:
        server.close()
