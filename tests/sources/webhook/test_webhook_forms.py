"""Senders' own bodies become posts by the shipped forms, which are data; a user may write another."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.errors import ConfigError
from streams.settings.config import parse
from streams.settings.forms import Form, MentionForm
from streams.settings.sources import WebhookConfig
from streams.sources.source import Post
from streams.sources.webhook.body import items_of
from streams.sources.webhook.content import Content, ContentDecoder
from streams.sources.webhook.forms import load_form
from streams.sources.webhook.mapping import Mapper
from tests.sources.fakes import webhook_bodies as bodies
from tests.sources.fakes.senders import SENDERS
from tests.sources.fakes.webhook_site import NOW, encoded, site

LATER = datetime(2027, 1, 1, tzinfo=UTC)
FORUM = {"X-Discourse-Event": "post_created", "X-Discourse-Instance": "https://forum.acme.example"}


def decoded(form: Form, value: object, headers: dict[str, str] | None = None) -> Content:
    items = items_of(encoded(value), "application/json")
    assert items is not None
    return ContentDecoder("hooks/desk", form.network or "desk", Mapper(form, "form")).decode(
        items, headers or {}, LATER
    )


def posts(name: str, value: object, headers: dict[str, str] | None = None) -> list[Post]:
    content = decoded(load_form(name, "form"), value, headers)
    assert content.letters == []
    return content.posts


def at(minute: int, second: int, micros: int = 0) -> datetime:
    return datetime(2026, 11, 25, 17, minute, second, micros, UTC)


def test_what_is_added_on_a_facebook_page_is_read_and_reactions_and_removals_are_not() -> None:
    comment, photo = posts("meta", bodies.FACEBOOK)
    assert comment == Post(
        id="4400_10_77",
        created_at=datetime.fromtimestamp(1795629290, UTC),
        text="Still no signal in Lille",
        kind="reply",
        author="9001",
        network="facebook",
        reply_to="4400_10",
        url="https://social.example/4400/10",
    )
    assert (photo.id, photo.kind, photo.text, photo.author) == ("4400_11", "post", "", "9002")


def test_a_comment_on_instagram_is_dated_by_its_delivery() -> None:
    assert posts("meta", bodies.INSTAGRAM) == [
        Post(
            id="88",
            created_at=datetime.fromtimestamp(1795629300, UTC),
            text="Answer your customers",
            kind="reply",
            author="9003",
            network="instagram",
            reply_to="300",
        )
    ]
    assert posts("meta", [bodies.INSTAGRAM])  # as the documentation of its other login writes it


def test_a_ticket_of_zendesk_its_public_comments_and_the_answers_are_read_and_notes_are_not() -> None:
    (ticket,) = posts("zendesk", bodies.ZENDESK_TICKET)
    assert (ticket.id, ticket.text, ticket.author) == ("13", "No signal\nSince noon.", "9004")
    assert (ticket.created_at, ticket.network) == (at(55, 0), "zendesk")
    (answer,) = posts("zendesk", bodies.ZENDESK_ANSWER)
    assert (answer.id, answer.kind, answer.reply_to, answer.official) == ("13/501", "reply", "13", True)
    assert (answer.created_at, answer.searched) == (at(55, 5, 254571), "No signal")
    (comment,) = posts("zendesk", bodies.ZENDESK_COMMENT)
    assert (comment.id, comment.official) == ("13/501", None)
    assert posts("zendesk", bodies.ZENDESK_NOTE) == []


@pytest.mark.parametrize("created_at", ["2026-11-25 17:55:05 UTC", "2026-11-25T17:55:05Z", 1795629305])
def test_a_message_of_chatwoot_is_read_and_an_agents_answer_is_official(created_at: object) -> None:
    (question,) = posts("chatwoot", bodies.chatwoot("incoming", created_at=created_at))
    assert (question.id, question.kind, question.author, question.official) == ("41", "post", "contact-7", None)
    assert question.created_at == at(55, 5)
    (answer,) = posts("chatwoot", bodies.chatwoot("outgoing", created_at=created_at))
    assert (answer.kind, answer.author, answer.official, answer.reply_to) == ("reply", "agent-7", True, "40")
    assert posts("chatwoot", bodies.chatwoot("outgoing", private=True)) == []


def test_a_post_of_discourse_is_read_without_its_quotations_and_private_messages_are_not() -> None:
    (first,) = posts("discourse", bodies.discourse(), FORUM)
    assert first == Post(
        id="30/1",
        created_at=at(55, 5, 123000),
        text="Outage in Lille\nNo signal & no answer",
        author="f_customer",
        network="forum",
        url="https://forum.acme.example/t/outage/30/1",
    )
    (reply,) = posts("discourse", bodies.discourse(4, reply_to_post_number=2), FORUM)
    assert (reply.id, reply.kind, reply.reply_to, reply.searched) == ("30/4", "reply", "30/2", "Outage in Lille")
    assert posts("discourse", bodies.discourse(5), FORUM)[0].reply_to == "30/1"
    assert posts("discourse", bodies.discourse(topic_archetype="private_message"), FORUM) == []
    assert posts("discourse", bodies.discourse(), FORUM | {"X-Discourse-Event": "post_edited"}) == []


def test_one_undated_document_of_a_meltwater_batch_does_not_hold_the_others_back() -> None:
    content = decoded(load_form("meltwater", "form"), bodies.MELTWATER)
    news, comment = content.posts
    assert (news.id, news.text, news.created_at) == ("d1", "Acme is down\nCustomers complain.", at(50, 0))
    assert (news.author, news.searched, news.network) == ("The News", "the operator Acme", "meltwater")
    assert (comment.kind, comment.author, comment.views, comment.created_at) == ("reply", "@g", 1200, at(51, 0))
    (letter,) = content.letters
    assert (letter.reason, msgspec.json.decode(letter.value)["id"]) == ("missing", "d3")


def test_a_body_without_the_list_of_its_form_is_a_dead_letter() -> None:
    (letter,) = decoded(load_form("meltwater", "form"), {"docs": []}).letters
    assert (letter.reason, letter.detail) == ("missing", "expected a list at `documents`")


def test_a_signed_delivery_in_a_senders_form_is_answered_with_the_status_it_expects() -> None:
    async def run() -> None:
        for scheme, value, status in [("meta", bodies.FACEBOOK, 200), ("discourse", bodies.discourse(), 202)]:
            secret, sign = SENDERS[scheme]
            async with site(WebhookConfig(scheme=scheme, form=scheme, secret=secret)) as desk:
                body = encoded(value)
                reply = await desk.post(body, sign(body, NOW))
                assert (reply.status, len(desk.collector.posts)) == (status, reply.body["accepted"])

    asyncio.run(run())


def test_what_a_form_leaves_out_is_answered_success_without_waiting_for_a_commit() -> None:
    async def run() -> None:
        secret, sign = SENDERS["chatwoot"]
        async with site(WebhookConfig(scheme="chatwoot", form="chatwoot", secret=secret), reading=False) as desk:
            body = encoded({"event": "conversation_created", "id": 1})
            reply = await desk.post(body, sign(body, NOW))
            assert (reply.status, reply.body) == (202, {"accepted": 0})

    asyncio.run(run())


def test_a_user_maps_another_sender_in_a_file_or_in_the_configuration(tmp_path: Path) -> None:
    mapping = """
