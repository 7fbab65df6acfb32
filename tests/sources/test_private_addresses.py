"""No source connects into a private network unless that is configured: not by address, by name or by redirect."""

import asyncio

import pytest
from aiohttp import web
from yarl import URL

from streams.errors import ConfigError, SourceError
from streams.settings.brands.brand import BrandConfig
from streams.settings.sources import CollectorSettings, JetstreamConfig, MastodonConfig, SourceConfig, XConfig
from streams.sources.bluesky.jetstream import Jetstream
from streams.sources.registry import Registry
from streams.sources.token_client import TokenClient
from streams.sources.x.stream import XStream
from tests.sources.fakes.clock import Clock
from tests.sources.fakes.fake_x import TOKEN
from tests.sources.fakes.web_server import serving

PUBLIC_ONLY = CollectorSettings()


@pytest.mark.parametrize(
    "config",
    [
        XConfig(url="https://10.0.0.7", token=TOKEN),
        MastodonConfig(url="https://192.168.1.9", token=TOKEN, hashtags=("acme",)),
        JetstreamConfig(url=("wss://169.254.169.254",)),
        JetstreamConfig(appview="https://[::1]"),
    ],
)
def test_a_configured_private_address_is_refused_before_anything_is_sent(config: SourceConfig) -> None:
    with pytest.raises(ConfigError, match=r"expected a public address, got .*allow_private"):
        Registry(PUBLIC_ONLY, {"Acme": BrandConfig(names=("acme",))}).open("it", config)


def test_nothing_is_sent_where_a_name_resolves_into_a_private_network() -> None:
    asked: list[str] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async def run() -> None:
        async with serving(answer) as address:
            port = URL(address).port
            x = XStream("x", XConfig(url=f"https://localhost:{port}", token=TOKEN), PUBLIC_ONLY, rules=(("A", "acme"),))
            sky = Jetstream("sky", JetstreamConfig(url=(f"ws://localhost:{port}",), compress=False), PUBLIC_ONLY)
            for batches in (x.read(None), sky.read(None)):
                with pytest.raises(SourceError, match=r"expected a public address, got .*allow_private"):
                    await anext(batches)

    asyncio.run(run())
    assert not asked


def test_a_stream_address_that_a_server_names_is_not_connected_to_where_it_is_private() -> None:
    """Mastodon says where its stream is; the token goes with it."""

    async def run() -> None:
        client = TokenClient(
            "m", "https://social.example", "t", "", user_agent="badbuzz", allow_private=False, clock=Clock()
        )
        async with client:
            with pytest.raises(OSError, match=r"expected a public address, got 127\.0\.0\.1"):
                await client.session.ws_connect("wss://127.0.0.1:9/api/v1/streaming")

    asyncio.run(run())
