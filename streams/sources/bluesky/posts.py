"""Posts from Bluesky's records: what of a post is scored, what is searched, whom it addresses and what it is about.

Of users, only what they publish is read. Deletions, blocks and hidden replies are read of official accounts alone: what
a brand does to its critics is part of the crisis, what a user deletes is theirs.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from streams.mentions.mention import EARLIEST
from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.frames import Commit, microseconds, utc_time
from streams.sources.bluesky.hidden_replies import HiddenReplies
from streams.sources.bluesky.records import Embed, External, Image, Record
from streams.sources.source import Post

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
BLOCK = "app.bsky.graph.block"
THREADGATE = "app.bsky.feed.threadgate"

MAX_ID = 256
MAX_ADDRESSED = 50
MAX_LANGUAGE = 35
_UNFIT_ID = re.compile("[\x00-\x20\x7f-\x9f\ufffd]")

Named = Callable[[str], bool]
"""Whether a text may name a brand: a cheap filter before a post is built."""


class PostBuilder:
    """Convert commits to posts.

    Parameters
    ----------
    accounts
        Official accounts of all brands.
    named
        Filter of posts by all of their text; one that it rejects is not built unless it addresses or quotes somebody.
        `None`: every post is built.

    Attributes
    ----------
    refused
        Records that could not be used, by reason: `type` (without a record), `identity` (an address that is none).
    """

    def __init__(self, accounts: OfficialAccounts, named: Named | None = None) -> None:
        self._accounts = accounts
        self._named = named
        self._hidden = HiddenReplies()
        self.refused: dict[str, int] = {}
        self._builders: dict[tuple[str, str], Callable[[str, Commit, int | str], tuple[Post, ...]]] = {
            (POST, "create"): self._created,
            (POST, "delete"): self._deleted,
            (REPOST, "create"): self._reposted,
            (BLOCK, "create"): self._blocked,
            (THREADGATE, "create"): self._gated,
            (THREADGATE, "update"): self._gated,
        }

    def build(self, did: str, commit: Commit, witnessed: int | str) -> tuple[Post, ...]:
        """Return what one commit means: mostly nothing or one post, of a threadgate one for each hidden reply."""
        build = self._builders.get((commit.collection, commit.operation))
        return build(did, commit, witnessed) if build is not None else ()

    def _created(self, did: str, commit: Commit, witnessed: int | str) -> tuple[Post, ...]:
        return self._one(did, commit, witnessed, self._post)

    def _reposted(self, did: str, commit: Commit, witnessed: int | str) -> tuple[Post, ...]:
        return self._one(did, commit, witnessed, self._repost)

    def _blocked(self, did: str, commit: Commit, witnessed: int | str) -> tuple[Post, ...]:
        return self._one(did, commit, witnessed, self._block) if did in self._accounts else ()

    def _deleted(self, did: str, commit: Commit, witnessed: int | str) -> tuple[Post, ...]:
        if did not in self._accounts:
            return ()
        return self._removed(did, [f"at://{did}/{POST}/{commit.rkey}"], witnessed)

    def _gated(self, did: str, commit: Commit, witnessed: int | str) -> tuple[Post, ...]:
        if did not in self._accounts or commit.record is None:
            return ()
        replies = commit.record.hidden_replies or ()
        hidden = self._hidden.grown(f"{did}/{commit.rkey}", replies, complete=commit.operation == "create")
        return self._removed(did, hidden, witnessed)

    def _one(
        self,
        did: str,
        commit: Commit,
        witnessed: int | str,
        build: Callable[[str, str, Record, datetime], Post | None],
    ) -> tuple[Post, ...]:
        us, name = microseconds(witnessed), f"at://{did}/{commit.collection}/{commit.rkey}"
        if commit.record is None or us is None:
            self._refuse("type")
        elif not did or not commit.rkey or not _fits(name):
            self._refuse("identity")
        else:
            post = build(did, name, commit.record, utc_time(us))
            return () if post is None else (post,)
        return ()

    def _post(self, did: str, name: str, record: Record, witnessed: datetime) -> Post | None:
        card, alts, quoted = _embedded(record.embed)
        text = record.text or ""
        searched = [*alts, *(f"#{tag}" for tag in record.tags or ())]
        if card is not None:
            searched += (card.title, card.description, card.uri) if text else (card.description, card.uri)
            text = text or card.title
        addressed: dict[str, None] = {}
        for facet in record.facets or ():
            for feature in facet.features:
                if feature.did and _fits(feature.did):
                    addressed[feature.did] = None
                searched += [part for part in (feature.uri, feature.tag and f"#{feature.tag}") if part]
        parent = record.reply.parent.uri if record.reply else ""
        for uri in (parent, quoted):
            if (account := _did_of(uri)) and _fits(account):
                addressed[account] = None
        further = "\n".join(part for part in searched if part)
        if not self._concerns(did, text, further, addressed, quoted):
            return None
        return Post(
            id=name,
            created_at=_visible_since(record.created_at, witnessed),
            text=text,
            searched=further,
            kind="reply" if parent else "post",
            author=self._accounts.name(did),
            addressed=tuple(self._accounts.name(one) for one in list(addressed)[:MAX_ADDRESSED]),
            about=quoted if _fits(quoted) else None,
            lang=_language(record.langs),
            reply_to=parent if _fits(parent) else None,
            url=f"https://bsky.app/profile/{did}/post/{name.rpartition('/')[2]}",
        )

    def _concerns(self, did: str, text: str, further: str, addressed: dict[str, None], quoted: str) -> bool:
        """Return whether a post may concern a brand: by its words, its author, whom it addresses or what it quotes."""
        if self._named is None or quoted or did in self._accounts or any(one in self._accounts for one in addressed):
            return True
        return self._named(f"{text}\n{further}" if further else text)

    def _repost(self, did: str, name: str, record: Record, witnessed: datetime) -> Post | None:
        subject = record.subject
        uri = subject if isinstance(subject, str) else subject.uri if subject else ""
        if not _fits(uri):
            self._refuse("identity")
            return None
        return Post(
            id=name,
            created_at=_visible_since(record.created_at, witnessed),
            text="",
            kind="repost",
            author=self._accounts.name(did),
            about=uri,
            repost_of=uri,
        )

    def _block(self, did: str, name: str, record: Record, witnessed: datetime) -> Post:
        created_at = _visible_since(record.created_at, witnessed)
        return Post(id=name, created_at=created_at, text="", kind="block", author=self._accounts.name(did))

    def _removed(self, did: str, uris: list[str], witnessed: int | str) -> tuple[Post, ...]:
        us = microseconds(witnessed)
        fit = [uri for uri in uris if _fits(uri) and _fits(f"deletion:{uri}")]
        if us is None or len(fit) < len(uris):
            self._refuse("identity")
        if us is None:
            return ()
        author = self._accounts.name(did)
        return tuple(
            Post(
                id=f"deletion:{uri}",
                created_at=utc_time(us),
                text="",
                kind="deletion",
                author=author,
                about=uri,
                reply_to=uri,
            )
            for uri in fit
        )

    def _refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1


def _embedded(embed: Embed | None) -> tuple[External | None, list[str], str]:
    """Return the card, the alternative texts and the address of the quoted record of an embed."""
    if embed is None:
        return None, [], ""
    quoted = ""
    if embed.record is not None:
        quoted = embed.record.uri or (embed.record.record.uri if embed.record.record else "")
    card, alts = embed.external, _alts(embed)
    if isinstance(embed.media, Embed):
        card = card or embed.media.external
        alts += _alts(embed.media)
    return card, alts, quoted


def _alts(embed: Embed) -> list[str]:
    images: list[Image] = [*(embed.images or ()), *(embed.media if isinstance(embed.media, list) else ())]
    return [alt for alt in (embed.alt, *(image.alt for image in images)) if alt]


def _visible_since(created_at: str | None, witnessed: datetime) -> datetime:
    """Return when a record became visible: the author's time, unless it is broken or ahead of the network's."""
    try:
        created = datetime.fromisoformat(created_at or "")
    except ValueError:
        return witnessed
    if created.tzinfo is None or not EARLIEST <= created < witnessed:
        return witnessed
    return created.astimezone(UTC)


def _language(langs: list[str] | None) -> str | None:
    return langs[0] if langs and 0 < len(langs[0]) <= MAX_LANGUAGE else None


def _did_of(uri: str) -> str:
    return uri[5:].partition("/")[0] if uri.startswith("at://did:") else ""


def _fits(name: str) -> bool:
    return 0 < len(name) <= MAX_ID and _UNFIT_ID.search(name) is None
