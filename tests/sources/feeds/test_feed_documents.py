"""Whatever a stranger puts into a feed, each item is a mention, or one clear error is."""

import contextlib
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.errors import SourceError
from streams.mentions.mention import decode
from streams.sources.feeds.dates import parse_date
from streams.sources.feeds.document import Item, read_document
from streams.sources.feeds.items import read_items, to_post
from streams.sources.feeds.links import article_address, is_front_page
from streams.sources.feeds.state import MAX_ITEMS, FeedState, encode, restore
from streams.sources.plain_text import plain_text
from streams.sources.seen_keys import SeenKeys, key
from streams.sources.source import Post
from tests.sources.fakes.clock import START
from tests.sources.fakes.fake_feed import Entry, rss

FEED = "https://press.example/feed"
TEXTS = st.text() | st.sampled_from(
    ["<b>Acme", "&#99999999999;", "<![x[", "http://[", "\x00\ud800", "]]>", "&lt;p&gt;"]
)
MAYBE = st.none() | TEXTS
ITEMS = st.builds(
    Item,
    guid=MAYBE,
    link=MAYBE | st.just("https://press.example/a?utm_id=1"),
    title=TEXTS,
    summary=TEXTS,
    content=TEXTS,
    author=MAYBE,
    date=MAYBE,
    lang=MAYBE,
    tags=st.lists(TEXTS, max_size=2).map(tuple),
)


def posts(body: bytes, content_type: str = "application/rss+xml") -> list[Post]:
    document = read_document(body, content_type, FEED, "press")
    return [to_post(item, START) for item in read_items(document.items, FEED, START)]


def mention(post: Post) -> str:
    """The text of the mention that is made of a post."""
    fields = {name: getattr(post, name) for name in ("id", "text", "lang", "author", "url", "replies", "views")}
    line = msgspec.json.encode({**fields, "brand": "Acme", "network": "press", "created_at": post.created_at})
    text = decode(line).text
    assert isinstance(text, str)
    return text


def cleaned(item: Item) -> Item:
    """An item as a document gives it: without lone surrogates."""
    return msgspec.json.decode(
        msgspec.json.encode(
            {
                name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
                for name, value in msgspec.structs.asdict(item).items()
                if name != "tags"
            }
        ),
        type=Item,
    )


@given(st.lists(ITEMS, max_size=4))
def test_items_of_any_content_become_mentions(items: list[Item]) -> None:
    for item in read_items([cleaned(item) for item in items], FEED, START):
        mention(to_post(item, START))


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@example(b"<rss><channel><item><title>&#xD800;</title></item>")
@example(b'{"version":"https://jsonfeed.org/version/1","items":[{"id":1e999,"title":"\\ud800"},7,null]}')
@example(b"[" * 100_000)
def test_any_bytes_are_a_feed_or_an_error(body: bytes) -> None:
    for content_type in ("text/xml; charset=utf-16", "application/json", ""):
        with contextlib.suppress(SourceError):
            for post in posts(body, content_type):
                mention(post)


@given(st.integers(0, 800))
def test_a_feed_cut_off_anywhere_gives_whole_items_only(at: int) -> None:
    body = rss([Entry(f"Acme item {number}", f"https://press.example/{number}", text="whole") for number in range(5)])
    try:
        document = read_document(body[:at], "application/rss+xml", FEED, "press")
    except SourceError:
        return
    whole = {f"https://press.example/{number}" for number in range(5)}
    assert all(item.guid in whole and item.summary == "whole" for item in document.items)
    assert document.whole == (b"</rss>" in body[:at])


@pytest.mark.parametrize(
    "content_type", ["application/rss+xml; charset=iso-8859-1", "text/xml", "text/html; charset=ascii", "", "x/y"]
)
def test_a_wrong_charset_does_not_garble_a_text(content_type: str) -> None:
    assert posts(rss([Entry("Acme déçoit – 残念", "1")]), content_type)[0].text == "Acme déçoit – 残念"


def test_old_charsets_are_read_as_they_are_declared() -> None:
    body = rss([Entry("Acme déçoit", "1")]).decode()
    for name in ("iso-8859-1", "utf-16"):
        declared = body.replace('encoding="utf-8"', f'encoding="{name}"')
        assert posts(declared.encode(name), "application/rss+xml")[0].text == "Acme déçoit"