items = "reviews[]"
[[mentions]]
[mentions.fields]
id = "shop-{id}"
kind = "review"
created_at = "{at}"
text = "{title}: {body|html}"
rating = "{stars}"
addressed = "{tags}"
likes = "{thumbs.0.up}"
"""
    (tmp_path / "shop.toml").write_text(mapping)
    value = {
        "reviews": [
            {"id": 7, "at": 1795629305000, "title": "Bad", "body": "<p>broken</p>", "stars": -1, "tags": ["acme"]}
            | {"thumbs": [{"up": "12"}]}
        ]
    }
    indented = mapping.replace("[[mentions]]", "[[sources.shop.mapping.mentions]]")
    indented = indented.replace("[mentions.fields]", "[sources.shop.mapping.mentions.fields]")
    config = parse(f'[sources.shop]\ntype = "webhook"\nsecret = "x"\n[sources.shop.mapping]\n{indented}', {})
    source = config.sources["shop"]
    assert isinstance(source, WebhookConfig)
    assert source.mapping is not None
    for form in (load_form(str(tmp_path / "shop.toml"), "form"), source.mapping):
        (post,) = decoded(form, value).posts
        assert (post.id, post.kind, post.text, post.rating) == ("shop-7", "review", "Bad: broken", -1)
        assert (post.created_at, post.addressed, post.likes) == (at(55, 5), ("acme",), 12)


@pytest.mark.parametrize(
    ("fields", "items", "message"),
    [
        ({"name": "x"}, "", r"form\.fields: expected some of addressed, author, .*, got 'name'"),
        ({"id": "{a"}, "", r"form\.fields\.id: expected each `{` closed by `}`, got '{a'"),
        ({"id": "{a|md}"}, "", r"form\.fields\.id: expected `{path}` or `{path\|html}`, got {a\|md}"),
        ({"id": "{a}"}, "entry", r"form\.items: expected lists joined by dots, as `entry\[\]\.changes\[\]`"),
    ],
)
def test_a_wrong_mapping_is_named_when_the_source_is_opened(fields: dict[str, Any], items: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Mapper(Form((MentionForm(fields),), items), "form")


def test_a_wrong_file_of_a_mapping_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("mentions = []")
    with pytest.raises(ConfigError, match=r"Expected `array` of length >= 1"):
        load_form(str(file), "sources.desk.form")
