"""Reading a feed's document: RSS, Atom or JSON Feed in, its items out, whatever their form.

feedparser reads the XML, for it knows what is broken in the wild; its dates are left alone (`dates.py`).
"""

import codecs
import re
from collections.abc import Mapping
from typing import Any

import feedparser
import msgspec

from streams.errors import SourceError
from streams.sources.json_body import beginning, count_of, read_json, text_of

_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_TAIL = 16_384  # caches append comments after the end
_MAX_TTL_MIN = 10_080


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a feed, as the document has it.

    Parameters
    ----------
    guid
        Its own id, if it has one.
    link
        Absolute address.
    title, summary, content
        HTML or text.
    author
        Name.
    date
        Undecoded.
    lang
        Of the feed.
    publisher
        Where an aggregator has it from.
    tags
        Categories.
    replies, views
        Counts, where the feed has them.
    """

    guid: str | None = None
    link: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str | None = None
    date: str | None = None
    lang: str | None = None
    publisher: str = ""
    tags: tuple[str, ...] = ()
    replies: int | None = None
    views: int | None = None


class Document(msgspec.Struct, frozen=True):
    """What a feed's address answered.

    Parameters
    ----------
    items
        In the document's order.
    whole
        Whether its end is there; of one that was cut off, the last item and those without an id are left out.
    ttl_s
        How long the publisher says it stays fresh.
    """

    items: list[Item]
    whole: bool = True
    ttl_s: float = 0.0


def read_document(body: bytes, content_type: str, url: str, place: str) -> Document:
    """Read a document; slow (milliseconds for a hundred items), for a thread.

    Parameters
    ----------
    body
        As received, decompressed.
    content_type
        The header, empty where there was none.
    url
        Its address, which relative links start from.
    place
        The source and its address, for errors.

    Raises
    ------
    SourceError
        `protocol`: it is no feed.
    """
    if "json" in content_type or body.lstrip()[:1] == b"{":
        return _json_feed(body, place)
    try:
        parsed = feedparser.parse(
            body,
            response_headers={"content-type": _content_type(body, content_type), "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        version = parsed.get("version")
    except Exception as error:  # a parser of what strangers write: whatever it trips over, it is no feed
        raise _no_feed(place, type(error).__name__) from None
    if not version:
        raise _no_feed(place, beginning(body))
    whole = not parsed.get("bozo") or bool(_END.search(body[-_TAIL:].replace(b"\0", b"")))
    items = [_item(entry, text_of(parsed["feed"].get("language"))) for entry in parsed["entries"]]
    if not whole:
        items = [item for item in items[:-1] if item.guid]
    ttl = count_of(text_of(parsed["feed"].get("ttl"))) or 0
    return Document(items, whole, min(ttl, _MAX_TTL_MIN) * 60.0)


def _content_type(body: bytes, content_type: str) -> str:
    """Return the content type with the charset that is true: what decodes as UTF-8 is UTF-8, whatever it is called."""
    if b"\0" in body[:4]:
        return content_type or "application/xml"  # UTF-16, which may decode as UTF-8 too
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return content_type or "application/xml"
    return "application/xml; charset=utf-8"


def _item(entry: Mapping[str, Any], lang: str | None) -> Item:
    contents = entry.get("content")
    content = contents[0].get("value") if isinstance(contents, list) and contents else None
    statistics = entry.get("media_statistics")
    return Item(
        guid=text_of(entry.get("id")) or None,
        link=text_of(entry.get("link")) or None,
        title=text_of(entry.get("title")) or "",
        summary=text_of(entry.get("summary")) or "",
        content=text_of(content) or "",
        author=text_of(entry.get("author")) or None,
        date=text_of(_date(entry)),
        lang=lang,
        publisher=_within(entry.get("source"), "title"),
        tags=tuple(filter(None, (_within(tag, "term") for tag in entry.get("tags") or ()))),
        replies=count_of(entry.get("slash_comments") or entry.get("thr_total")),
        views=count_of(_within(statistics, "views")),
    )


def _date(entry: Mapping[str, Any]) -> object:
    # Only where it is there: asked for a missing `updated`, feedparser answers with another field and a warning.
    return next((entry.get(name) for name in ("published", "updated", "created") if name in entry), None)


def _within(value: object, name: str) -> str:
    return text_of(value.get(name)) or "" if isinstance(value, Mapping) else ""


def _json_feed(body: bytes, place: str) -> Document:
    feed = read_json(body, place)
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list) or "jsonfeed.org" not in (text_of(feed.get("version")) or ""):
        raise _no_feed(place, beginning(body))
    lang = text_of(feed.get("language"))
    return Document([_json_item(entry, lang) for entry in entries if isinstance(entry, dict)])


def _json_item(entry: dict[str, Any], lang: str | None) -> Item:
    authors = entry.get("authors")
    author = authors[0] if isinstance(authors, list) and authors else entry.get("author")
    content = text_of(entry.get("content_html")) or text_of(entry.get("content_text")) or ""
    tags = entry.get("tags")
    return Item(
        guid=text_of(entry.get("id")) or None,
        link=text_of(entry.get("url")) or text_of(entry.get("external_url")) or None,
        title=text_of(entry.get("title")) or "",
        summary=text_of(entry.get("summary")) or content,
        content=content,
        author=_within(author, "name") or None,
        date=text_of(entry.get("date_published")) or text_of(entry.get("date_modified")),
        lang=text_of(entry.get("language")) or lang,
        tags=tuple(filter(None, map(text_of, tags))) if isinstance(tags, list) else (),
    )


def _no_feed(place: str, got: str) -> SourceError:
    message = f"{place}: expected RSS, Atom or JSON Feed, got {got}; open the url in a browser and correct it"
    return SourceError(message, reason="protocol")
