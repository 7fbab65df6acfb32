"""Statuses of Mastodon, decoded, and the posts made of them."""

from collections import OrderedDict
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from streams.mentions.mention import Kind
from streams.sources.plain_text import plain_text
from streams.sources.source import Post

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Time = Annotated[datetime, Meta(tz=True)]

MAX_KNOWN = 20_000
"""Statuses of which the global address is known by the id that this server gives them."""
PUBLIC = frozenset(("public", "unlisted"))


class Account(msgspec.Struct, gc=False):
    """An account as this server names it: without its domain where it is of this server."""

    acct: str
    id: str = ""
    followers_count: int | None = None
    indexable: bool | None = None


class Attachment(msgspec.Struct, gc=False):
    """A picture or film, described for who cannot see it."""

    description: str | None = None


class Card(msgspec.Struct, gc=False):
    """The preview of a link."""

    url: str = ""
    title: str = ""
    description: str = ""


class Tag(msgspec.Struct, gc=False):
    """A hashtag."""

    name: str = ""


class Quote(msgspec.Struct, gc=False):
    """A quoted status, where it may be shown."""

    quoted_status: "Status | None" = None


class Status(msgspec.Struct, gc=False):
    """A status as Mastodon writes it."""

    id: Id
    uri: Id
    created_at: Time
    account: Account
    content: str = ""
    spoiler_text: str | None = None
    visibility: str = "public"
    url: str | None = None
    language: str | None = None
    in_reply_to_id: str | None = None
    edited_at: Time | None = None
    reblog: "Status | None" = None
    quote: Quote | None = None
    reblogs_count: int | None = None
    favourites_count: int | None = None
    replies_count: int | None = None
    mentions: list[Account] = []
    tags: list[Tag] = []
    media_attachments: list[Attachment] = []
    card: Card | None = None


class Notification(msgspec.Struct, gc=False):
    """What the token's own account is notified of."""

    id: Id
    type: str
    created_at: Time
    status: Status | None = None


class StatusReader:
    """Maker of posts, which knows statuses by the ids of one server.

    Parameters
    ----------
    domain
        Domain of the server's accounts.
    accounts
        Official accounts, `user@domain`.
    respect_indexable
        Whether posts are refused whose authors did not consent to be found by search.
    brand
        Brand of all posts; `None`: they are matched.
    """

    def __init__(
        self, domain: str, accounts: frozenset[str], *, respect_indexable: bool = True, brand: str | None = None
    ) -> None:
        self.domain = domain
        self._official = {account.lower(): account for account in accounts}
        self._respect_indexable = respect_indexable
        self._brand = brand
        self._uris: OrderedDict[str, str] = OrderedDict()
        self._ids: dict[str, str] = {}

    def refusal(self, status: Status, *, addressed: bool = False) -> str | None:
        """Return why a status is not collected, as a bounded code: `private` or `not_indexable`.

        Parameters
        ----------
        status
            A status.
        addressed
            Whether it was sent to the token's own account.
        """
        shown = (status, status.reblog) if status.reblog else (status,)
        if any(s.visibility not in PUBLIC for s in shown):
            return "private"
        if self._respect_indexable and not addressed:
            withheld = (s.account.indexable is False and not self.is_official(s) for s in shown)
            return "not_indexable" if any(withheld) else None
        return None

    def is_official(self, status: Status) -> bool:
        """Whether a brand published a status."""
        return self._full(status.account).lower() in self._official

    def author(self, status: Status) -> str:
        """Return the account that published a status, `user@domain`."""
        return self._named(status.account)

    def local_id(self, uri: str) -> str | None:
        """Return the id by which the server knows a status; `None`: it was not seen."""
        return self._ids.get(uri)

    def uri(self, local_id: str) -> str | None:
        """Return the address of a status that the server knows by an id; `None`: it was not seen."""
        return self._uris.get(local_id)

    def post(self, status: Status, now: datetime) -> Post:
        """Make a post of a status; its event time is no later than `now`."""
        self._remember(status)
        original = status.reblog
        shown = original or status
        inherited = original or (status.quote.quoted_status if status.quote else None)
        if original:
            self._remember(original)
        return Post(
            id=status.uri,
            created_at=min(status.created_at, now),
            text="\n".join(part for part in (shown.spoiler_text, plain_text(shown.content)) if part),
            searched=_searched(shown),
            kind=_kind(status),
            author=self._named(status.account),
            addressed=tuple(dict.fromkeys(self._named(account) for account in shown.mentions)),
            about=inherited.uri if inherited else None,
            brand=self._brand,
            lang=shown.language if shown.language and len(shown.language) <= 35 else None,
            followers=status.account.followers_count,
            reply_to=self._uris.get(status.in_reply_to_id or ""),
            repost_of=original.uri if original else None,
            reposts=None if original else status.reblogs_count,
            likes=None if original else status.favourites_count,
            replies=None if original else status.replies_count,
            url=shown.url,
        )

    def update(self, status: Status, at: datetime) -> Post:
        """Make an update of a status that was seen again: its counts and its text as of now, and no new mention."""
        return msgspec.structs.replace(self.post(status, at), kind="update", created_at=at)

    def _named(self, account: Account) -> str:
        full = self._full(account).lower()
        return self._official.get(full, full)  # official ones as the configuration writes them

    def _full(self, account: Account) -> str:
        return account.acct if "@" in account.acct else f"{account.acct}@{self.domain}"

    def _remember(self, status: Status) -> None:
        self._uris[status.id] = status.uri
        self._uris.move_to_end(status.id)
        self._ids[status.uri] = status.id
        if len(self._uris) > MAX_KNOWN:
            _, uri = self._uris.popitem(last=False)
            self._ids.pop(uri, None)


def _kind(status: Status) -> Kind:
    if status.reblog:
        return "repost"
    return "reply" if status.in_reply_to_id else "post"


def _searched(status: Status) -> str:
    card = status.card or Card()
    described = (attachment.description or "" for attachment in status.media_attachments)
    tags = (f"#{tag.name}" for tag in status.tags if tag.name)
    return "\n".join(part for part in (card.title, card.description, card.url, *described, *tags) if part)
