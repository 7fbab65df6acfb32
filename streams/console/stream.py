"""The stream: server-sent events that carry the parts of a page which changed, and a beat while nothing does."""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec
from aiohttp import web

from streams.console.rendering import TICK_MS, Page

RECONNECT_MS = 1000
WRITE_TIMEOUT_S = 10.0


class Hub:
    """Wake the streams when something changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self.closing = False

    def notify(self) -> None:
        """Wake every stream."""
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """End every stream, so that the server can end."""
        self.closing = True
        self.notify()

    def next_change(self) -> asyncio.Event:
        """Return what is set by the next change; asked for before the state is looked at, it misses none."""
        return self._changed


async def stream(request: web.Request, hub: Hub, page: Callable[[], Page | None]) -> web.StreamResponse:
    """Send what changes on a page until the reader leaves.

    Parameters
    ----------
    request
        Of an `EventSource`.
    hub
        Wakes it.
    page
        Returns the page as it is now; None once the reader may no longer see it.
    """
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    sent: dict[str, str] = {}
    version = -1
    with contextlib.suppress(ConnectionError):
        await _write(response, f"retry: {RECONNECT_MS}\n\n")
        while not hub.closing:
            change = hub.next_change()
            now = page()
            if now is None:
                break
            changed = [part for part in now.parts if sent.get(part.id) != part.digest]
            if changed or version != now.version:
                news = {"version": now.version, "parts": [(part.id, part.digest, part.html) for part in changed]}
                await _write(response, f"event: parts\ndata: {msgspec.json.encode(news).decode()}\n\n")
                sent |= {part.id: part.digest for part in changed}
                version = now.version
            else:
                await _write(response, "event: beat\ndata:\n\n")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(change.wait(), TICK_MS / 1000)
    return response


async def _write(response: web.StreamResponse, text: str) -> None:
    # A reader who takes nothing must not hold the page in memory for ever.
    try:
        await asyncio.wait_for(response.write(text.encode()), WRITE_TIMEOUT_S)
    except TimeoutError:
        raise ConnectionAbortedError("the reader takes nothing") from None
