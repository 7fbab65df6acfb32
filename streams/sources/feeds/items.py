"""Items of a feed: the keys by which one is recognised under another id, and the post that is made of it."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from streams.mentions.mention import MAX_TEXT
from streams.mentions.text import hash64
from streams.sources.feeds.dates import parse_date
from streams.sources.feeds.document import Item
from streams.sources.feeds.links import article_address, is_front_page
from streams.sources.plain_text import plain_text
from streams.sources.seen_keys import key
from streams.sources.source import Post

_MAX_ID = 256
_MAX_URL = 4096
_MAX_AUTHOR = 256
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]+")


class ReadItem(msgspec.Struct, frozen=True):
    """An item with what is derived from it.

    Parameters
    ----------
    item
        As the document has it.
    id
        The mention's: the address of its page, the same in every feed; else a hash of the feed and of its own id.
    keys
        What it is recognised by: its own id, its address, its text with author and publisher. Ids change (Google News
        gives an article new ones), and an item is known if one of these is.
    address
        Of its page, `None` without one.
    text
        Title and summary, as text.
    date
        Its own, if that can be believed.
    """

    item: Item
    id: str
    keys: tuple[int, ...]
    address: str | None
    text: str
    date: datetime | None


def read_items(items: Sequence[Item], feed: str, now: datetime) -> list[ReadItem]:
    """Derive what is needed of the items of one document.

    An address counts as an item's own only where no other item of the document has it: some changelogs and status pages
    give all their items the same.

    Parameters
    ----------
    items
        In the document's order.
    feed
        Address of the feed.
    now
        The time now.
    """
    addresses = [article_address(item.link) for item in items]
    shared = Counter(addresses)
    read = []
    for item, address in zip(items, addresses, strict=True):
        own = address if address and shared[address] == 1 and not is_front_page(address) else None
        text = _joined(plain_text(item.title), plain_text(item.summary))
        content = f"text\0{item.publisher or feed}\0{item.author}\0{text}" if text else None
        guid = f"id\0{item.guid}" if item.guid else None
        page = f"page\0{own.partition('://')[2]}" if own else None
        marks = [mark for mark in (guid, page, content) if mark]
        if not marks:
            continue  # neither id nor page nor text: nothing was said
        hashed = hash64(f"{feed}\0{marks[0]}")
        id_ = own if own and len(own) <= _MAX_ID else f"item:{hashed:016x}"
        read.append(ReadItem(item, id_, tuple(map(key, marks)), address, text, parse_date(item.date, now)))
    return read


def to_post(read: ReadItem, at: datetime) -> Post:
    """Make a post of an item.

    Parameters
    ----------
    read
        The item.
    at
        Its event time.
    """
    item = read.item
    content = plain_text(item.content) if item.content != item.summary else ""
    lang = item.lang if item.lang and _LANG.fullmatch(item.lang) else None
    return Post(
        id=read.id,
        created_at=at,
        text=read.text,
        searched="\n".join(filter(None, (content, read.address, *item.tags)))[:MAX_TEXT],
        author=_CONTROL.sub(" ", item.author)[:_MAX_AUTHOR].strip() or None if item.author else None,
        lang=lang,
        replies=item.replies,
        views=item.views,
        url=read.address if read.address and len(read.address) <= _MAX_URL else None,
    )


def _joined(title: str, summary: str) -> str:
    """Return title and summary; the title once where the summary begins with it."""
    start = title.rstrip(" .…")
    repeated = summary.startswith(start) and not summary[len(start) : len(start) + 1].isalnum()
    return (summary if repeated or not title else f"{title}\n{summary}".strip())[:MAX_TEXT]
