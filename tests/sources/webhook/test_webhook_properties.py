"""Nothing that arrives in a body breaks a webhook: it is a post, a dead letter or left out."""

import copy
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mentions.mention import decode
from streams.sources.plain_text import plain_text
from streams.sources.webhook.body import items_of
from streams.sources.webhook.content import ContentDecoder
from streams.sources.webhook.forms import load_form
from streams.sources.webhook.mapping import Mapper
from streams.sources.webhook.posts import post_of
from tests.sources.fakes import webhook_bodies as bodies

LATER = datetime(2027, 1, 1, tzinfo=UTC)
FORUM = {"X-Discourse-Event": "post_created"}
MENTION = {"id": "1", "created_at": "2026-11-25T18:00:00Z", "text": "x", "searched": "y", "addressed": ["z"]}
KNOWN: list[tuple[str, Any]] = [
    ("", MENTION),
    ("meta", bodies.FACEBOOK),
    ("meta", bodies.INSTAGRAM),
    ("zendesk", bodies.ZENDESK_TICKET),
    ("zendesk", bodies.ZENDESK_ANSWER),
    ("chatwoot", bodies.chatwoot("incoming")),
    ("discourse", bodies.discourse(4, reply_to_post_number=2)),
    ("meltwater", bodies.MELTWATER),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, child in children for place in places(child, (*path, name)))]


def changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    value = copy.deepcopy(value)
    parent = value
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = other
    return value


@given(data=st.data(), known=st.sampled_from(KNOWN), other=JSON)
def test_a_known_body_with_anything_in_any_place_is_posts_dead_letters_or_left_out(
    data: st.DataObject, known: tuple[str, Any], other: Any
) -> None:
    form, body = known
    value = changed(body, data.draw(st.sampled_from(places(body))), other)
    items = items_of(msgspec.json.encode(value), "application/json")
    if items is None:
        return  # a number that no reader of JSON takes
    mapper = Mapper(load_form(form, "form"), "form") if form else None
    content = ContentDecoder("hooks/desk", "desk", mapper).decode(items, FORUM, LATER)
    assert content.accepted + len(content.letters) + content.ignored >= min(len(items), 1)
    for post in content.posts:
        assert 1 <= len(post.id) <= 256
        assert post.created_at.tzinfo
        assert post.created_at <= LATER


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_decoding(body: bytes) -> None:
    for content_type in ("application/json", "application/x-ndjson"):
        items = items_of(body, content_type)
        if items is not None:
            content = ContentDecoder("hooks/desk", "desk", None).decode(items, {}, LATER)
            assert len(content.posts) + len(content.letters) >= len(items) - (content.complete_to is not None)


@given(text=st.text(), author=st.none() | st.text(max_size=300), likes=st.integers(-(10**12), 10**12))
def test_a_mention_is_read_by_a_webhook_exactly_where_the_scorer_reads_it(
    text: str, author: str | None, likes: int
) -> None:
    fields = {"id": "1", "brand": "Acme", "network": "crm", "created_at": "2026-11-25T18:00:00Z", "text": text}
    fields |= {"author": author, "likes": likes}  # type: ignore[dict-item]
    items = items_of(msgspec.json.encode(fields), "application/json")
    assert items
    (item,) = items
    try:
        mention = decode(item.raw)
    except Exception as error:
        with pytest.raises(type(error)):
            post_of(item.value, "desk", LATER)
        return
    post = post_of(item.value, "desk", LATER)
    assert (post.text, post.author, post.likes, post.brand) == (mention.text, mention.author, mention.likes, "Acme")


@given(parts=st.lists(st.sampled_from(["<a ", "<!--", "-->", "<p>", "</aside>", "<", ">", "&#99999999999;", "x "])))
def test_broken_html_leaves_no_whole_tag(parts: list[str]) -> None:
    assert "<p>" not in plain_text("".join(parts))


@pytest.mark.parametrize("part", ["<a ", "<!--", "&#9", "<aside>", '<a href="'])
def test_a_megabyte_of_hostile_html_is_read_in_steps_that_grow_with_its_length_alone(part: str) -> None:
    plain_text(part * (1_000_000 // len(part)))  # quadratic, it would take hours
