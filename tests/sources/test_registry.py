"""What an operator can rely on: each type of the configuration opens its source, or says what is wrong."""

import asyncio

import pytest

from streams.errors import ConfigError
from streams.settings.config import Config, parse
from streams.sources.registry import Registry

TYPES = {
    "jetstream": ("", "bluesky"),
    "webhook": ('secret = "c2VjcmV0LW9mLXR3ZW50eS1mb3VyLWJ5dGVz"', "one"),
    "feed": ('urls = ["https://press.example/feed"]', "one"),
    "poll": ('preset = "hackernews"', "hackernews"),
    "x": ('token = "t0ken"', "x"),
    "mastodon": ('token = "t0ken"\nhashtags = ["acme"]', "mastodon"),
}
BRANDS = """
[brands.Acme]
official_accounts = ["bluesky:did:plc:acme", "mastodon:acme@social.example", "x:12", "acme"]
[brands.Other]
official_accounts = ["bluesky:did:plc:other"]
"""


def configured(kind: str, extra: str) -> Config:
    return parse(f'{BRANDS}\n[sources.one]\ntype = "{kind}"\n{extra}\n', {})


async def network(kind: str, extra: str) -> tuple[str, bool]:
    config = configured(kind, extra)
    registry = Registry(config.source, config.brands)
    source = registry.open("one", config.sources["one"])
    return source.network, registry.receiver is not None


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_opens_its_source_and_webhooks_alone_a_server(kind: str) -> None:
    extra, expected = TYPES[kind]
    assert asyncio.run(network(kind, extra)) == (expected, kind == "webhook")


@pytest.mark.parametrize("kind", TYPES)
def test_a_source_may_be_called_another_network(kind: str) -> None:
    extra, _ = TYPES[kind]
    assert asyncio.run(network(kind, extra + '\nnetwork = "ours"'))[0] == "ours"


def test_two_webhooks_share_one_server() -> None:
    async def open_two() -> None:
        config = configured(*("webhook", TYPES["webhook"][0]))
        registry = Registry(config.source, config.brands)
        registry.open("one", config.sources["one"])
        receiver = registry.receiver
        registry.open("two", config.sources["one"])
        assert registry.receiver is receiver

    asyncio.run(open_two())


def test_a_source_knows_the_official_accounts_of_its_network_as_the_network_has_them() -> None:
    config = configured("jetstream", "")
    registry = Registry(config.source, config.brands)
    assert registry.accounts("bluesky") == {"did:plc:acme", "did:plc:other"}
    assert registry.accounts("mastodon") == {"acme@social.example"}
    assert registry.accounts("forum") == frozenset()


def test_a_source_with_wrong_settings_names_them() -> None:
    with pytest.raises(ConfigError, match=r"sources\.one"):
        asyncio.run(network("feed", ""))
