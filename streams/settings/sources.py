"""Settings of the sources: `[sources.NAME]`, one struct for each `type`, and `[source]` for what they share."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from streams.settings.forms import Form

Seconds = Annotated[float, Meta(gt=0)]
Url = Annotated[str, Meta(min_length=1, max_length=4096)]


SECRETS = frozenset(("pseudonym_key", "token", "secret", "previous_secret", "verify_token"))
"""Fields that are masked when a struct is printed."""


class _Masked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    def __repr__(self) -> str:
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        shown = (f"{name}={'***' if name in SECRETS and value else repr(value)}" for name, value in values)
        return f"{type(self).__name__}({', '.join(shown)})"


class CollectorSettings(_Masked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all sources share: `[source]`.

    Parameters
    ----------
    pseudonym_key
        Key of the hash that replaces authors' accounts; secret.
    pseudonym_key_file
        File with that key, used if `pseudonym_key` is empty.
    keep_urls
        Whether addresses of publications are kept: people on call open them, and they may show the author. Otherwise
        ids are replaced by pseudonyms too, for they may be addresses.
    listen
        Address and port of the webhook receiver.
    user_agent
        How requests introduce themselves; name a contact.
    allow_private
        Whether addresses of sources may be loopback or private ones.
    metrics_port
        Port of the collector's `/healthz`, `/readyz` and `/metrics`, on `metrics_host`; 0: none.
    commit_seconds
        Longest time between two commits of mentions and cursor.
    never_authors
        Accounts, `network:account`, whose posts are not collected, on their request.
    """

    pseudonym_key: str = ""
    pseudonym_key_file: str = ""
    keep_urls: bool = True
    listen: str = "127.0.0.1:9465"
    user_agent: str = "badbuzz"
    allow_private: bool = False
    metrics_port: Annotated[int, Meta(ge=0, le=65_535)] = 9466
    commit_seconds: Seconds = 1.0
    never_authors: frozenset[str] = frozenset()


class _Base(_Masked, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    network: Annotated[str, Meta(max_length=64)] = ""
    brand: str = ""
    brands: tuple[str, ...] = ()


class JetstreamConfig(_Base, frozen=True, kw_only=True, tag="jetstream"):
    """Bluesky by Jetstream.

    Parameters
    ----------
    url
        Servers, tried in turn; a path `/subscribe` speaks version 1, an `/xrpc/` path or none version 2.
    compress
        Whether frames are read compressed: some 60 % less to receive, for a little more processor time a frame.
    reposts
        Whether reposts of matched posts are read too.
    profiles
        Whether followers are looked up, and counts of shared posts read again.
    appview
        Address of the public AppView that answers those.
    """

    url: tuple[Url, ...] = ("wss://jetstream.us-east.bsky.network",)
    compress: bool = True
    reposts: bool = True
    profiles: bool = True
    appview: Url = "https://public.api.bsky.app"


class WebhookConfig(_Base, frozen=True, kw_only=True, tag="webhook"):
    """A webhook that others call, at `/hooks/NAME`.

    Parameters
    ----------
    scheme
        How deliveries are signed: `standard` (Standard Webhooks), `meta`, `zendesk`, `chatwoot`, `discourse`; or not
        signed but with a secret in a header (`header`) or at the end of the address, `/hooks/NAME/SECRET` (`path`).
    form
        Mapping of the body: `meta`, `zendesk`, `chatwoot`, `discourse`, `meltwater`, or the path of a .toml file;
        empty: mentions as they are.
    mapping
        The mapping itself, in place of `form`.
    secret, previous_secret
        Keys of the signature; the second is accepted while senders change over.
    secret_file, previous_secret_file
        Files with them.
    header
        Header that carries the secret, for the scheme `header`; with or without `Bearer` before it.
    verify_token, verify_token_file
        What Meta's handshake must carry; secret.
    deliveries_a_minute
        Deliveries accepted in a minute; more are answered with status 429.
    """

    scheme: str = "standard"
    form: str = ""
    mapping: Form | None = None
    secret: str = ""
    secret_file: str = ""
    previous_secret: str = ""
    previous_secret_file: str = ""
    header: str = "X-Webhook-Secret"
    verify_token: str = ""
    verify_token_file: str = ""
    deliveries_a_minute: Annotated[int, Meta(gt=0)] = 6000


class FeedConfig(_Base, frozen=True, kw_only=True, tag="feed"):
    """RSS, Atom and JSON feeds.

    Parameters
    ----------
    urls
        Addresses of the feeds, at most 500.
    every_seconds
        Seconds between two polls of a feed that publishes; a quiet one is polled less often.
    """

    urls: Annotated[tuple[Url, ...], Meta(max_length=500)] = ()
    every_seconds: Seconds = 300


class PollConfig(_Base, frozen=True, kw_only=True, tag="poll"):
    """A JSON interface that is asked again and again.

    Parameters
    ----------
    preset
        `appstore`, `discourse`, `hackernews`, `lemmy`, `stackexchange`, `steam` or `youtube`, or the path of a .toml
        file.
    values
        What the preset asks for, such as an app's id.
    every_seconds
        Seconds between two polls; 0: the preset's.
    token, token_file
        Key of the interface, where it needs one; secret.
    """

    preset: str = ""
    values: dict[str, str] = {}
    every_seconds: Annotated[float, Meta(ge=0)] = 0
    token: str = ""
    token_file: str = ""


class XConfig(_Base, frozen=True, kw_only=True, tag="x"):
    """X by its filtered stream.

    Parameters
    ----------
    url
        Address of the interface.
    token, token_file
        Bearer token; secret.
    posts_a_day
        Posts read in a UTC day, each of which is paid for; then reading stops and an alert fires.
    reposts
        Whether reposts are read too.
    backfill
        Whether recent search fills the gap after an interruption.
    profiles
        Whether followers are looked up, each user at the price of two posts, and counts of shared posts read again.
    """

    url: Url = "https://api.x.com"
    token: str = ""
    token_file: str = ""
    posts_a_day: Annotated[int, Meta(gt=0)] = 10_000
    reposts: bool = True
    backfill: bool = True
    profiles: bool = False


class MastodonConfig(_Base, frozen=True, kw_only=True, tag="mastodon"):
    """Mastodon by its streaming interface.

    Parameters
    ----------
    url
        Address of the server.
    token, token_file
        Access token of a user of that server; secret.
    hashtags
        Hashtags that are followed.
    own
        Whether what the token's own account receives is read: mentions of the brand, and what the brand deletes.
    respect_indexable
        Whether posts are left out whose authors did not consent to be found by search; those addressed to the token's
        account are read nonetheless.
    """

    url: Url = "https://mastodon.social"
    token: str = ""
    token_file: str = ""
    hashtags: tuple[str, ...] = ()
    own: bool = True
    respect_indexable: bool = True


SourceConfig = JetstreamConfig | WebhookConfig | FeedConfig | PollConfig | XConfig | MastodonConfig


def secret(value: str, file: str) -> str:
    """Return a secret given in place or by its file; the file is read each time, so that it can be changed."""
    try:
        return value or (Path(file).read_text(encoding="utf-8").strip() if file else "")
    except OSError as error:
        # Without the path: people give the secret itself in its place.
        raise OSError(error.errno, error.strerror) from None
