"""The mention builder: a post and the brands it is about in, one encoded mention for each brand out.

Whether an author is the brand itself is decided by its account; then the account is replaced by a pseudonym.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec

from streams.collecting.pseudonyms import Pseudonyms
from streams.mentions.mention import EARLIEST, MAX_TEXT
from streams.settings.brands.accounts import folded_account
from streams.settings.brands.brand import BrandConfig
from streams.settings.sources import CollectorSettings
from streams.sources.source import Post

DELETION_PREFIX = "deletion:"
"""Begins the id of a deletion: with the id of what was deleted it would be a duplicate."""
OWN_ACTIONS = frozenset(("deletion", "block"))
"""Kinds that are reported as the brand's own doing, so that nobody else's may be sent."""

RefusalReason = Literal["id", "time", "network", "brand", "objection", "not_official"]
"""Why a post gives no mention: bounded, so that it can label a metric."""

_MAX_ID = 256
_MAX_NETWORK = 64
_MAX_BRAND = 128
_MAX_LANGUAGE = 35
_MAX_URL = 4096
_MAX_COUNT = 10**11
_COUNTS = ("followers", "reposts", "likes", "replies", "views")
# What a mention's decoder refuses in an identity: two different ones could become equal.
_BROKEN = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BrandMention(NamedTuple):
    """An encoded mention and the brand that is its key."""

    brand: str
    message: bytes


class MentionBuilder:
    """Builds the mentions of one source; what it builds can always be decoded by `streams.mentions.mention`.

    Parameters
    ----------
    network
        Of posts that name no network of their own.
    brands
        Configuration by brand, for its official accounts.
    settings
        Whether addresses are kept, and whose posts are not collected.
    pseudonyms
        For authors, and without addresses for ids too.

    Attributes
    ----------
    refused
        Posts, or mentions of one brand, that were not built, by reason, since the start.

    Examples
    --------
    >>> pseudonyms = Pseudonyms("an example is no secret")
    >>> builder = MentionBuilder("forum", {"Acme": BrandConfig()}, CollectorSettings(), pseudonyms)
    >>> post = Post(id="1", created_at=datetime(2012, 6, 11, 18, tzinfo=UTC), text="never again", author="jane")
    >>> builder.build(post, ["Acme"])[0].message.decode()
    '{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","kind":"post","text":"never again",\
"author":"352f929ce12730030ccdfac5"}'
    """

    def __init__(
        self, network: str, brands: Mapping[str, BrandConfig], settings: CollectorSettings, pseudonyms: Pseudonyms
    ) -> None:
        self.refused: Counter[RefusalReason] = Counter()
        self._network = network
        self._official = {brand: _folded(config.official_accounts) for brand, config in brands.items()}
        self._objectors = _folded(settings.never_authors)
        self._keep_urls = settings.keep_urls
        self._pseudonyms = pseudonyms

    def build(self, post: Post, brands: Iterable[str]) -> list[BrandMention]:
        """Return one mention for each brand; none where the post, or all of them, are refused.

        Parameters
        ----------
        post
            What the source found.
        brands
            That it is about.

        Raises
        ------
        ConfigError
            An author must be pseudonymised, and there is no key.
        """
        about = dict.fromkeys(brands)
        if not about:
            return []
        network = post.network or self._network
        account = folded_account(f"{network}:{post.author}")
        created_at = _utc(post.created_at)
        reason = self._reason(post, network, account, created_at)
        if reason is not None:
            self.refused[reason] += 1
            return []
        shared = self._shared_fields(post, network)
        built = []
        for brand in about:
            official = self._is_official(post, brand, account)
            if not _is_identity(brand, _MAX_BRAND):
                self.refused["brand"] += 1
            elif post.kind in OWN_ACTIONS and not official:
                self.refused["not_official"] += 1
            else:
                key = {"id": shared["id"], "brand": brand, "network": network, "created_at": created_at}
                own = {"official": True} if official else {}
                built.append(BrandMention(brand, msgspec.json.encode(key | shared | own)))
        return built

    def _reason(self, post: Post, network: str, account: str, created_at: datetime | None) -> RefusalReason | None:
        if post.author and account in self._objectors:
            return "objection"
        if not _is_identity(_mention_id(post), _MAX_ID):
            return "id"
        if not _is_identity(network, _MAX_NETWORK):
            return "network"
        return "time" if created_at is None else None

    def _is_official(self, post: Post, brand: str, account: str) -> bool:
        if post.official is not None:
            return post.official
        return bool(post.author) and account in self._official.get(brand, ())

    def _shared_fields(self, post: Post, network: str) -> dict[str, Any]:
        """Return what the mentions of all brands share; a field that is unknown or cannot be right is left out."""

        def reference(post_id: str | None) -> str | None:
            return self._id(post_id, network) if post_id and _is_identity(post_id, _MAX_ID) else None

        fields: dict[str, Any] = {"id": self._id(_mention_id(post), network), "kind": post.kind}
        if post.kind == "heartbeat":
            return fields
        fields["text"] = _LONE_SURROGATE.sub("\ufffd", post.text[:MAX_TEXT])
        optional = {
            "lang": _within(post.lang, _MAX_LANGUAGE),
            "author": self._pseudonyms.of(network, post.author) if post.author else None,
            "reply_to": reference(post.reply_to),
            "repost_of": reference(post.repost_of),
            **{name: _count(getattr(post, name)) for name in _COUNTS},
            "rating": _rating(post.rating),
            "url": _within(post.url, _MAX_URL) if self._keep_urls else None,
            "promise_due_at": _utc(post.promise_due_at),
        }
        return fields | {name: value for name, value in optional.items() if value is not None}

    def _id(self, mention_id: str, network: str) -> str:
        """Return an id as it is stored: an id may be an address, and show the author as that does."""
        if self._keep_urls:
            return mention_id
        prefix = DELETION_PREFIX if mention_id.startswith(DELETION_PREFIX) else ""
        return prefix + self._pseudonyms.of(network, mention_id.removeprefix(prefix))


def _mention_id(post: Post) -> str:
    prefix = "" if post.kind != "deletion" or post.id.startswith(DELETION_PREFIX) else DELETION_PREFIX
    return prefix + post.id


def _folded(accounts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded_account, accounts))


def _is_identity(value: str, longest: int) -> bool:
    return 0 < len(value) <= longest and not _BROKEN.search(value)


def _within(value: str | None, longest: int) -> str | None:
    return value if value and len(value) <= longest and not _LONE_SURROGATE.search(value) else None


def _count(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= _MAX_COUNT else None


def _rating(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and -1 <= value <= 1 else None


def _utc(time: datetime | None) -> datetime | None:
    """Return a time in UTC; `None` without a zone, before any network, or beyond what can be written."""
    if time is None or time.utcoffset() is None:
        return None
    try:
        return moment if (moment := time.astimezone(UTC)) >= EARLIEST else None
    except OverflowError:
        return None
