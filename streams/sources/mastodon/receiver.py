"""The reader of Mastodon's stream: a task that decodes events whatever the collector does, and notices silence."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import aiohttp
import msgspec

from streams.errors import SourceError
from streams.sources.mastodon.intake import Intake
from streams.sources.mastodon.statuses import Notification, Status
from streams.sources.post_queue import PostQueue
from streams.sources.token_client import failure

T = TypeVar("T")

ADDRESSED = frozenset(("mention", "quote"))
"""Notifications that bring a status: of those who mention or quote the token's own account."""
_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)


class Event(msgspec.Struct, gc=False):
    """A frame: an event with its payload, JSON in a string; or an error."""

    stream: list[str] = []
    event: str = ""
    payload: str | None = None
    error: str | None = None
    status: int | None = None


_decode_event = msgspec.json.Decoder(Event).decode


class Receiver:
    """Reader of one connection.

    Parameters
    ----------
    where
        Address of the stream, for errors.
    intake
        Where statuses go.
    queue
        Where refusals go, and at last the error that ended the connection.
    clock
        The time now, with a zone.
    silence_s
        Seconds without a frame after which the connection is dead.
    """

    def __init__(
        self, where: str, intake: Intake, queue: PostQueue, clock: Callable[[], datetime], *, silence_s: float
    ) -> None:
        self._where = where
        self._intake = intake
        self._queue = queue
        self._clock = clock
        self._silence_s = silence_s
        self.alive_at = clock()
        """When the last frame came, the server's pings among them; at first, when the connection was opened."""
        self.shown_at = self.alive_at
        """When the last status of a hashtag came: pings and deletions do not show that a stream sees anything."""

    async def run(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Read until the connection ends; the queue then holds the reason."""
        try:
            while True:
                async with asyncio.timeout(self._silence_s):
                    message = await socket.receive()
                await self._receive(socket, message)
        except SourceError as ended:
            error = ended
        except TimeoutError:
            error = SourceError(
                f"{self._where}: expected a ping every 30 s, got {self._silence_s:g} s of silence: "
                "the connection is opened again",
                reason="silent",
            )
        except (aiohttp.ClientError, OSError) as cut:
            error = self._dropped(failure(cut))
        self._queue.fail(error)

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse, message: aiohttp.WSMessage) -> None:
        if message.type in _CLOSED or message.type is aiohttp.WSMsgType.ERROR:
            raise self._dropped(f"close code {socket.close_code}")
        self.alive_at = self._clock()
        if message.type is aiohttp.WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type is aiohttp.WSMsgType.TEXT:
            self._event(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            self._queue.refuse("form")

    def _event(self, text: str) -> None:
        event = self._decoded(text, _decode_event)
        if event is None:
            return
        if event.error is not None:
            raise SourceError(
                f"{self._where}: expected a subscription, got {event.status or 'an error'} ({event.error[:200]}): "
                "check that the token may read statuses and notifications",
                reason="unauthorized",
                fatal=True,
            )
        payload = event.payload or ""
        if event.event == "update":
            if event.stream and event.stream[0].startswith("hashtag"):
                self.shown_at = self._clock()
            status = self._decoded(payload, _decode_status)
            if status:
                self._intake.published(status)
        elif event.event == "status.update":
            status = self._decoded(payload, _decode_status)
            if status:
                self._intake.edited(status)
        elif event.event == "delete":
            self._intake.deleted(payload)
        elif event.event == "notification":
            notification = self._decoded(payload, _decode_notification)
            if notification and notification.type in ADDRESSED and notification.status:
                self._intake.published(notification.status, addressed=True)

    def _decoded(self, text: str, decode: Callable[[str], T]) -> T | None:
        try:
            return decode(text)
        except msgspec.ValidationError:
            self._queue.refuse("form")
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            self._queue.refuse("json")
        return None

    def _dropped(self, got: str) -> SourceError:
        message = f"{self._where}: expected a lasting connection, got {got}: the connection is opened again"
        return SourceError(message, reason="closed")


_decode_status = msgspec.json.Decoder(Status).decode
_decode_notification = msgspec.json.Decoder(Notification).decode
