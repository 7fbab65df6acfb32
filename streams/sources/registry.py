"""The registry of sources: which class reads which type of `[sources.NAME]`; each is imported when it is opened."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from streams.settings.brands.brand import BrandConfig
from streams.settings.sources import (
    CollectorSettings,
    FeedConfig,
    JetstreamConfig,
    MastodonConfig,
    PollConfig,
    SourceConfig,
    WebhookConfig,
    XConfig,
)
from streams.sources.source import Source

_CLASSES: dict[type, tuple[str, str]] = {
    JetstreamConfig: ("streams.sources.bluesky.jetstream:Jetstream", "bluesky"),
    WebhookConfig: ("streams.sources.webhook.hook:Webhook", ""),
    FeedConfig: ("streams.sources.feeds.feed:Feeds", ""),
    PollConfig: ("streams.sources.poll.poller:Poller", ""),
    XConfig: ("streams.sources.x.stream:XStream", "x"),
    MastodonConfig: ("streams.sources.mastodon.stream:Mastodon", "mastodon"),
}
"""Class of each type, and the network whose official accounts it needs to know."""


class Registry:
    """Open sources by their configuration.

    Parameters
    ----------
    common
        What all sources share.
    brands
        Configuration by brand: official accounts, and what they are called where the network filters by that.
    named
        Whether a text may name a brand: lets a source of everything leave out most of it early; `None`: nothing is.

    Attributes
    ----------
    receiver
        The HTTP server of the webhooks opened so far, an asynchronous context; `None`: there is no webhook.

    Examples
    --------
    >>> acme = BrandConfig(official_accounts=frozenset(["bluesky:did:plc:a"]))
    >>> registry = Registry(CollectorSettings(), {"Acme": acme})
    >>> registry.open("sky", JetstreamConfig()).network
    'bluesky'
    >>> registry.accounts("bluesky"), registry.accounts("x")
    (frozenset({'did:plc:a'}), frozenset())
    """

    def __init__(
        self,
        common: CollectorSettings,
        brands: Mapping[str, BrandConfig],
        named: Callable[[str], bool] | None = None,
    ) -> None:
        self.receiver: Any = None
        self._common = common
        self._brands = brands
        self._named = named

    def open(self, name: str, config: SourceConfig) -> Source:
        """Open a source; it connects when it is read.

        Raises
        ------
        ConfigError
            Its settings are wrong, or a secret cannot be read.
        """
        target, network = _CLASSES[type(config)]
        module, _, attribute = target.partition(":")
        accounts = self.accounts(config.network or network or name)
        source: Source = getattr(import_module(module), attribute)(
            name, config, self._common, accounts, **self._extras(config)
        )
        return source

    def accounts(self, network: str) -> frozenset[str]:
        """Return the official accounts of all brands on a network, as the network has them."""
        prefix = f"{network}:"
        named = (account for brand in self._brands.values() for account in brand.official_accounts)
        own = (account[len(prefix) :] for account in named if account.casefold().startswith(prefix.casefold()))
        return frozenset(account.removeprefix("@") for account in own)

    def _extras(self, config: SourceConfig) -> dict[str, Any]:
        """Return what one type of source needs beyond the others."""
        if isinstance(config, JetstreamConfig):
            return {"named": self._named}
        if isinstance(config, XConfig):
            rules = import_module("streams.sources.x.rules")
            return {"rules": rules.compile_rules(self._brands, reposts=config.reposts)}
        if isinstance(config, WebhookConfig):
            if self.receiver is None:
                self.receiver = import_module("streams.sources.webhook.receiver").Receiver(self._common.listen)
            return {"receiver": self.receiver}
        return {}
