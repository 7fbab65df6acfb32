"""Records of the `app.bsky` lexicons: the fields of posts, reposts, blocks and threadgates that are read.

Unknown fields and unknown embeds are skipped, as the lexicons ask; a known field of another type makes the record
unreadable.
"""

import msgspec


class StrongRef(msgspec.Struct, frozen=True, gc=False):
    """A reference to a record by its address."""

    uri: str = ""


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What a post replies to."""

    parent: StrongRef


class Feature(msgspec.Struct, frozen=True, gc=False):
    """One feature of a facet: the account, hashtag or link that a piece of text stands for."""

    did: str | None = None
    tag: str | None = None
    uri: str | None = None


class Facet(msgspec.Struct, frozen=True, gc=False):
    """An annotated piece of text."""

    features: list[Feature] = []


class External(msgspec.Struct, frozen=True, gc=False):
    """A card: the preview of a linked page."""

    uri: str = ""
    title: str = ""
    description: str = ""


class Image(msgspec.Struct, frozen=True, gc=False):
    """An image, by its alternative text."""

    alt: str | None = None


class QuotedRecord(msgspec.Struct, frozen=True, gc=False):
    """A quoted record: its reference, or with media an object that holds the reference."""

    uri: str = ""
    record: StrongRef | None = None


class Embed(msgspec.Struct, frozen=True):
    """What is embedded in a post: a card, images, a video, a gallery, a quoted record, or that with media."""

    external: External | None = None
    images: list[Image] | None = None
    alt: str | None = None
    record: QuotedRecord | None = None
    media: "Embed | list[Image] | None" = None


class Record(msgspec.Struct, frozen=True, rename="camel"):
    """A record of any collection that is read; each collection fills its own fields.

    Parameters
    ----------
    text, langs, reply, facets, tags, embed
        Of a post.
    subject
        Of a repost, the record; of a block, the account.
    post, hidden_replies
        Of a threadgate: the thread's first post, and the replies that its author hides.
    created_at
        By the author's clock: it may be wrong, or absent.
    """

    text: str | None = None
    created_at: str | None = None
    langs: list[str] | None = None
    reply: Reply | None = None
    facets: list[Facet] | None = None
    tags: list[str] | None = None
    embed: Embed | None = None
    subject: StrongRef | str | None = None
    post: str | None = None
    hidden_replies: list[str] | None = None