def test_an_alert_of_a_search_engine_leads_to_the_article_and_names_it_without_markup() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Google Alert - Acme</title><entry>
      <id>tag:google.com,2013:googlealerts/feed:1</id><title type="html">&lt;b&gt;Acme&lt;/b&gt; recalls boxes</title>
      <link href="https://www.google.com/url?rct=j&amp;url=https://press.example/acme&amp;ct=ga"/>
      <published>2026-11-25T14:00:00Z</published><content type="html">Boxes of &lt;b&gt;Acme&lt;/b&gt; burn.</content>
      </entry></feed>"""
    (post,) = posts(body, "application/atom+xml")
    assert (post.url, post.text) == ("https://press.example/acme", "Acme recalls boxes\nBoxes of Acme burn.")


def test_a_json_feed_is_read_as_any_other() -> None:
    body = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Press", "language": "fr", "items": [{"id": 7,
      "url": "https://press.example/7", "title": "Acme", "content_html": "<p>D\\u00e9\\u00e7oit</p>", "tags": ["box"],
      "authors": [{"name": "Ann"}], "date_published": "2026-11-25T14:00:00+01:00"}]}"""
    (post,) = posts(body, "application/feed+json")
    assert (post.id, post.text, post.lang, post.author) == ("https://press.example/7", "Acme\nDéçoit", "fr", "Ann")


@pytest.mark.parametrize(
    "raw",
    [
        *("2016/6/29 15:07:41", "1764082800", "Thu, 4 May 2017 19:40:17", "mer., 25 nov. 2026 15:00:00 +0100"),
        *("25/12/2025 10:00", "Wed, 25 Nov 2026 24:00:00 GMT", "Tue, 31 Feb 2026 10:00:00 GMT", "yesterday", ""),
        *("Wed, 25 Nov 2026 15:00:00 BST", "2026-11-25T15:00:00", "2026-11-25", "0000-00-00T00:00:00Z"),
        *("Thu, 26 Nov 2026 15:00:00 GMT", "1980-01-01T00:00:00Z"),
    ],
)
def test_a_date_that_could_mean_another_time_is_none(raw: str) -> None:
    assert parse_date(raw, START) is None


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("Wed, 25 Nov 2026 15:00:00 CET", "2026-11-25T14:00:00"),
        ("Wed, 25 Nov 2026 09:30 EST", "2026-11-25T14:30:00"),
        ("Thu, 03 Sep 15 00:01:01 +0200", "2015-09-02T22:01:01"),
        ("25 November 2026 14:00:00 -0000", "2026-11-25T14:00:00"),
        ("2026-11-25T15:00:00.123456789+01:00", "2026-11-25T14:00:00.123456"),
        ("2026-11-25 14:00Z", "2026-11-25T14:00:00"),
    ],
)
def test_a_date_with_its_zone_is_read(raw: str, iso: str) -> None:
    assert parse_date(raw, START) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@given(TEXTS)
def test_no_date_link_or_text_of_a_stranger_raises(text: str) -> None:
    parse_date(text, START)
    plain_text(text)
    address = article_address(text)
    assert address is None or is_front_page(address) in (True, False)


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<script>", "&", "&#9", "\n ", "</"])
def test_a_text_made_to_be_slow_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    # Quadratic would be minutes: this ends at once, or the test run does not.
    plain_text(piece * 200_000)


@given(st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=6))
def test_what_was_seen_is_known_after_a_restart(days: list[list[str]]) -> None:
    seen = SeenKeys(1000)
    for day, texts in enumerate(days):
        seen.show(map(key, texts), day * 86_400.0)
    restored = SeenKeys(1000)
    restored.restore(seen.rows())
    assert restored.rows() == seen.rows()
    assert all(key(text) in restored for texts in days for text in texts)


def test_a_cursor_fits_into_one_message_of_kafka_however_much_the_feeds_show() -> None:
    def filled(urls: list[str]) -> str:
        states = restore(urls, None, "press")
        for state in states:
            _fill(state)
        return encode(states)

    for urls in ([f"https://{number}.example/" for number in range(500)], ["https://one.example/"]):
        assert len(filled(urls)) < 900_000
        assert encode(restore(urls, filled(urls), "press")) == filled(urls)


def _fill(state: FeedState) -> None:
    assert state.max_items <= MAX_ITEMS
    state.remember("e" * 500, "m" * 500)
    for turn in range(3):
        count = 3 * state.max_items
        state.show((key(f"{state.url}{turn}/{number}") for number in range(count)), START.timestamp())
        assert all(key(f"{state.url}{turn}/{number}") in state.seen for number in range(count))
