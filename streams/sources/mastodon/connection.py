"""The WebSocket of Mastodon's streaming server: one connection that carries all subscriptions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp

from streams.errors import SourceError
from streams.sources.refusal import refusal
from streams.sources.token_client import CONNECT_S, TokenClient, unreachable

MAX_FRAME = 1024 * 1024


def subscriptions(tags: Sequence[str], stream: str | None, *, own: bool) -> list[dict[str, str]]:
    """Return the messages that subscribe to hashtags and to what the token's own account receives.

    Examples
    --------
    >>> subscriptions(["acme"], "hashtag", own=True)
    [{'type': 'subscribe', 'stream': 'hashtag', 'tag': 'acme'}, {'type': 'subscribe', 'stream': 'user'}]
    """
    messages = [{"type": "subscribe", "stream": stream, "tag": tag} for tag in tags] if stream else []
    return [*messages, *([{"type": "subscribe", "stream": "user"}] if own else [])]


@asynccontextmanager
async def connect(
    client: TokenClient,
    url: str,
    messages: Sequence[dict[str, str]],
    *,
    allow_private: bool,
    clock: Callable[[], datetime],
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Connect and subscribe.

    Parameters
    ----------
    client
        Client of the server, which bears the token.
    url
        Address of the stream, as the server says.
    messages
        Subscriptions.
    allow_private
        Whether the address may be a plain `ws` one, by which the token travels unencrypted; a private one
        is refused by the client.
    clock
        The time now, with a zone.

    Raises
    ------
    SourceError
        The server is unreachable or refuses.
    """
    if not url.startswith(("wss://", "ws://") if allow_private else "wss://"):
        message = f"{client.url}: expected a stream at a wss address, got {url!r}: a token must not travel unencrypted"
        raise SourceError(message, reason="protocol", fatal=True)
    timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
    try:
        # Pings are answered by the reader: they are how it knows that the connection lives.
        async with asyncio.timeout(CONNECT_S):
            socket = await client.session.ws_connect(url, timeout=timeout, autoping=False, max_msg_size=MAX_FRAME)
            for subscription in messages:
                await socket.send_json(subscription)
    except aiohttp.WSServerHandshakeError as error:
        raise refusal(f"GET {url}", error.status, error.headers or {}, error.message.encode(), clock()) from None
    except (aiohttp.ClientError, OSError) as error:
        raise unreachable(f"GET {url}", error) from None
    try:
        yield socket
    finally:
        await socket.close()
