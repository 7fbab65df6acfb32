"""The assembly: everything that collecting a source of the configuration needs, put together."""

from contextlib import AbstractAsyncContextManager

from streams.collecting.collection import Collection, Parts
from streams.collecting.heartbeats import Heartbeats
from streams.collecting.mention_builder import MentionBuilder
from streams.collecting.pseudonyms import Pseudonyms
from streams.collecting.recounting import Recounting
from streams.errors import ConfigError
from streams.matching.matcher import BrandMatcher
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.settings.sources import WebhookConfig
from streams.sources.registry import Registry


class Assembly:
    """Open collections; one matcher serves all of them.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts: which posts are worth to be counted again.

    Raises
    ------
    ConfigError
        A rule of a brand, or the key of the pseudonyms, is wrong.
    """

    def __init__(self, config: Config, model: TextModel) -> None:
        self._config = config
        self._model = model
        self._matcher = BrandMatcher(config.brands)
        self._pseudonyms = Pseudonyms.open(config.source)
        self._registry = Registry(config.source, config.brands, self._matcher.names_something)

    @property
    def receiver(self) -> AbstractAsyncContextManager[object] | None:
        """The server of the webhooks among the sources opened, while entered; `None`: there is no webhook."""
        receiver: AbstractAsyncContextManager[object] | None = self._registry.receiver
        return receiver

    def open(self, name: str) -> Collection:
        """Open a source of the configuration, ready to be collected.

        Raises
        ------
        ConfigError
            Its settings are wrong, there is no key for pseudonyms, or no brand is configured that it could be about.
        """
        self._pseudonyms.require_key()
        config = self._config.sources[name]
        watched = config.brands or ((config.brand,) if config.brand else tuple(self._config.brands))
        if not watched and not isinstance(config, WebhookConfig):  # whose senders name the brand
            raise ConfigError(
                f"`sources.{name}`: expected brands to collect for, got none: add a table [brands.NAME], or `brand`"
            )
        source = self._registry.open(name, config)
        parts = Parts(
            self._matcher,
            MentionBuilder(source.network, self._config.brands, self._config.source, self._pseudonyms),
            Heartbeats(name, source.network, watched),
            Recounting(self._model, self._config.negative_at),
        )
        return Collection(name, source, parts, brand=config.brand, brands=config.brands)
