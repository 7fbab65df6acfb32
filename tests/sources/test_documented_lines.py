"""The lines that docs/sources.md has for each source, put into badbuzz.toml as they stand, bring a mention.

Only the network's server is replaced by a fake of it on loopback.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.local.server import free_port
from streams.collecting.assembly import Assembly
from streams.mentions.mention import Mention
from streams.settings.config import parse
from streams.worker.collector.trial import try_source
from tests.collecting.parts import Grim, mentions
from tests.helpers.paths import ROOT
from tests.sources.fakes import webhook_bodies
from tests.sources.fakes.fake_feed import Entry, FakeFeed, date
from tests.sources.fakes.fake_interface import FakeInterface, preset_on
from tests.sources.fakes.fake_jetstream import FakeJetstream
from tests.sources.fakes.fake_mastodon import TOKEN, FakeMastodon
from tests.sources.fakes.fake_x import FakeX
from tests.sources.fakes.preset_answers import CASES
from tests.sources.fakes.senders import SENDERS
from tests.sources.fakes.web_server import serving

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
BLOCKS = {
    name: block
    for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    for name in re.findall(r"^\[sources\.(\w+)\]", block, re.M)
}
PRESET_OF = {name: preset for name, block in BLOCKS.items() for preset in re.findall(r'^preset = "(\w+)"', block, re.M)}
ANSWERS = {case[0]: case[2] for case in CASES}
COMMON = """
[brands.Acme]
names = ["acme"]
[source]
pseudonym_key = "only for a made-up network in a test"
allow_private = true
listen = "127.0.0.1:{port}"
"""
ORIGIN = re.compile(r'"(http|ws)s?://[^/"]+')

Network = AbstractAsyncContextManager[tuple[str, Callable[[], Awaitable[object]]]]
"""Address of a server, and what makes it show a post, once it is read."""


def now() -> datetime:
    return datetime.now(UTC)


async def nothing() -> None:
    """What is asked for is there already."""


@asynccontextmanager
async def bluesky() -> AsyncIterator[Any]:
    async with FakeJetstream() as server:

        async def publish() -> None:
            await server.subscribed.wait()
            await server.post("Acme fell over")

        yield server.url, publish


@asynccontextmanager
async def x() -> AsyncIterator[Any]:
    async with FakeX(now) as server:

        async def publish() -> None:
            await server.opened.wait()
            server.publish("Acme fell over")

        yield server.url, publish


@asynccontextmanager
async def mastodon() -> AsyncIterator[Any]:
    async with FakeMastodon(now) as server:

        async def publish() -> None:
            await server.subscribed(3)
            server.publish("Acme fell over #acme")

        yield server.url, publish


@asynccontextmanager
async def press() -> AsyncIterator[Any]:
    async with serving(FakeFeed([Entry("Acme fell over", "1", "https://press.example/1", date(now()))]).handle) as url:
        yield url, nothing


@asynccontextmanager
async def interface(preset: str) -> AsyncIterator[Any]:
    async with serving(FakeInterface(lambda request: ANSWERS[preset]).handle) as url:
        yield url, nothing


@asynccontextmanager
async def sender(name: str, scheme: str, body: Any) -> AsyncIterator[Any]:
    port = free_port()

    async def deliver() -> None:
        data = json.dumps(body).encode()
        async with aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as session:
            while True:  # until somebody listens; an answer comes after a commit, so that there is none
                with suppress(aiohttp.ClientConnectorError):
                    headers = SENDERS[scheme][1](data, now())
                    await session.post(f"http://127.0.0.1:{port}/hooks/{name}", data=data, headers=headers)
                await asyncio.sleep(0.05)

    yield f"http://127.0.0.1:{port}", deliver


TICKET = {"id": "1", "created_at": now().isoformat(), "text": "Acme fell over"}
NETWORKS: dict[str, Callable[[], Network]] = {
    "bluesky": bluesky,
    "x": x,
    "mastodon": mastodon,
    "press": press,
    "meta": lambda: sender("meta", "meta", webhook_bodies.FACEBOOK),
    "desk": lambda: sender("desk", "standard", TICKET),
    **{name: partial(interface, preset) for name, preset in PRESET_OF.items()},
}
SECRETS = {"meta": SENDERS["meta"][0], "desk": SENDERS["standard"][0]}


def configuration(name: str, url: str, folder: Path) -> str:
    """Return the documented lines, of a network on loopback."""
    (folder / "secret").write_text(SECRETS.get(name, TOKEN))
    host = url.removeprefix("http://")
    lines = ORIGIN.sub(rf'"\1://{host}', BLOCKS[name])
    lines = re.sub(r'"/run/secrets/[^"]+"', f'"{folder}/secret"', lines)
    if name in PRESET_OF:
        lines = re.sub(r"(?m)^preset = .*", f'preset = "{preset_on(url, PRESET_OF[name], folder)}"', lines)
    lines += {"x": f'url = "{url}"\n', "bluesky": f'appview = "{url}"\n'}.get(name, "")
    return lines + COMMON.format(port=host.partition(":")[2])


async def first_mention(name: str, folder: Path) -> Mention:
    async with asyncio.timeout(20), NETWORKS[name]() as (url, publish):
        config = parse(configuration(name, url, folder), {})
        publishing = asyncio.ensure_future(publish())
        try:
            async with contextlib.aclosing(try_source(Assembly(config, Grim()), name, 15)) as commits:
                async for commit in commits:
                    if found := mentions(commit.messages):
                        return found[0]
        finally:
            publishing.cancel()
            with suppress(asyncio.CancelledError):
                await publishing
    raise AssertionError("expected a mention, got none")


@pytest.mark.parametrize("name", BLOCKS)
def test_the_documented_lines_bring_a_mention(name: str, tmp_path: Path) -> None:
    mention = asyncio.run(first_mention(name, tmp_path))
    assert mention.brand in {"Acme", "Acme Game"}
    assert mention.text
    assert mention.author is None or re.fullmatch("[0-9a-f]{24}", mention.author), "never by name"
