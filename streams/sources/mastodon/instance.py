"""What a Mastodon server offers, asked at each start: a stream that its administrators disabled is silent for ever."""

import msgspec

from streams.errors import SourceError
from streams.sources.token_client import TokenClient

DISABLED = "disabled"


class _Access(msgspec.Struct):
    local: str = "public"
    remote: str = "public"


class _TimelinesAccess(msgspec.Struct):
    hashtag_feeds: _Access = msgspec.field(default_factory=_Access)


class _Urls(msgspec.Struct):
    streaming: str = ""


class _Configuration(msgspec.Struct):
    urls: _Urls = msgspec.field(default_factory=_Urls)
    timelines_access: _TimelinesAccess = msgspec.field(default_factory=_TimelinesAccess)  # since 4.5


class Instance(msgspec.Struct):
    """A server: the domain of its accounts, and how its streams are reached."""

    domain: str
    version: str = ""
    configuration: _Configuration = msgspec.field(default_factory=_Configuration)

    def hashtag_stream(self) -> str | None:
        """Return the stream of hashtags that delivers something; `None`: it is disabled.

        Examples
        --------
        >>> Instance(domain="a.example").hashtag_stream()
        'hashtag'
        """
        access = self.configuration.timelines_access.hashtag_feeds
        if access.remote != DISABLED:
            return "hashtag"
        return "hashtag:local" if access.local != DISABLED else None

    def streaming_url(self, url: str) -> str:
        """Return the address of the stream, by default of the server itself."""
        base = self.configuration.urls.streaming or f"ws{url.removeprefix('http')}"
        return f"{base.rstrip('/')}/api/v1/streaming"


async def ask(client: TokenClient, *, name: str, hashtags: bool) -> Instance:
    """Ask a server what it offers, and refuse one that offers nothing of what is wanted.

    Parameters
    ----------
    client
        Client of the server.
    name
        Name of the source, for the error.
    hashtags
        Whether hashtags are wanted.

    Raises
    ------
    SourceError
        The server is unreachable or refuses; `fatal` where its administrators disabled the stream of hashtags.
    """
    instance = await client.get("/api/v2/instance", {}, Instance)
    if hashtags and instance.hashtag_stream() is None:
        raise SourceError(
            f"source {name}: expected {client.shown} to deliver hashtags, got `disabled` (its administrators switched "
            "off timelines_access.hashtag_feeds): choose another server, or no hashtags and own = true",
            reason="unauthorized",
            fatal=True,
        )
    return instance
